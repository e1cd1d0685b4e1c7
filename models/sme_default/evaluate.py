"""How good a version of sme_default is on loans it has not seen, in all and by half-year of the grant."""

from datetime import date

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import StoredModel
from models.loan_judging import evaluate_on_loans
from models.scoring import ScoringModel
from models.sme_default.spec import QUESTION


def evaluate(
    lake: Lake, day: date, grant: ReadGrant, model: ScoringModel, stored: StoredModel
) -> list[dict[str, object]]:
    """One line for the loans granted since the test period began and matured by `day`, one for each half-year."""
    return evaluate_on_loans(QUESTION, lake, day, grant, model, stored)
