"""Training of tax_behaviour: as of every model of loans."""

from datetime import date

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.loan_training import train_on_loans
from models.tax_behaviour.spec import QUESTION
from models.training import Trained


def train(lake: Lake, day: date, grant: ReadGrant) -> Trained:
    """Train on the loans that matured by `day`. Raises `TooFewLabels` and `SuspectColumns`."""
    return train_on_loans(QUESTION, lake, day, grant)
