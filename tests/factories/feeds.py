"""One valid row of every feed, for tests that walk the whole family."""

from collections.abc import Callable
from typing import Any

from tests.factories.courts import court_case, dishonest_debtor, enforcement
from tests.factories.invoice_feeds import counterparty, invoice_line, invoice_month
from tests.factories.loans import loan_feedback
from tests.factories.penalties import penalty
from tests.factories.power import electricity, power_arrears
from tests.factories.registrations import registration, registration_change
from tests.factories.social_insurance import social_insurance
from tests.factories.tax import tax_arrears, tax_declaration, tax_grade

VALID_ROWS: dict[str, Callable[..., dict[str, Any]]] = {
    "F01": registration,
    "F02": registration_change,
    "F14": tax_grade,
    "F15": tax_declaration,
    "F16": invoice_month,
    "F16L": invoice_line,
    "F17": counterparty,
    "F18": tax_arrears,
    "F22": social_insurance,
    "F26": court_case,
    "F27": enforcement,
    "F28": dishonest_debtor,
    "F34": penalty,
    "F46": electricity,
    "F47": power_arrears,
    "F60": loan_feedback,
}
"""By feed: a function from a code to a row; keyword arguments change its cells."""
