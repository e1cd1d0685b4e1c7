"""Usage is what the calls say, grouped as asked, cut by the instant of the commit."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from api.access.institutions import create_client, find_client
from api.metering.draft import Draft, Receipt
from api.metering.recount import recount
from api.metering.reversal import reverse
from api.metering.tables import Call, UsageLine
from api.metering.usage import DIMENSIONS, MEASURES, usage_rows
from bureau.db import transaction
from bureau.errors import InvalidInput, StateConflict, UnknownName, UnknownObject
from bureau.uscc import placeholder_uscc
from tests.factories.ledger import NOON, PRICES, Bank, Books, add_bank, draft, unanswered
from tests.factories.slow_usage import slow_usage

MIDNIGHT = datetime(2026, 11, 23, 16, tzinfo=UTC)
"""00:00 in Shanghai on 24 November 2026."""


def add_firm(books: Books, name: str) -> Bank:
    """An enterprise that calls for itself."""
    with transaction(books.engine) as session:
        made = create_client(session, name, "enterprise", PRICES, NOON, uscc=placeholder_uscc("tests", name))
        institution_id = find_client(session, made.client_id).institution_id
    return Bank(institution_id, name, made.client_id, made.client_secret, "")


def rows(books: Books, *by: str, **cut: Any) -> list[dict[str, Any]]:
    with transaction(books.engine) as session:
        return usage_rows(session, by, **cut)


@pytest.fixture
def busy(books: Books) -> Books:
    """Two banks, three days, every product, purpose and outcome, a retry, a refusal and a reversal."""
    other = add_bank(books.engine, "另一银行")
    drafts: list[Draft] = []
    for n, (bank, version) in enumerate([(books.bank, 1), (other, 2)]):
        for product in ("P07", "P16", "P31"):
            for outcome in ("found", "partial", "not_found", "stale"):
                for purpose in ("pre_loan", "post_loan"):
                    key = f"{product} {outcome} {purpose}"
                    changes = {"product_code": product, "outcome": outcome, "purpose": purpose}
                    changes["received_at"] = NOON - timedelta(microseconds=len(drafts) ** 4)
                    drafts.append(draft(bank, key, contract_version_id=version, **changes))
        drafts += [unanswered(bank, "refused"), unanswered(bank, "source_down")][: n + 1]
    for day, third in enumerate((drafts[::3], drafts[1::3], drafts[2::3])):
        books.clock.at = NOON + timedelta(days=day)
        for each in third:
            if each.body:
                books.submit(each)
            else:
                books.refuse(each)
        books.submit(next(each for each in third if each.body))  # a retry
    with transaction(books.engine) as session:
        found = select(func.min(Call.id)).where(Call.product_code == "P07", Call.outcome == "found")
        first = session.scalars(found).one()
    reverse(books.engine, first, reason="wrong enterprise", at=books.clock.at)
    return books


def test_every_grouping_equals_the_slow_recomputation(busy: Books) -> None:
    with transaction(busy.engine) as session:
        for count in range(len(DIMENSIONS) + 1):
            for by in combinations(DIMENSIONS, count):
                assert usage_rows(session, by) == slow_usage(session, by), by


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param({"start": NOON, "end": NOON + timedelta(hours=1)}, id="one hour"),
        pytest.param({"only": {"product": ["P07", "P16"], "outcome": ["found"]}}, id="two products, one outcome"),
        pytest.param({"only": {"hour": ["12"], "version": ["1"]}}, id="an hour of every day"),
        pytest.param({"only": {"day": ["2026-11-24"], "institution": ["另一银行"]}}, id="a day of one bank"),
        pytest.param({"only": {"hour": ["3"]}}, id="an hour without calls"),
        pytest.param({"test": True}, id="in test mode"),
    ],
)
def test_every_cut_equals_the_slow_recomputation(busy: Books, cut: dict[str, Any]) -> None:
    busy.submit(draft(busy.twin, "in test mode", test=True))
    with transaction(busy.engine) as session:
        for by in ((), ("product", "outcome"), ("day", "hour")):
            assert usage_rows(session, by, **cut) == slow_usage(session, by, **cut)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE usage_hour SET calls = calls + 1 WHERE product_code = 'P16'", id="a count"),
        pytest.param("UPDATE usage_hour SET charged_fen = charged_fen + 1 WHERE outcome = 'found'", id="a fen"),
        pytest.param("UPDATE usage_hour SET latency_00 = latency_00 + 9 WHERE outcome = 'found'", id="a latency"),
        pytest.param("DELETE FROM usage_hour WHERE purpose = 'post_loan'", id="hours removed"),
    ],
)
def test_a_counter_that_is_off_is_found(busy: Books, change: str) -> None:
    with busy.engine.begin() as connection:
        connection.execute(text(change))
    with transaction(busy.engine) as session:
        assert usage_rows(session, ["product", "outcome"]) != slow_usage(session, ["product", "outcome"])
        assert any(difference.what.startswith("hour") for difference in recount(session))


def test_every_line_knows_what_usage_asks(books: Books) -> None:
    books.submit(draft(books.twin, received_at=NOON - timedelta(milliseconds=7), data_age_days=3, test=True))
    with transaction(books.engine) as session:
        line = session.scalars(select(UsageLine)).one()
    assert (line.purpose, line.outcome, line.product_code, line.product_version) == ("pre_loan", "found", "P07", 1)
    assert (line.model_name, line.model_version, line.contract_version_id) == ("sme_default", "3", 2)
    assert (line.latency_us, line.data_age_days, line.test, line.committed_at) == (7_000, 3, True, NOON)


def test_a_latency_ends_where_its_group_begins_to_be_written(books: Books) -> None:
    @event.listens_for(books.engine, "before_cursor_execute")
    def _slow(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        books.clock.at += timedelta(seconds=1) * statement.startswith("INSERT")

    books.submit(draft(books.bank, received_at=NOON - timedelta(milliseconds=7)))
    assert books.clock.at > NOON
    with transaction(books.engine) as session:
        assert session.scalars(select(UsageLine.latency_us)).one() == 7_000


def test_a_call_in_test_mode_is_counted_apart(books: Books) -> None:
    books.submit(draft(books.bank, "live"), draft(books.twin, "test", test=True, product_code="P16"))
    assert [row["product"] for row in rows(books, "product")] == ["P07"]
    assert [row["product"] for row in rows(books, "product", test=True)] == ["P16"]


@pytest.mark.parametrize("only", [{"hour": ["noon"]}, {"version": ["one"]}, {"day": ["2026-02-30"]}])
def test_a_value_that_cannot_be_is_refused(books: Books, only: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidInput, match="cannot be"):
        rows(books, only=only)


def test_a_window_within_an_hour_is_refused(books: Books) -> None:
    with pytest.raises(InvalidInput, match="by the hour"):
        rows(books, start=NOON + timedelta(minutes=1))


def test_rows_come_in_the_order_asked(busy: Books) -> None:
    listed = [(row["day"], row["product"]) for row in rows(busy, "day", "product")]
    assert listed == sorted(listed)
    assert list(rows(busy, "day", "product")[0]) == ["day", "product", *MEASURES]


def test_an_institution_is_shown_its_own(busy: Books) -> None:
    own = rows(busy, "institution", institution_id=busy.bank.institution_id)
    assert [row["institution"] for row in own] == [busy.bank.name]


def test_enterprises_are_one_group_without_names_and_each_is_named_to_itself(books: Books) -> None:
    """Who reads everybody's sums may see no enterprise, and cannot ask for one by name."""
    firms = [add_firm(books, name) for name in ("阿克美", "贝塔")]
    for version, each in enumerate((books.bank, *firms), 1):
        given = draft(each, contract_version_id=version, consent_id=None, consent_required=False)
        assert isinstance(books.submit(given)[0], Receipt)
    told = [(row["institution"], row["calls"]) for row in rows(books, "institution")]
    assert told == [("(enterprises)", 2), (books.bank.name, 1)]
    assert rows(books, only={"institution": ["阿克美"]})[0]["calls"] == 0
    assert rows(books, only={"institution": ["(enterprises)"]})[0]["calls"] == 2
    own = rows(books, "institution", institution_id=firms[0].institution_id)
    assert [(row["institution"], row["calls"]) for row in own] == [("阿克美", 1)]
    with transaction(books.engine) as session:
        for by in (["institution"], ["institution", "product"]):
            assert usage_rows(session, by) == slow_usage(session, by)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        pytest.param(MIDNIGHT - timedelta(microseconds=1), "2026-11-23", id="the day's last microsecond"),
        pytest.param(MIDNIGHT, "2026-11-24", id="midnight in Shanghai opens the next day"),
    ],
)
def test_a_day_is_a_shanghai_day_of_the_commit(books: Books, at: datetime, day: str) -> None:
    books.clock.at = at
    books.submit(draft(books.bank, received_at=at - timedelta(seconds=1)))
    assert [row["day"] for row in rows(books, "day")] == [day]


