"""A kept version's reasons are asked by its own features and recipe, whatever its spec has become since."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from features.lake.lake import Lake
from features.sources.loading import SourceOptions, load_source
from models.artefact import StoredModel, read_stored, write_model
from models.boosted_trees import TreeRecipe
from models.calibration import Platt
from models.invoice_default.spec import SPEC as INVOICE
from models.labels import read_labels
from models.logistic import LogisticRecipe
from models.question import Question
from models.scoring import ScoringModel
from models.sme_default.spec import SPEC
from models.soundness.measuring import Soundness, measure_soundness
from models.time_split import TimeSplit
from models.training import assemble, read_labelled
from tests.factories.cumcm import write_cumcm_directory
from tests.factories.granted_loans import labelled_loans
from tests.factories.homes import lake_in
from tests.factories.verdicts import VERDICT_DAY

LAST_DAY = date(2023, 4, 30)
SMALL = replace(
    SPEC,
    features=("tax_late_declarations_12p", "sales_trend_6p", "insured_staff"),
    least_to_train=1,
    least_to_judge=1,
)


OWN = LogisticRecipe(penalty=10.0)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[ScoringModel, StoredModel]:
    folder = tmp_path_factory.mktemp("kept") / "1"
    labelled = labelled_loans(600, rate=0.2, spec=SMALL)
    rows = labelled.rows
    predictor = OWN.fit(rows.columns, rows.matrix, rows.target, rows.weight)
    model = assemble(SMALL, labelled, predictor, Platt(0.0, 1.0))
    write_model(folder, model, [], {"recipe": OWN.figures()})
    return model, read_stored(folder, model.name)


def measured(lake: Lake, question: Question, kept: tuple[ScoringModel, StoredModel], **more: Any) -> Soundness:
    grant = operator_grant("training")
    return measure_soundness(lake, question, LAST_DAY, grant, *kept, city=None, retrains=2, **more)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"features": ("sales_void_share_12p", *SMALL.features)}, id="a feature more"),
        pytest.param({"recipes": (LogisticRecipe(penalty=1e6, knots=2),)}, id="another recipe of its kind"),
        pytest.param({"recipes": (TreeRecipe(),)}, id="its kind competes no more"),
    ],
)
def test_what_its_spec_has_become_changes_nothing_of_a_version_kept_before(
    city: Lake, kept: tuple[ScoringModel, StoredModel], changes: dict[str, Any]
) -> None:
    assert measured(city, Question(replace(SMALL, **changes)), kept) == measured(city, Question(SMALL), kept)


def test_another_recipe_in_its_own_files_is_retrained(city: Lake, kept: tuple[ScoringModel, StoredModel]) -> None:
    model, stored = kept
    other = stored.model_copy(update={"facts": {"recipe": LogisticRecipe(penalty=1e6, knots=2).figures()}})
    assert measured(city, Question(SMALL), (model, other)) != measured(city, Question(SMALL), kept)


def test_reasons_of_verdicts_without_days_are_compared_over_all_firms(tmp_path: Path) -> None:
    lake = lake_in(tmp_path / "home")
    data = write_cumcm_directory(tmp_path / "data", firms=60)
    load_source(lake, tmp_path / "home", "cumcm", SourceOptions(data=data), at=datetime(2026, 1, 1, tzinfo=UTC))
    day, grant = VERDICT_DAY, operator_grant("training")
    rows = (labelled := read_labelled(lake, INVOICE, read_labels(lake, INVOICE, day, grant), grant)).rows
    predictor = OWN.fit(rows.columns, rows.matrix, rows.target, rows.weight)
    model = assemble(INVOICE, labelled, predictor, Platt(0.0, 1.0))
    write_model(tmp_path / "1", model, [], {"recipe": OWN.figures()})
    stored = read_stored(tmp_path / "1", model.name)
    found = measure_soundness(lake, Question(INVOICE), day, grant, model, stored, city=None, retrains=3)
    assert found.truth is None
    assert found.stability.retrains == 3
    assert 0 < found.stability.lowest <= found.stability.overlap <= found.stability.highest <= 1


def test_where_no_loan_judges_nothing_is_retrained(city: Lake, kept: tuple[ScoringModel, StoredModel]) -> None:
    later = Question(replace(SMALL, split=TimeSplit(date(2021, 1, 1), date(2023, 4, 1))))
    told: list[str] = []
    with pytest.raises(InvalidInput, match="No loan granted from 2023-04-01 has a known outcome on 2023-04-30"):
        measured(city, later, kept, tell=lambda line, _done: told.append(line))
    assert told == []
