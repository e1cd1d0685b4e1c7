"""Random first versions of water, gas, property, rights, finance, circle and service records of one firm."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from features.contracts.financing_demand import DEMAND_GUARANTEES, DEMAND_PURPOSES, DEMAND_STATES
from features.contracts.guarantee import GUARANTEE_KINDS
from features.contracts.merchant_review import COMPLAINT, LIKE, REVIEW, SCAN
from features.contracts.patent import PATENT_KINDS, PATENT_STATES
from features.contracts.public_evaluation import EVALUATION_GRADES
from features.contracts.qualification import QUALIFICATION_LEVELS
from features.contracts.real_estate import MORTGAGE, OWNERSHIP, PROPERTY_PURPOSES
from features.contracts.research_project import PROJECT_STAGES
from features.contracts.trademark import COPYRIGHT, MARK_STATES, TRADEMARK_RIGHT
from tests.factories.circles import merchant_review, public_evaluation, service_address
from tests.factories.financing import financing_demand, guarantee
from tests.factories.innovation import patent, qualification, research_project, trademark
from tests.factories.property import real_estate, tenancy
from tests.factories.tax import Row
from tests.factories.utilities import gas, water


def asset_rows(chance: Random, firm: str, months: Sequence[str], last: date) -> list[Row]:
    """Months of bills and grades, years of projects, and a few records of each other feed."""

    def day() -> date:
        return last - timedelta(days=chance.randrange(1, 1_400))

    def after(begun: date) -> date | None:
        return chance.choice([None, last, begun + timedelta(days=chance.randrange(1, 900))])

    rows = [_bill(chance, make, firm, month) for make in (water, gas) for month in chance.sample(months, 20)]
    rows += [public_evaluation(firm, m, chance.choice(EVALUATION_GRADES)) for m in chance.sample(months, 14)]
    rows += [_project(chance, firm, year) for year in range(last.year - 6, last.year)]
    once: list[Callable[[date], Row]] = [
        lambda on: _ownership(chance, firm, on, after),
        lambda on: _mortgage(chance, firm, on, after),
        lambda on: _lease(chance, firm, on, after),
        lambda on: _patent(chance, firm, on - timedelta(days=500)),
        lambda on: _mark(chance, firm, on - timedelta(days=300)),
        lambda on: _recognition(chance, firm, on),
        lambda on: _demand(chance, firm, on, after),
        lambda on: _cover(chance, firm, on, after),
        lambda on: _service(chance, firm, on, after),
    ]
    rows += [make(day()) for make in once for _ in range(chance.randrange(2, 7))]
    rows += [_visit(chance, firm, day(), after) for _ in range(30)]
    return [row | {"record_id": f"{row['record_id'].split('-')[0]}-{firm}-asset-{n}"} for n, row in enumerate(rows)]


def _bill(chance: Random, make: Callable[..., Row], firm: str, month: str) -> Row:
    """Paid in time, late or never."""
    bill = make(firm, month, chance.choice([0, chance.randrange(900)]))
    bill["paid_on"] = chance.choice([bill["paid_on"], bill["due_on"] + timedelta(days=40), None])
    return bill


def _project(chance: Random, firm: str, year: int) -> Row:
    return research_project(
        firm,
        year,
        f"KJ{chance.randrange(3)}",
        stage=chance.choice(PROJECT_STAGES),
        amount_fen=chance.randrange(10**8),
        rd_expense_fen=chance.choice([0, chance.randrange(10**9)]),
    )


def _ownership(chance: Random, firm: str, on: date, after: Callable[[date], date | None]) -> Row:
    return real_estate(
        firm,
        on,
        OWNERSHIP,
        cert_no_hash=f"{chance.randrange(4):016x}",
        purpose=chance.choice(PROPERTY_PURPOSES),
        area_m2=chance.randrange(3_000),
        share_bp=chance.choice([10_000, 5_000]),
        sealed=chance.random() < 0.3,
        ends_on=after(on),
    )


def _mortgage(chance: Random, firm: str, on: date, after: Callable[[date], date | None]) -> Row:
    return real_estate(
        firm,
        on,
        MORTGAGE,
        cert_no_hash=f"{chance.randrange(4):016x}",
        mortgage_fen=chance.randrange(10**9),
        mortgagee=f"银行{chance.randrange(3)}",
        ends_on=after(on),
    )


def _lease(chance: Random, firm: str, on: date, after: Callable[[date], date | None]) -> Row:
    hosted = chance.random() < 0.3
    return tenancy(
        firm,
        on,
        address=f"科技路{chance.randrange(4)}号",
        building_id=chance.choice([None, "440305-B0001", "440305-B0002"]),
        area_m2=0 if hosted else chance.randrange(1, 900),
        rent_fen=0 if hosted else chance.randrange(10**7),
        hosted=hosted,
        ends_on=after(on),
    )


def _patent(chance: Random, firm: str, on: date) -> Row:
    return patent(
        firm,
        on,
        kind=chance.choice(PATENT_KINDS),
        status=chance.choice(PATENT_STATES),
        granted_on=chance.choice([None, on + timedelta(days=chance.randrange(600))]),
        pledged=chance.random() < 0.5,
        owners=chance.randrange(1, 3),
    )


def _mark(chance: Random, firm: str, on: date) -> Row:
    kind = chance.choice([TRADEMARK_RIGHT, COPYRIGHT])
    nice_class = chance.randrange(1, 46) if kind == TRADEMARK_RIGHT else None
    return trademark(firm, on, kind, nice_class=nice_class, status=chance.choice([MARK_STATES[0], *MARK_STATES]))


def _recognition(chance: Random, firm: str, on: date) -> Row:
    return qualification(
        firm,
        on,
        chance.choice(["GXJS", "ZJTX", "XJR", "CXQY"]),
        level=chance.choice(QUALIFICATION_LEVELS),
        ends_on=on + timedelta(days=chance.choice([365, 1_095])),
    )


def _demand(chance: Random, firm: str, on: date, after: Callable[[date], date | None]) -> Row:
    return financing_demand(
        firm,
        on,
        amount_fen=chance.choice([50_000, chance.randrange(10**5, 10**9)]),
        purpose=chance.choice(DEMAND_PURPOSES),
        term_months=chance.randrange(1, 61),
        guarantee=chance.choice(DEMAND_GUARANTEES),
        state=chance.choice(DEMAND_STATES),
        closed_on=after(on),
    )


def _cover(chance: Random, firm: str, on: date, after: Callable[[date], date | None]) -> Row:
    claimed_on = after(on)
    return guarantee(
        firm,
        on,
        kind=chance.choice(GUARANTEE_KINDS),
        amount_fen=chance.randrange(10**5, 10**9),
        ends_on=on + timedelta(days=chance.choice([180, 900])),
        claim_fen=chance.randrange(1, 10**5) if claimed_on else 0,
        claimed_on=claimed_on,
    )


def _service(chance: Random, firm: str, on: date, after: Callable[[date], date | None]) -> Row:
    bounced = after(on)
    replied = after(bounced) if bounced else None
    host = chance.choice([None, "H1"])
    return service_address(firm, on, host_id=host, bounced_on=bounced, replied_on=replied, withdrawn_on=after(on))


def _visit(chance: Random, firm: str, on: date, after: Callable[[date], date | None]) -> Row:
    kind = chance.choice([SCAN, SCAN, LIKE, REVIEW, COMPLAINT])
    changes: dict[str, Any] = {"visitor_hash": f"{chance.randrange(6):016x}"}
    if kind == REVIEW:
        changes["score"] = chance.randrange(1, 6)
    if kind == COMPLAINT and (closed := after(on)):
        changes |= {"closed_on": closed, "handled_minutes": chance.randrange(5_000)}
    return merchant_review(firm, on, kind, **changes)
