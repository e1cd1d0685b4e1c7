"""Texts of waiting rows packed for the catalogue: a few hundred bytes each that say nearly the same words."""

import zlib
from typing import Final

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_FIRST: Final = b"\x01"
"""Opens what was packed with the words below; no text begins with it. Other words want another mark beside it."""
_WINDOW: Final = -13  # Eight kilobytes hold the words whole; less than deflate's most, so that copying it is cheap.
_LEVEL, _MEMORY = 5, 4  # Measured on a city's waiting rows: a third of their bytes left, at 10 microseconds a row.

# Names of columns, the most frequent among waiting rows last, where deflate finds them cheapest.
# They may not change: what was packed with them can only be read with them. A column that is not here packs a little
# worse, and nothing else.
_NAMES: Final = """
cert_no claim_fen claimed_on complained_on counterparty_hash division est_date in_on industry invoice_no
invoiced_on legal_rep_hash licence_end list_kind listed_from listed_to out_on outside_key performed_on policy_no
reg_capital_fen section stage_on total_fen bounced_on commit_no consented_on duty email_hash host_id list_name
mobile_hash performance pledged_on pledgee_hash pledgee_type pledgor_hash released_on replied_on shares_n
withdrawn_on list_code notice_no renew collateral debt_fen handled_minutes happened_on merchant_id minute
registered_on secured_party simple_flag visitor_hash major penalty_fen announced_on consortium batch policy_code
rd_expense_fen recovered_on lifted_on stage ended_on accident_level cert_no_hash fixed_n hazard_n mortgage_fen
mortgagee recorded_on right_kind sealed assessed_on bad_acts qualification removal_reason closed_way court
plate_hash points violated_on confiscated_fen demand_no fine_fen listed_by listed_on repaired_on revoked_on
severity submitted_on domain accepted_on month n_exceed n_missing n_workers party permit_no published_on
removed_on type basis honour_code opt_out reason subject_type level decided_on arrears_fen struck_on building_id
hosted rent_fen purpose tax_id taxpayer_type project_no begins_on act area_m2 checked_on commitment_no made_on
owners patent_no pledged cause judged_on appointed_on resigned_on refund_class refund_fen plan result_text
task_id dunned_on justified nice_class proof_no due_date entered_on holder_name holder_type left_on pct_bp
subscribed_fen holder_hash reg_no after before change_date person_hash address cleared_on state headcount
main_revenue_fen public_flag tax_total_fen website score amount_usd_cents declarations direction top_country
role starts_on ends_on inspected_on guarantee result grade year admin_fen advances_fen cash_fen construction_fen
cost_fen current_assets_fen current_liabilities_fen equity_fen finance_fen fixed_assets_fen income_tax_fen
intangibles_fen interest_fen inventory_fen long_debt_fen noncurrent_assets_fen nonoperating_fen
notes_payable_fen notes_receivable_fen operating_profit_fen other_income_fen other_payables_fen
other_receivables_fen paid_in_capital_fen payables_fen prepayments_fen receivables_fen research_fen retained_fen
selling_fen short_debt_fen short_investments_fen surcharges_fen tax_payable_fen wages_payable_fen months_covered
assets_fen liabilities_fen net_profit_fen profit_fen revenue_fen m3 due_on account balance_fen bank bank_grade
class5 dpd loan_no_hash product rate_bps secured weight term_months granted_on kwh meter_no voltage cp_hash
quarter rank share_bp to_on from_on insured_n left_n new_n org doc_no status item days_to_close shop_name topic
outcome closed_on case_no filed_on max_gap_days n n_counterparty n_red n_void red_fen top1_bp top5_bp void_fen
tax_fen kind declared_on taxable_sales_fen tax_kind late_days side payable_fen paid_on account_no arrears_months
members name base_total_fen amount_fen paid_fen period event_date op publish_date record_id uscc version
"""
_REASONS: Final = (
    "it has no code, and no enterprise alone bears its name is no unified social credit code: its check characters "
    "do not agree must be at least 0 must not precede must lie in the year reported "
)
_OPENING: Final = (
    'null,"true"false","0","0","0{"record_id":"F15-","op":"I","version":"1","event_date":"2020-12-31",'
    '"publish_date":"2021-0","uscc":"91440305Y'
)
_WORDS: Final = (_REASONS + "".join(f'","{name}":"' for name in _NAMES.split()) + _OPENING).encode()
_BLANK: Final = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _WORDS)


def pack(text: str) -> bytes:
    """A text in about a third of its bytes; the same text always packs alike on one version of zlib."""
    packer = _BLANK.copy()
    return _FIRST + packer.compress(text.encode()) + packer.flush()


def unpack(packed: bytes | str) -> str:
    """What `pack` was given; a text from before there was packing as it stands."""
    if isinstance(packed, str):
        return packed
    if not packed.startswith(_FIRST):
        return packed.decode()
    return zlib.decompressobj(_WINDOW, _WORDS).decompress(packed[1:]).decode()


class PackedText(TypeDecorator[str]):
    """A text stored packed, for values that are read back and never searched."""

    impl = LargeBinary
    cache_ok = True

    # The names and places of what a decorator is given are SQLAlchemy's; every database packs alike.
    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else pack(value)

    def process_result_value(self, value: bytes | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else unpack(value)
