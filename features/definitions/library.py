"""The catalogue of published features, and the fingerprint of what they compute."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from bureau.errors import UnknownName
from features.contracts.contract import Contract
from features.contracts.feeds import DERIVED_FEEDS
from features.definitions.annual_report import ANNUAL_REPORT_FEATURES
from features.definitions.commitment import COMMITMENT_FEATURES
from features.definitions.complaint import COMPLAINT_FEATURES
from features.definitions.construction import CONSTRUCTION_FEATURES
from features.definitions.contributions import CONTRIBUTION_FEATURES
from features.definitions.counterparty import COUNTERPARTY_FEATURES
from features.definitions.court import COURT_FEATURES
from features.definitions.court_measures import COURT_MEASURE_FEATURES
from features.definitions.customs import CUSTOMS_FEATURES
from features.definitions.earnings import EARNINGS_FEATURES
from features.definitions.entry import Entry
from features.definitions.environment import ENVIRONMENT_FEATURES
from features.definitions.financing import FINANCING_FEATURES
from features.definitions.guaranteed_loan import GUARANTEED_LOAN_FEATURES, GUARANTEED_LOAN_PARTS
from features.definitions.honour import HONOUR_FEATURES
from features.definitions.innovation import INNOVATION_FEATURES
from features.definitions.inspection import INSPECTION_FEATURES
from features.definitions.invoice_line import INVOICE_LINE_FEATURES
from features.definitions.labour import LABOUR_FEATURES
from features.definitions.licence import LICENCE_FEATURES
from features.definitions.market_lists import MARKET_LIST_FEATURES
from features.definitions.merchant import MERCHANT_FEATURES
from features.definitions.officers import OFFICER_FEATURES
from features.definitions.patent import PATENT_FEATURES
from features.definitions.penalty import PENALTY_FEATURES
from features.definitions.population import POPULATION_FEATURES
from features.definitions.public_evaluation import PUBLIC_EVALUATION_FEATURES
from features.definitions.public_list import PUBLIC_LIST_FEATURES
from features.definitions.public_money import PUBLIC_MONEY_FEATURES
from features.definitions.purchase_invoice import PURCHASE_INVOICE_FEATURES
from features.definitions.real_estate import REAL_ESTATE_FEATURES
from features.definitions.registration import REGISTRATION_FEATURES
from features.definitions.relations import RELATION_FEATURES
from features.definitions.safety import SAFETY_FEATURES
from features.definitions.sales_invoice import SALES_INVOICE_FEATURES
from features.definitions.security import SECURITY_FEATURES
from features.definitions.service_address import SERVICE_ADDRESS_FEATURES
from features.definitions.shareholding import SHAREHOLDING_FEATURES
from features.definitions.social_insurance import SOCIAL_INSURANCE_FEATURES
from features.definitions.statement import STATEMENT_FEATURES
from features.definitions.tax import TAX_FEATURES
from features.definitions.tax_conduct import TAX_CONDUCT_FEATURES
from features.definitions.tenancy import TENANCY_FEATURES
from features.definitions.trademark import TRADEMARK_FEATURES
from features.definitions.transport import TRANSPORT_FEATURES
from features.definitions.utilities import UTILITIES_FEATURES
from features.definitions.water_gas import WATER_GAS_FEATURES
from features.engine.admission import leaf_rules
from features.engine.algebra import leaves
from features.law.horizons import law_behind
from features.law.usability import usable

_KEPT: tuple[Entry, ...] = (
    *REGISTRATION_FEATURES,
    *SHAREHOLDING_FEATURES,
    *OFFICER_FEATURES,
    *ANNUAL_REPORT_FEATURES,
    *MARKET_LIST_FEATURES,
    *INSPECTION_FEATURES,
    *SECURITY_FEATURES,
    *COMPLAINT_FEATURES,
    *TAX_FEATURES,
    *TAX_CONDUCT_FEATURES,
    *STATEMENT_FEATURES,
    *EARNINGS_FEATURES,
    *SALES_INVOICE_FEATURES,
    *PURCHASE_INVOICE_FEATURES,
    *COUNTERPARTY_FEATURES,
    *INVOICE_LINE_FEATURES,
    *SOCIAL_INSURANCE_FEATURES,
    *CONTRIBUTION_FEATURES,
    *LABOUR_FEATURES,
    *CUSTOMS_FEATURES,
    *PUBLIC_MONEY_FEATURES,
    *UTILITIES_FEATURES,
    *COURT_FEATURES,
    *RELATION_FEATURES,
    *COURT_MEASURE_FEATURES,
    *POPULATION_FEATURES,
    *PENALTY_FEATURES,
    *WATER_GAS_FEATURES,
    *REAL_ESTATE_FEATURES,
    *TENANCY_FEATURES,
    *PATENT_FEATURES,
    *TRADEMARK_FEATURES,
    *INNOVATION_FEATURES,
    *PUBLIC_EVALUATION_FEATURES,
    *FINANCING_FEATURES,
    *GUARANTEED_LOAN_FEATURES,
    *MERCHANT_FEATURES,
    *SERVICE_ADDRESS_FEATURES,
    *LICENCE_FEATURES,
    *PUBLIC_LIST_FEATURES,
    *COMMITMENT_FEATURES,
    *HONOUR_FEATURES,
    *ENVIRONMENT_FEATURES,
    *SAFETY_FEATURES,
    *CONSTRUCTION_FEATURES,
    *TRANSPORT_FEATURES,
)
_PUBLISHED = tuple(entry for entry in _KEPT if entry.replaced_by is None)
_BY_NAME = {entry.name: entry for entry in _KEPT}
_UNPUBLISHED = {entry.name: entry for entry in GUARANTEED_LOAN_PARTS}
"""What only figures of peers are made of: nobody can ask for it."""


def published() -> tuple[Entry, ...]:
    """Every published feature, by domain."""
    return _PUBLISHED


def kept() -> tuple[Entry, ...]:
    """Every feature that is computed: the published ones, and those retired."""
    return _KEPT


def features_of(feed: str) -> tuple[Entry, ...]:
    """The published features that read a feed, or a feed derived from it."""
    read = {feed, *(derived.code for derived in DERIVED_FEEDS if feed in derived.derived_from)}
    return tuple(entry for entry in _PUBLISHED if read & set(entry.feeds))


def find_feature(name: str) -> Entry:
    """The entry of a name, published or retired; raises `UnknownName` with near names."""
    if name not in _BY_NAME:
        raise UnknownName("feature", name, _BY_NAME, see="bureau features list")
    return _BY_NAME[name]


def find_part(name: str) -> Entry:
    """What an execution computes under a name: a published feature, or what a figure of peers is made of."""
    return _UNPUBLISHED.get(name) or find_feature(name)


def definition_hash(names: Iterable[str]) -> str:
    """SHA-256 over what these features compute, in this order.

    Labels and texts do not enter; the period and deadline of a feed do, because they move windows, and so does the
    condition under which the law lets its records be used.
    """
    return _digest([[name, canonical(find_feature(name).definition)] for name in names])


def law_hash(names: Iterable[str]) -> str:
    """SHA-256 over the dated law by which the records of these features are used: its terms and deadlines.

    It is apart from `definition_hash`, so that an amendment makes anew what was computed under the law before it, and
    leaves a model in service: its features are what they were.
    """
    parts = [leaf for name in names for leaf in leaves(find_feature(name).definition)]
    rules = sorted({rule for leaf in parts for rule in leaf_rules(leaf)})
    return _digest([[rule, law_behind(rule)] for rule in rules])


def computes(entry: Entry) -> str:
    """SHA-256 over what one feature computes and the unit it counts in."""
    return _digest([entry.name, entry.unit, canonical(entry.definition)])


def _digest(form: Any) -> str:
    return hashlib.sha256(json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def canonical(part: Any) -> Any:
    """A definition as plain JSON values: equal definitions, and only they, have equal forms."""
    if isinstance(part, Contract):
        return ["feed", part.code, part.period, part.deadline_days, canonical(usable(part))]
    if is_dataclass(part):
        return [type(part).__name__, *(canonical(getattr(part, field.name)) for field in fields(part))]
    if isinstance(part, tuple):
        return [canonical(item) for item in part]
    return part.isoformat() if isinstance(part, date) else part
