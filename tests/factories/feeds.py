"""One valid row of every feed, for tests that walk the whole family."""

from collections.abc import Callable
from typing import Any

from tests.factories.circles import merchant_review, public_evaluation, service_address
from tests.factories.courts import (
    bankruptcy,
    consumption_restriction,
    court_case,
    dishonest_debtor,
    enforcement,
    judicial_freeze,
    voluntary_performance,
)
from tests.factories.customs import customs_grade, trade_month
from tests.factories.financing import financing_demand, guarantee, guaranteed_loan
from tests.factories.innovation import patent, qualification, research_project, trademark
from tests.factories.invoice_feeds import counterparty, invoice_line, invoice_month
from tests.factories.labour import housing_fund, insurance_arrears, labour_dispute
from tests.factories.loans import loan_feedback
from tests.factories.market import (
    abnormal_listing,
    annual_report,
    complaint,
    deregistration,
    equity_pledge,
    inspection,
    movable_security,
    officer,
    serious_violation,
    shareholder,
)
from tests.factories.oversight import (
    construction_conduct,
    discharge,
    environment_rating,
    fire_inspection,
    transport_violation,
    work_safety,
)
from tests.factories.penalties import penalty
from tests.factories.power import electricity, power_arrears
from tests.factories.property import real_estate, tenancy
from tests.factories.public_money import payment_complaint, procurement, subsidy
from tests.factories.public_standing import commitment, honour, licence, public_list
from tests.factories.registrations import registration, registration_change
from tests.factories.social_insurance import social_insurance
from tests.factories.tax import (
    export_refund,
    financial_statement,
    tax_arrears,
    tax_declaration,
    tax_grade,
    tax_registration,
    tax_violation,
)
from tests.factories.utilities import gas, water

VALID_ROWS: dict[str, Callable[..., dict[str, Any]]] = {
    "F01": registration,
    "F02": registration_change,
    "F03": shareholder,
    "F04": officer,
    "F05": annual_report,
    "F06": abnormal_listing,
    "F07": serious_violation,
    "F08": deregistration,
    "F09": inspection,
    "F10": equity_pledge,
    "F11": movable_security,
    "F12": complaint,
    "F13": tax_registration,
    "F14": tax_grade,
    "F15": tax_declaration,
    "F16": invoice_month,
    "F16L": invoice_line,
    "F17": counterparty,
    "F18": tax_arrears,
    "F19": tax_violation,
    "F20": export_refund,
    "F21": financial_statement,
    "F22": social_insurance,
    "F23": insurance_arrears,
    "F24": housing_fund,
    "F25": labour_dispute,
    "F26": court_case,
    "F27": enforcement,
    "F28": dishonest_debtor,
    "F29": consumption_restriction,
    "F30": judicial_freeze,
    "F31": bankruptcy,
    "F32": voluntary_performance,
    "F33": licence,
    "F34": penalty,
    "F35": public_list,
    "F36": commitment,
    "F37": honour,
    "F38": environment_rating,
    "F39": discharge,
    "F40": work_safety,
    "F41": fire_inspection,
    "F42": construction_conduct,
    "F43": transport_violation,
    "F44": customs_grade,
    "F45": trade_month,
    "F46": electricity,
    "F47": power_arrears,
    "F48": water,
    "F49": gas,
    "F50": real_estate,
    "F51": tenancy,
    "F52": patent,
    "F53": trademark,
    "F54": qualification,
    "F55": research_project,
    "F56": subsidy,
    "F57": procurement,
    "F58": public_evaluation,
    "F59": payment_complaint,
    "F60": loan_feedback,
    "F61": financing_demand,
    "F62": guarantee,
    "F62L": guaranteed_loan,
    "F63": merchant_review,
    "F64": service_address,
}
"""By feed: a function from a code to a row; keyword arguments change its cells."""
