"""Each promise at its boundary, measured on the billed rows of the contract's month and of no other."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from api.contracts.service_levels import Availability, DataAge, Latency, ServiceLevel
from api.metering.reversal import reverse
from api.sla.measuring import Verdict, measure_month
from bureau.errors import LedgerUnavailable
from tests.factories.ledger import NOON, Books, add_bank, draft, unanswered
from tests.factories.promises import DECEMBER, NOVEMBER, calls, missed_november, promise

NINETY = 9_000


def measured(books: Books, month: object = NOVEMBER) -> list[Verdict]:
    with Session(books.engine) as session:
        return measure_month(session, books.bank.institution_id, month)  # type: ignore[arg-type]


def one(books: Books) -> Verdict:
    (verdict,) = measured(books)
    return verdict


def latency(**changes: int) -> Latency:
    return Latency(**{"product": "P07", "share_bp": NINETY, "limit_ms": 300, "credit_percent": 10} | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("latencies_ms", "kept", "measured_bp", "reached"),
    [
        pytest.param([300.0] * 9 + [301], True, 9_000, 300_000, id="just the promised share, on the limit"),
        pytest.param([300.0] * 8 + [300.001, 301], False, 8_000, 300_001, id="a microsecond above"),
        pytest.param([1.0] * 899 + [400] * 101, False, 8_990, 400_000, id="one call short of the share"),
        pytest.param([1.0], True, 10_000, 1_000, id="one call"),
        pytest.param([], None, None, None, id="no call, no verdict"),
    ],
)
def test_latency(
    books: Books, latencies_ms: list[float], kept: bool | None, measured_bp: int | None, reached: int | None
) -> None:
    promise(books, (latency(),))
    for begin in range(0, len(latencies_ms), 200):
        books.clock.at += timedelta(minutes=1)
        calls(books, latencies_ms[begin : begin + 200])
    found = one(books)
    assert (found.kept, found.measured_bp, found.reached) == (kept, measured_bp, reached)


def test_a_share_that_is_missed_never_reads_as_kept(books: Books) -> None:
    promise(books, (latency(share_bp=6_667),))
    calls(books, [1.0, 1.0, 400])  # 66.67 % when rounded
    found = one(books)
    assert (found.kept, found.measured_bp) == (False, 6_666)


def test_only_answered_live_calls_of_the_product_and_month_count(books: Books) -> None:
    promise(books, (latency(),))
    calls(books, [1.0])
    calls(books, [9_000], test=True)
    calls(books, [9_000], product_code="P16")
    books.refuse(unanswered(books.bank, "refused", received_at=NOON - timedelta(seconds=9)))
    books.refuse(unanswered(books.bank, "source_down", received_at=NOON - timedelta(seconds=9)))
    books.submit(draft(add_bank(books.engine, "另一银行"), received_at=NOON - timedelta(seconds=9)))
    books.clock.at = DECEMBER
    calls(books, [9_000])
    found = one(books)
    assert (found.counted, found.within, found.kept) == (1, 1, True)
    assert measured(books, NOVEMBER.next)[0].counted == 1


def test_a_reversed_call_took_as_long(books: Books) -> None:
    promise(books, (latency(),))
    slow = draft(books.bank, received_at=NOON - timedelta(seconds=9))
    books.submit(slow)
    reverse(books.engine, slow.call_id, reason="wrong enterprise", at=NOON)
    assert one(books).counted == 1


def test_too_few_calls_have_no_verdict(books: Books) -> None:
    promise(books, (latency(least_calls=2),))
    calls(books, [9_000])
    assert (one(books).kept, one(books).measured_bp) == (None, 0)
    books.clock.at += timedelta(minutes=1)
    calls(books, [9_000])
    assert one(books).kept is False


def test_availability_counts_what_left_no_row(books: Books) -> None:
    """Eight answers, a source down, a full queue; a refusal and a failure in test mode are none of them."""
    level: ServiceLevel = Availability(product="P07", share_bp=8_000, credit_percent=10)
    promise(books, (level,))
    for test in (False, True):
        with (
            pytest.raises(LedgerUnavailable),
            books.ledger.failures.watching(books.bank.institution_id, "P07", NOON, test=test),
        ):
            raise LedgerUnavailable("full")
    books.refuse(unanswered(books.bank, "source_down"))
    books.refuse(unanswered(books.bank, "refused"))
    calls(books, [1.0] * 8)
    found = one(books)
    assert (found.counted, found.within, found.kept, found.measured_bp) == (10, 8, True, 8_000)
    books.clock.at += timedelta(minutes=1)
    books.refuse(unanswered(books.bank, "source_down"))
    assert one(books).kept is False


def test_the_age_of_data_is_that_of_answers_with_records(books: Books) -> None:
    promise(books, (DataAge(product="P07", share_bp=5_000, limit_days=40, credit_percent=10),))
    calls(books, [1.0], data_age_days=40)
    calls(books, [1.0], data_age_days=41)
    calls(books, [1.0], outcome="not_found")
    found = one(books)
    assert (found.counted, found.within, found.kept, found.reached) == (2, 1, True, 40)


def test_a_month_is_measured_by_the_contract_in_force_when_it_ends(books: Books) -> None:
    missed_november(books)
    assert [verdict.kept for verdict in measured(books)] == [False, False, True, None]
    promise(books, (latency(limit_ms=60_000),))
    assert [verdict.kept for verdict in measured(books)] == [True]


def test_without_promises_there_is_nothing_to_measure(books: Books) -> None:
    calls(books, [9_000])
    assert measured(books) == []
