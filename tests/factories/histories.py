"""Random histories of a few firms in every feed: corrections, withdrawals, late rows, records that change hands."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from bureau.clock import months_before
from features.contracts.contract import Contract
from features.contracts.feeds import find_feed
from features.definitions.entry import Entry
from features.definitions.library import published
from features.definitions.parts import is_population
from features.lake.lake import Lake
from tests.factories.asset_histories import asset_rows
from tests.factories.courts import court_case, dishonest_debtor, enforcement
from tests.factories.financing import guaranteed_loan
from tests.factories.fiscal_histories import fiscal_rows
from tests.factories.invoice_feeds import counterparty, invoice_line, invoice_month
from tests.factories.lakes import land_rows
from tests.factories.market_histories import market_rows
from tests.factories.penalties import penalty
from tests.factories.power import electricity, power_arrears
from tests.factories.registrations import registration, registration_change
from tests.factories.social_insurance import social_insurance
from tests.factories.supervised_histories import supervised_rows
from tests.factories.tax import tax_arrears, tax_declaration, tax_grade

Row = dict[str, Any]
LAST_DAY = date(2025, 7, 1)
MONTHS = tuple(f"{months_before(LAST_DAY, back):%Y-%m}" for back in range(30, 0, -1))
CHANGES = ("法人", "股东", "住所", "名称")


def random_history(chance: Random, firms: list[str]) -> dict[str, list[Row]]:
    """Versions by feed, each with the instant it was received; every record may be corrected or withdrawn."""
    rows = [row for firm in firms for row in _first_versions(chance, firm)]
    rows += [row for firm in firms for row in supervised_rows(chance, firm, LAST_DAY, MONTHS)]
    rows += [row for firm in firms for row in asset_rows(chance, firm, MONTHS, LAST_DAY)]
    rows += [row for firm in firms for row in _loans(chance, firm)]
    history: dict[str, list[Row]] = {}
    for row in rows:
        feed = row["record_id"].split("-")[0]
        history.setdefault(feed, []).extend(_versions(chance, row, firms, find_feed(feed)))
    return history


def of_own_records() -> list[Entry]:
    """The published features that the rows of one firm decide, which is what a history tells slowly.

    Others rest on other firms' rows: derived feeds are told slowly in tests/features/definitions/test_relations.py,
    figures of peers in tests/features/store/test_population.py.
    """
    return [
        entry
        for entry in published()
        if not is_population(entry) and not any(find_feed(code).derived_from for code in entry.feeds)
    ]


def land_history(lake: Lake, history: dict[str, list[Row]]) -> None:
    for feed, rows in history.items():
        land_rows(lake, find_feed(feed), rows)


def _first_versions(chance: Random, firm: str) -> list[Row]:
    def day() -> date:
        return LAST_DAY - timedelta(days=chance.randrange(1, 1400))

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.5 else None

    rows = [
        registration(firm, est_date=day(), section=chance.choice(["F", "C", None]), reg_capital_fen=maybe(10**8)),
        tax_grade(firm, chance.choice([2022, 2023, 2024]), grade=chance.choice("ABMCD")),
    ]
    for month in chance.sample(MONTHS, 22):
        side = chance.choice("销进")
        rows.append(_invoices(chance, firm, month, side))
        rows.append(_declaration(chance, firm, month))
        rows.append(social_insurance(firm, month, chance.randrange(0, 9), left_n=chance.randrange(3), new_n=1))
        rows.append(electricity(firm, month, chance.randrange(0, 900), paid_on=maybe(day())))
    once: list[Callable[[int], Row]] = [
        lambda n: registration_change(firm, day(), CHANGES[n], record_id=f"F02-{firm}-{n}"),
        lambda n: tax_arrears(firm, LAST_DAY - timedelta(days=300 * n + 9), cleared_on=maybe(LAST_DAY)),
        lambda n: court_case(firm, case_no=f"{firm}-{n}", filed_on=day(), role=chance.choice(["原告", "被告"])),
        lambda n: enforcement(firm, case_no=f"{firm}-{n}", filed_on=day(), closed_on=maybe(LAST_DAY)),
        lambda n: dishonest_debtor(firm, case_no=f"{firm}-{n}", published_on=day(), removed_on=maybe(LAST_DAY)),
        lambda n: penalty(firm, day(), record_id=f"F34-{firm}-{n}", severity=chance.choice(["轻微", "一般", "严重"])),
        lambda n: power_arrears(firm, day(), record_id=f"F47-{firm}-{n}", dunned_on=maybe(day())),
    ]
    rows += [make(n) for make in once for n in range(chance.randrange(4))]
    rows += [_line(chance, firm, day(), n) for n in range(12)]
    rows += market_rows(chance, firm, day, maybe, LAST_DAY)
    rows += fiscal_rows(chance, firm, MONTHS, day, maybe, LAST_DAY)
    rows += [
        counterparty(firm, quarter, rank=rank, side=chance.choice("销进"), cp_hash=f"{chance.randrange(9):016x}")
        for quarter in (date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31))
        for rank in chance.sample(range(1, 11), 4)
    ]
    return rows


def _loans(chance: Random, firm: str) -> list[Row]:
    return [
        guaranteed_loan(
            firm,
            LAST_DAY - timedelta(days=chance.randrange(1, 1400)),
            record_id=f"F62L-{firm}-{number}",
            loan_no_hash=f"{chance.getrandbits(64):016x}",
            state=chance.choice(["CA", "TX", None]),
            sector=chance.choice(["23", "44", None]),
            lender_state=chance.choice(["CA", "NY"]),
            lender_near=chance.choice(["是", "否"]),
            amount_usd_cents=chance.randrange(1, 10**8),
            guaranteed_usd_cents=chance.randrange(1, 10**7),
            employees=chance.randrange(50),
            jobs_created=chance.randrange(9),
            jobs_retained=chance.randrange(9),
            firm_stage=chance.choice(["已有", "新办"]),
            franchise=chance.choice(["是", "否"]),
            area=chance.choice(["城市", "农村"]),
            revolving=chance.choice(["是", "否"]),
            short_form=chance.choice(["是", "否"]),
        )
        for number in range(chance.randrange(1, 4))
    ]


def _invoices(chance: Random, firm: str, month: str, side: str) -> Row:
    red = -chance.randrange(0, 90_000)
    return invoice_month(
        firm,
        month,
        side,
        n=chance.randrange(0, 40),
        amount_fen=chance.randrange(-1_000, 90_000_000),
        tax_fen=chance.randrange(0, 900_000),
        n_void=chance.randrange(3),
        void_fen=chance.randrange(70_000),
        n_red=int(red < 0),
        red_fen=red,
        top1_bp=chance.randrange(7_000),
        max_gap_days=chance.randrange(31),
    )


def _declaration(chance: Random, firm: str, month: str) -> Row:
    kind = chance.choice(["增值税", "企税"])
    late, sales = chance.choice([0, 0, 9]), chance.choice([0, 10**7])
    return tax_declaration(firm, month, kind, paid_fen=chance.randrange(10**6), late_days=late, taxable_sales_fen=sales)


def _line(chance: Random, firm: str, day: date, number: int) -> Row:
    return invoice_line(
        firm,
        day,
        number,
        side=chance.choice("销进"),
        state=chance.choice(["有效", "作废"]),
        counterparty_hash=f"{chance.randrange(5):016x}",
        amount_fen=chance.randrange(-500, 90_000),
    )


def _versions(chance: Random, row: Row, firms: list[str], contract: Contract) -> list[Row]:
    """The row as first received, and what became of it. One in six is late, one in four is corrected or withdrawn."""
    late = 200 if chance.random() < 1 / 6 else 0
    received = datetime.combine(row["event_date"], datetime.min.time(), UTC)
    received += timedelta(days=chance.randrange(1, contract.deadline_days + 2) + late, seconds=chance.randrange(86_400))
    furthest = received.date() + timedelta(days=365)  # an end further ahead would wait
    row |= {column: min(row[column], furthest) for column in contract.use.ended_by if row[column]}
    versions = [row | {"received_at": received}]
    if chance.random() < 1 / 4:
        received += timedelta(days=chance.randrange(1, 300))
        change: Row = {"version": 2, "op": "U", "received_at": received}
        if chance.random() < 1 / 3:
            change["op"] = "D"
        elif chance.random() < 1 / 4:
            change["uscc"] = chance.choice(firms)
        versions.append(row | {"publish_date": received.date()} | change)
    return versions
