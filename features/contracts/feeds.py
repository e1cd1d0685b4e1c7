"""Every feed the platform takes, listed by hand."""

from bureau.errors import UnknownName
from features.contracts.abnormal_listing import ABNORMAL_LISTING
from features.contracts.annual_report import ANNUAL_REPORT
from features.contracts.bankruptcy import BANKRUPTCY
from features.contracts.commitment import COMMITMENT
from features.contracts.complaint import COMPLAINT
from features.contracts.construction_conduct import CONSTRUCTION_CONDUCT
from features.contracts.consumption_restriction import CONSUMPTION_RESTRICTION
from features.contracts.contract import Contract
from features.contracts.counterparty import COUNTERPARTY
from features.contracts.court_case import COURT_CASE
from features.contracts.customs_grade import CUSTOMS_GRADE
from features.contracts.deregistration import DEREGISTRATION
from features.contracts.discharge import DISCHARGE
from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.electricity import ELECTRICITY
from features.contracts.enforcement import ENFORCEMENT
from features.contracts.environment_rating import ENVIRONMENT_RATING
from features.contracts.equity_pledge import EQUITY_PLEDGE
from features.contracts.export_refund import EXPORT_REFUND
from features.contracts.financial_statement import FINANCIAL_STATEMENT
from features.contracts.financing_demand import FINANCING_DEMAND
from features.contracts.fire_inspection import FIRE_INSPECTION
from features.contracts.gas import GAS
from features.contracts.guarantee import GUARANTEE
from features.contracts.guaranteed_loan import GUARANTEED_LOAN
from features.contracts.honour import HONOUR
from features.contracts.housing_fund import HOUSING_FUND
from features.contracts.inspection import INSPECTION
from features.contracts.insurance_arrears import INSURANCE_ARREARS
from features.contracts.invoice_line import INVOICE_LINE
from features.contracts.invoice_month import INVOICE_MONTH
from features.contracts.judicial_freeze import JUDICIAL_FREEZE
from features.contracts.labour_dispute import LABOUR_DISPUTE
from features.contracts.licence import LICENCE
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.contracts.merchant_review import MERCHANT_REVIEW
from features.contracts.movable_security import MOVABLE_SECURITY
from features.contracts.officer import OFFICER
from features.contracts.patent import PATENT
from features.contracts.payment_complaint import PAYMENT_COMPLAINT
from features.contracts.penalty import PENALTY
from features.contracts.power_arrears import POWER_ARREARS
from features.contracts.procurement import PROCUREMENT
from features.contracts.public_evaluation import PUBLIC_EVALUATION
from features.contracts.public_list import PUBLIC_LIST
from features.contracts.qualification import QUALIFICATION
from features.contracts.real_estate import REAL_ESTATE
from features.contracts.registration import REGISTRATION
from features.contracts.registration_change import REGISTRATION_CHANGE
from features.contracts.related_event import RELATED_EVENT
from features.contracts.related_firm import RELATED_FIRM
from features.contracts.research_project import RESEARCH_PROJECT
from features.contracts.serious_violation import SERIOUS_VIOLATION
from features.contracts.service_address import SERVICE_ADDRESS
from features.contracts.shareholder import SHAREHOLDER
from features.contracts.social_insurance import SOCIAL_INSURANCE
from features.contracts.subsidy import SUBSIDY
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_declaration import TAX_DECLARATION
from features.contracts.tax_grade import TAX_GRADE
from features.contracts.tax_registration import TAX_REGISTRATION
from features.contracts.tax_violation import TAX_VIOLATION
from features.contracts.tenancy import TENANCY
from features.contracts.trade_month import TRADE_MONTH
from features.contracts.trademark import TRADEMARK
from features.contracts.transport_violation import TRANSPORT_VIOLATION
from features.contracts.voluntary_performance import VOLUNTARY_PERFORMANCE
from features.contracts.water import WATER
from features.contracts.work_safety import WORK_SAFETY

FEEDS: tuple[Contract, ...] = (
    REGISTRATION,
    REGISTRATION_CHANGE,
    SHAREHOLDER,
    OFFICER,
    ANNUAL_REPORT,
    ABNORMAL_LISTING,
    SERIOUS_VIOLATION,
    DEREGISTRATION,
    INSPECTION,
    EQUITY_PLEDGE,
    MOVABLE_SECURITY,
    COMPLAINT,
    TAX_REGISTRATION,
    TAX_GRADE,
    TAX_DECLARATION,
    INVOICE_MONTH,
    INVOICE_LINE,
    COUNTERPARTY,
    TAX_ARREARS,
    TAX_VIOLATION,
    EXPORT_REFUND,
    FINANCIAL_STATEMENT,
    SOCIAL_INSURANCE,
    INSURANCE_ARREARS,
    HOUSING_FUND,
    LABOUR_DISPUTE,
    COURT_CASE,
    ENFORCEMENT,
    DISHONEST_DEBTOR,
    CONSUMPTION_RESTRICTION,
    JUDICIAL_FREEZE,
    BANKRUPTCY,
    VOLUNTARY_PERFORMANCE,
    LICENCE,
    PENALTY,
    PUBLIC_LIST,
    COMMITMENT,
    HONOUR,
    ENVIRONMENT_RATING,
    DISCHARGE,
    WORK_SAFETY,
    FIRE_INSPECTION,
    CONSTRUCTION_CONDUCT,
    TRANSPORT_VIOLATION,
    CUSTOMS_GRADE,
    TRADE_MONTH,
    ELECTRICITY,
    POWER_ARREARS,
    WATER,
    GAS,
    REAL_ESTATE,
    TENANCY,
    PATENT,
    TRADEMARK,
    QUALIFICATION,
    RESEARCH_PROJECT,
    SUBSIDY,
    PROCUREMENT,
    PUBLIC_EVALUATION,
    PAYMENT_COMPLAINT,
    LOAN_FEEDBACK,
    FINANCING_DEMAND,
    GUARANTEE,
    GUARANTEED_LOAN,
    MERCHANT_REVIEW,
    SERVICE_ADDRESS,
)

DERIVED_FEEDS: tuple[Contract, ...] = (RELATED_FIRM, RELATED_EVENT)
"""Feeds the platform makes of others; `features.lake.derived` says how."""

_BY_CODE = {contract.code: contract for contract in (*FEEDS, *DERIVED_FEEDS)}


def find_feed(code: str) -> Contract:
    """The contract of a feed; raises `UnknownName` with the nearest codes."""
    if code not in _BY_CODE:
        raise UnknownName("feed", code, _BY_CODE, see="bureau feeds list")
    return _BY_CODE[code]