def test_start_is_included_and_end_is_not(books: Books) -> None:
    books.submit(draft(books.bank))
    assert rows(books, start=NOON, end=NOON + timedelta(hours=1))[0]["calls"] == 1
    assert rows(books, start=NOON - timedelta(days=1), end=NOON)[0]["calls"] == 0
    assert rows(books, start=NOON + timedelta(hours=1))[0]["calls"] == 0


def test_an_empty_ledger_has_one_row_of_zeros_or_none(books: Books) -> None:
    (row,) = rows(books)
    assert {row[name] for name in ("calls", "answered", "hits", "repeats", "charged_fen")} == {0}
    assert {row[name] for name in ("hit_rate_bp", "repeat_rate_bp", "latency_p50_us", "latency_p99_us")} == {None}
    assert rows(books, "product") == []


def test_an_unknown_dimension_is_named(books: Books) -> None:
    with pytest.raises(UnknownName, match=r"'produkt'.*product"):
        rows(books, "produkt")


def test_a_reversal_takes_the_charge_back_on_its_own_day(books: Books) -> None:
    submitted = draft(books.bank)
    books.submit(submitted)
    reverse(books.engine, submitted.call_id, reason="wrong enterprise", at=NOON + timedelta(days=1))
    told = [[row[name] for name in ("day", "calls", "hits", "charged_fen")] for row in rows(books, "day")]
    assert told == [["2026-11-23", 1, 1, 800], ["2026-11-24", -1, -1, -800]]
    assert books.answer(submitted.call_id).body


