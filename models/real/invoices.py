"""The contest's firms as the platform reads them: features of their invoices, and a bank's verdicts."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bureau.clock import known_before
from bureau.grant import operator_grant
from features.lake.lake import open_lake
from features.sources.cumcm.publication import LAST_DAY
from features.sources.loading import SourceOptions, load_source
from features.store.training_set import training_set
from models.cross_validation import Rows
from models.invoice_default.spec import SPEC
from models.labels import read_labels
from models.real.directory import RealDirectory
from models.training import rows_of

FILE = "a1_enterprises"


def read_invoices(directory: RealDirectory) -> Rows | None:
    """The firms with a verdict; None where the directory has none."""
    found = directory.find(FILE)
    if found is None:
        return None
    grant = operator_grant("training")
    with TemporaryDirectory() as home:
        lake = open_lake(Path(home), f"sqlite:///{home}/catalogue.db")
        load_source(lake, Path(home), "cumcm", SourceOptions(data=found.parent), at=known_before(LAST_DAY))
        labels = read_labels(lake, SPEC, LAST_DAY, grant)
        return rows_of(SPEC.columns, training_set(lake, labels, SPEC.features, grant).frame)
