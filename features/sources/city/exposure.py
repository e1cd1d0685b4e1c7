"""What can go wrong in which feed, and so which rates of dirt a parameter file may set for it alone."""

from features.contracts.feeds import FEEDS, find_feed
from features.contracts.guaranteed_loan import GUARANTEED_LOAN
from features.contracts.invoice_line import INVOICE_LINE

DELIVERED = {contract.code for contract in FEEDS} - {INVOICE_LINE.code, GUARANTEED_LOAN.code}
"""Feeds a city delivers: of invoices their monthly summaries alone, and no ledger of single guaranteed loans."""

FIGURES = {
    "F05": "revenue_fen",
    "F10": "amount_fen",
    "F11": "debt_fen",
    "F15": "paid_fen",
    "F16": "amount_fen",
    "F17": "amount_fen",
    "F20": "refund_fen",
    "F21": "revenue_fen",
    "F22": "insured_n",
    "F24": "members",
    "F30": "amount_fen",
    "F32": "amount_fen",
    "F34": "fine_fen",
    "F45": "amount_usd_cents",
    "F46": "kwh",
    "F56": "amount_fen",
    "F48": "m3",
    "F49": "m3",
    "F51": "rent_fen",
    "F55": "rd_expense_fen",
}
"""The column a clerk mistypes in each feed, to be corrected later."""

OPTIONAL = {
    "F01": ("legal_rep_hash", "reg_capital_fen", "address", "industry"),
    "F02": ("before",),
    "F08": ("reason",),
    "F11": ("collateral",),
    "F14": ("score",),
    "F21": ("inventory_fen", "wages_payable_fen", "research_fen", "interest_fen", "other_income_fen"),
    "F28": ("duty", "act"),
    "F29": ("person_hash",),
    "F32": ("case_no",),
    "F34": ("published_on",),
    "F35": ("basis",),
    "F38": ("score",),
    "F42": ("qualification",),
    "F45": ("top_country",),
    "F50": ("mortgagee",),
    "F63": ("visitor_hash",),
    "F64": ("email_hash", "mobile_hash"),
    "F60": ("bank_grade",),
}
"""Columns that may be left empty, and sometimes are."""

TEXTS = {
    "F02": "after",
    "F03": "holder_name",
    "F06": "listed_by",
    "F07": "basis",
    "F08": "reason",
    "F09": "plan",
    "F11": "collateral",
    "F12": "shop_name",
    "F24": "name",
    "F26": "name",
    "F27": "name",
    "F28": "name",
    "F29": "name",
    "F32": "name",
    "F33": "item",
    "F34": "act",
    "F35": "org",
    "F36": "item",
    "F37": "org",
    "F41": "address",
    "F48": "name",
    "F49": "name",
    "F50": "mortgagee",
    "F51": "address",
    "F54": "list_name",
}
"""The Chinese text in which a feed loses characters where it is read in a wrong encoding."""

WITHDRAWABLE = (
    "F06",
    "F09",
    "F12",
    "F15",
    "F16",
    "F17",
    "F19",
    "F20",
    "F22",
    "F24",
    "F25",
    "F33",
    "F34",
    "F37",
    "F43",
    "F45",
    "F46",
    "F47",
    "F56",
)
"""Feeds of which a record delivered in error is withdrawn."""
SIGNED = ("F16",)
"""Feeds whose figure may be negative by contract."""

CODED = {
    "F09": "result",
    "F12": "topic",
    "F25": "result",
    "F33": "status",
    "F41": "result",
    "F47": "kind",
}
"""The coded column of the feeds whose departments change their codes."""

_ANY = (
    "published_before",
    "outage_every_months",
    "outage_days",
    "late",
    "late_days",
    "duplicated",
    "renamed_columns_a_year",
)
_NOT_THE_REGISTER = ("wrong_check_character", "full_width", "future_event")
"""The register says who exists: its codes are right."""


def takes_numbers(feed: str) -> bool:
    """Whether a record may name a number from before the codes instead of a code, and is found by it."""
    return find_feed(feed).name_column is not None


def rates_of(feed: str) -> frozenset[str]:
    """The rates of dirt that mean something for a feed."""
    figure = FIGURES.get(feed, "")
    possible = {
        _NOT_THE_REGISTER: feed != "F01",
        ("optional_missing",): feed in OPTIONAL,
        ("corrected", "corrected_after_days"): bool(figure),
        ("unit_mixed",): figure.endswith("_fen"),
        ("negative",): bool(figure) and feed not in SIGNED,
        ("class_of_2011",): feed == "F01",
        ("lost_characters",): feed in TEXTS,
        ("withdrawn",): feed in WITHDRAWABLE,
        ("corrected_after_days",): feed in WITHDRAWABLE,
        ("new_codes_a_year", "new_code_days", "new_code_share"): feed in CODED,
        ("number_only", "number_only_before_2016"): takes_numbers(feed),
    }
    return frozenset(_ANY).union(*(names for names, so in possible.items() if so))