def test_a_reversal_of_another_days_call_makes_no_rate(books: Books) -> None:
    nothing = draft(books.bank, "nothing", outcome="not_found")
    books.submit(nothing)
    books.clock.at = NOON + timedelta(days=1)
    books.submit(draft(books.bank, "one"), draft(books.bank, "two"))
    reverse(books.engine, nothing.call_id, reason="wrong enterprise", at=books.clock.at)
    told = [[row[name] for name in ("day", "answered", "hits", "hit_rate_bp")] for row in rows(books, "day")]
    assert told == [["2026-11-23", 1, 0, 0], ["2026-11-24", 1, 2, None]]
    with transaction(books.engine) as session:
        assert usage_rows(session, ["day"]) == slow_usage(session, ["day"])


def test_a_call_takes_as_long_as_its_own_server_says(books: Books) -> None:
    """The log's time is that of a server whose clock is ahead, or was set right while the call was under way."""
    books.clock.at = NOON + timedelta(seconds=2)
    books.submit(draft(books.bank, "ahead", received_at=books.clock.at))
    books.clock.at = NOON
    books.submit(draft(books.bank, "five", received_at=NOON - timedelta(milliseconds=5)))
    books.submit(draft(books.bank, "back", received_at=NOON + timedelta(milliseconds=5)))
    with transaction(books.engine) as session:
        lines = session.scalars(select(UsageLine).order_by(UsageLine.id)).all()
    assert sorted(line.latency_us for line in lines) == [0, 0, 5_000]
    assert {line.committed_at for line in lines} == {NOON + timedelta(seconds=2)}


def test_a_charge_is_reversed_once_and_with_a_reason(books: Books) -> None:
    submitted = draft(books.bank)
    books.submit(submitted)
    with pytest.raises(InvalidInput):
        reverse(books.engine, submitted.call_id, reason=" ", at=NOON)
    line = reverse(books.engine, submitted.call_id, reason="wrong enterprise", at=NOON)
    with pytest.raises(StateConflict):
        reverse(books.engine, submitted.call_id, reason="again", at=NOON)
    for unknown in (line, "no such call"):
        with pytest.raises(UnknownObject):
            reverse(books.engine, unknown, reason="what", at=NOON)
