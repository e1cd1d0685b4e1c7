"""A bank whose contract makes promises, and a month of calls that keep some of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from api.billing.months import Month
from api.billing.statements import issue_statement
from api.contracts.service_levels import Availability, DataAge, Latency, ServiceLevel
from api.contracts.terms import Terms
from bureau.db import transaction
from tests.factories.ledger import NOON, PRICES, Books, agree, draft, unanswered

NOVEMBER = Month.parse("2026-11")
DECEMBER = datetime(2026, 11, 30, 16, tzinfo=UTC)
"""00:00 in Shanghai on 1 December."""
PROMISES: tuple[ServiceLevel, ...] = (
    Latency(product="P07", share_bp=9_500, limit_ms=300, credit_percent=10),
    Availability(product="P07", share_bp=9_900, credit_percent=5),
    DataAge(product="P07", share_bp=5_000, limit_days=40, credit_percent=20),
    Latency(product="P16", share_bp=5_000, limit_ms=1, credit_percent=100),
)


def promise(books: Books, levels: tuple[ServiceLevel, ...] = PROMISES, **more: Any) -> None:
    """A contract at list prices with these promises."""
    terms = Terms(rules=tuple(price.as_rule() for price in PRICES), service_levels=levels, **more)
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, terms, NOON)


def calls(books: Books, latencies_ms: list[float], **changes: Any) -> None:
    """One answered call for each latency, all committed at the books' present."""
    books.submit(
        *(
            draft(
                books.twin if changes.get("test") else books.bank,
                f"{books.clock.at.isoformat()} {changes} {number}",
                received_at=books.clock.at - timedelta(milliseconds=latency),
                **changes,
            )
            for number, latency in enumerate(latencies_ms)
        )
    )


def missed_november(books: Books, **more: Any) -> None:
    """P07: 18 of 20 answers within 300 ms (missed), one source down of 21 requests (missed), the age of data kept."""
    promise(books, **more)
    calls(books, [300.0] * 18 + [300.001, 5_000], data_age_days=40)
    books.refuse(unanswered(books.bank, "source_down"))
    books.refuse(unanswered(books.bank, "refused"))
    calls(books, [9_000], test=True)


def close_november(books: Books) -> None:
    """Issue the bank's statement of November on the first instant of December."""
    books.clock.at = max(books.clock.at, DECEMBER)
    with Session(books.engine) as session, session.begin():
        issue_statement(session, books.signer, books.bank.institution_id, NOVEMBER, books.clock.at)
