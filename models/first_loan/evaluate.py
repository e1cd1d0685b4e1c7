"""How good a version of first_loan is on loans it has not seen, in all and by half-year of the grant."""

from datetime import date

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import StoredModel
from models.first_loan.spec import QUESTION
from models.loan_judging import evaluate_on_loans
from models.scoring import ScoringModel


def evaluate(
    lake: Lake, day: date, grant: ReadGrant, model: ScoringModel, stored: StoredModel
) -> list[dict[str, object]]:
    """One line for the loans granted since the test period began and matured by `day`, one for each half-year."""
    return evaluate_on_loans(QUESTION, lake, day, grant, model, stored)
