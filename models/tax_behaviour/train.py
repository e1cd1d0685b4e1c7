"""Training of tax_behaviour: as of every model of loans."""

from datetime import date

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.loan_training import train_on_loans
from models.question import Question
from models.spec import ModelSpec
from models.tax_behaviour.spec import SPEC
from models.training import Trained


def train(lake: Lake, day: date, grant: ReadGrant, spec: ModelSpec = SPEC) -> Trained:
    """Train on the loans that matured by `day`. Raises `TooFewLabels` and `SuspectColumns`."""
    return train_on_loans(Question(spec), lake, day, grant)
