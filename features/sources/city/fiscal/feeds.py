"""The feeds of this group, in the order they are drawn."""

from collections.abc import Mapping

from features.sources.city.fiscal.customs_grade import customs_grades
from features.sources.city.fiscal.export_refund import export_refunds
from features.sources.city.fiscal.financial_statement import financial_statements
from features.sources.city.fiscal.housing_fund import housing_fund
from features.sources.city.fiscal.insurance_arrears import insurance_arrears
from features.sources.city.fiscal.labour_dispute import labour_disputes
from features.sources.city.fiscal.payment_complaint import payment_complaints
from features.sources.city.fiscal.procurement import procurements
from features.sources.city.fiscal.subsidy import subsidies
from features.sources.city.fiscal.tax_registration import tax_registrations
from features.sources.city.fiscal.tax_violation import tax_violations
from features.sources.city.fiscal.trade_month import trade_months
from features.sources.city.stating import AfterDefault, BeforeDefault

BEFORE_DEFAULT: Mapping[str, BeforeDefault] = {
    "F13": tax_registrations,
    "F19": tax_violations,
    "F20": export_refunds,
    "F21": financial_statements,
    "F23": insurance_arrears,
    "F24": housing_fund,
    "F25": labour_disputes,
    "F44": customs_grades,
    "F45": trade_months,
    "F56": subsidies,
    "F57": procurements,
    "F59": payment_complaints,
}
AFTER_DEFAULT: Mapping[str, AfterDefault] = {}
