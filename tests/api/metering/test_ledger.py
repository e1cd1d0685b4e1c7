"""What the ledger promises its callers, on both databases."""

import asyncio
import json
import threading
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
import rfc8785
from sqlalchemy import select

from api.access.consents import revoke_consent
from api.access.institutions import disable_client
from api.contracts.agreeing import ListPrice
from api.metering.ledger import Ledger, Receipt
from api.metering.tables import Call, UsageLine
from api.metering.usage import usage_rows
from bureau.db import transaction
from bureau.errors import (
    ConsentExpired,
    ConsentRevoked,
    KeyReused,
    LedgerUnavailable,
    ProductNotContracted,
    UnknownObject,
    WrongCredentials,
)
from tests.factories.ledger import NOON, Books, add_bank, agree, draft, unanswered


def usage(books: Books) -> dict[str, int]:
    with transaction(books.engine) as session:
        (row,) = usage_rows(session, [])
    return {name: row[name] for name in ("calls", "hits", "charged_fen")}


def receipt(books: Books, *drafts: object) -> Receipt:
    (given,) = books.submit(*drafts)  # type: ignore[arg-type]
    assert isinstance(given, Receipt), given
    return given


def test_an_answer_carries_its_charge_and_its_evidence(books: Books) -> None:
    submitted = draft(books.bank)
    given = receipt(books, submitted)
    body = json.loads(given.body)
    assert body["charge"] == {
        "billable": True,
        "outcome": "found",
        "amount_fen": 800,
        "contract_version": 1,
        "basis": "unit",
    }
    evidence = body.pop("evidence")
    assert evidence == {
        "sha256": sha256(rfc8785.dumps(body)).hexdigest(),
        "call_id": submitted.call_id,
        "leaf": 0,
    }
    assert (given.status, given.replayed) == (201, False)
    assert list(body) == [key for key in submitted.body if key != "evidence"], "places to fill keep their place"


def test_the_bytes_are_compact_utf8_and_signed(books: Books) -> None:
    given = receipt(books, draft(books.bank))
    assert "南山某某科技有限公司".encode() in given.body
    assert b'", "' not in given.body
    assert books.signer.verify_detached(given.jws, given.body)
    assert not books.signer.verify_detached(given.jws, given.body + b" ")


def test_what_was_sent_can_be_read_again_by_its_institution_only(books: Books) -> None:
    given = receipt(books, draft(books.bank))
    other = add_bank(books.engine, "另一银行")
    assert books.answer(given.call_id) == given
    with pytest.raises(UnknownObject):
        books.answer(given.call_id, other.institution_id)
    with pytest.raises(UnknownObject):
        books.answer("no such call")


def test_a_retry_gets_the_same_bytes_and_costs_nothing(books: Books) -> None:
    first = receipt(books, draft(books.bank))
    again = receipt(books, draft(books.bank))
    assert again == replace(first, replayed=True)
    assert usage(books) == {"calls": 1, "hits": 1, "charged_fen": 800}


def test_duplicates_of_one_group_are_one_call(books: Books) -> None:
    given = books.submit(*(draft(books.bank) for _ in range(20)))
    assert len({answer.body for answer in given if isinstance(answer, Receipt)}) == 1
    assert sorted(answer.replayed for answer in given if isinstance(answer, Receipt)) == [False] + [True] * 19
    assert usage(books)["calls"] == 1


def test_a_key_with_another_request_is_refused(books: Books) -> None:
    receipt(books, draft(books.bank))
    (refused,) = books.submit(draft(books.bank, request_sha256="0" * 64))
    assert isinstance(refused, KeyReused)
    with pytest.raises(KeyReused):
        books.ledger.find(books.bank.institution_id, "key-1", "0" * 64)
    assert usage(books)["calls"] == 1


def test_a_key_belongs_to_its_institution(books: Books) -> None:
    other = add_bank(books.engine, "另一银行")
    first, second = books.submit(draft(books.bank), draft(other, contract_version_id=2))
    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert first.call_id != second.call_id
    assert usage(books)["calls"] == 2


def test_find_gives_none_before_and_the_answer_after(books: Books) -> None:
    submitted = draft(books.bank)
    key = (books.bank.institution_id, "key-1", submitted.request_sha256)
    assert books.ledger.find(*key) is None
    given = receipt(books, submitted)
    assert books.ledger.find(*key) == replace(given, replayed=True)


def test_a_duplicate_in_flight_waits_for_the_first(books: Books) -> None:
    submitted = draft(books.bank)
    produced = []

    async def call() -> Receipt:
        async with books.ledger.alone(books.bank.institution_id, "key-1"):
            found = books.ledger.find(books.bank.institution_id, "key-1", submitted.request_sha256)
            if found is not None:
                return found
            produced.append(1)
            await asyncio.sleep(0.01)  # the time in which the second one arrives
            return await books.ledger.submit(submitted)

    async def both() -> list[Receipt]:
        return await asyncio.gather(call(), call())

    first, second = asyncio.run(both())
    assert produced == [1]
    assert second == replace(first, replayed=True)


def test_an_answer_that_found_nothing_is_stored_and_free(books: Books) -> None:
    given = receipt(books, draft(books.bank, outcome="not_found"))
    assert json.loads(given.body)["charge"]["amount_fen"] == 0
    assert receipt(books, draft(books.bank, outcome="not_found")).replayed
    assert usage(books) == {"calls": 1, "hits": 0, "charged_fen": 0}


@pytest.mark.parametrize("outcome", ["refused", "source_down"])
def test_a_call_without_an_answer_is_on_record_and_free(books: Books, outcome: str) -> None:
    call = unanswered(books.bank, outcome)
    books.refuse(call)
    books.refuse(call)
    assert usage(books) == {"calls": 1, "hits": 0, "charged_fen": 0}
    assert books.ledger.find(books.bank.institution_id, "key-1", call.request_sha256) is None
    with pytest.raises(UnknownObject):
        books.answer(call.call_id)


def test_a_refused_call_can_be_answered_under_the_same_key_later(books: Books) -> None:
    books.refuse(unanswered(books.bank))
    assert not receipt(books, draft(books.bank)).replayed
    assert usage(books) == {"calls": 2, "hits": 1, "charged_fen": 800}


def test_a_consent_revoked_while_the_answer_was_computed(books: Books) -> None:
    late = draft(books.bank)
    with transaction(books.engine) as session:
        revoke_consent(session, books.bank.consent_id, NOON)
    (refused,) = books.submit(late)
    assert isinstance(refused, ConsentRevoked)
    books.refuse(replace(late, outcome="refused", body={}))  # as a route does with every refusal
    with transaction(books.engine) as session:
        call = session.scalars(select(Call)).one()
    assert (call.outcome, call.problem_code) == ("refused", "consent-revoked")
    assert usage(books) == {"calls": 1, "hits": 0, "charged_fen": 0}


def test_a_consent_that_ended_while_the_answer_was_computed(books: Books) -> None:
    books.clock.at = NOON + timedelta(days=365)
    (refused,) = books.submit(draft(books.bank))
    assert isinstance(refused, ConsentExpired)


def test_a_client_disabled_while_the_answer_was_computed(books: Books) -> None:
    with transaction(books.engine) as session:
        disable_client(session, books.bank.client_id, NOON)
    (refused,) = books.submit(draft(books.bank))
    assert isinstance(refused, WrongCredentials)


def test_the_contract_in_force_at_the_commit_charges(books: Books) -> None:
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, [ListPrice("P07", 900, "hit")], NOON)
    given = receipt(books, draft(books.bank))
    assert json.loads(given.body)["charge"] == {
        "billable": True,
        "outcome": "found",
        "amount_fen": 900,
        "contract_version": 2,
        "basis": "unit",
    }
    (refused,) = books.submit(draft(books.bank, "key-2", product_code="P16"))
    assert isinstance(refused, ProductNotContracted), "the new version leaves P16 out"


def test_a_contract_of_tomorrow_does_not_charge_today(books: Books) -> None:
    tomorrow = NOON + timedelta(days=1)
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, [ListPrice("P07", 900, "hit")], tomorrow)
    assert json.loads(receipt(books, draft(books.bank)).body)["charge"]["amount_fen"] == 800
    books.clock.at = tomorrow
    assert json.loads(receipt(books, draft(books.bank, "key-2")).body)["charge"]["amount_fen"] == 900


@pytest.mark.parametrize(
    "poison",
    [
        pytest.param({"body": {"pd": float("nan")}}, id="a body that is no JSON"),
        pytest.param({"body": {"n": 2**60}}, id="a number that JSON readers would round"),
        pytest.param({"client_serial": "\ud800"}, id="half a character"),
        pytest.param({"snapshot": 2**70}, id="a number no column holds"),
        pytest.param({"kind": None}, id="a missing value"),
    ],
)
def test_a_poisoned_row_fails_alone(books: Books, poison: dict[str, object]) -> None:
    drafts = [draft(books.bank, f"key-{n}") for n in range(10)]
    drafts[4] = replace(drafts[4], **poison)  # type: ignore[arg-type]
    given = books.submit(*drafts)
    assert isinstance(given[4], LedgerUnavailable)
    assert sum(isinstance(answer, Receipt) for answer in given) == 9
    assert usage(books)["calls"] == 9


def test_a_call_id_used_twice_fails_alone(books: Books) -> None:
    first, second = draft(books.bank, "key-1"), draft(books.bank, "key-2")
    given = books.submit(first, replace(second, call_id=first.call_id), draft(books.bank, "key-3"))
    assert [type(answer) for answer in given] == [Receipt, LedgerUnavailable, Receipt]


def test_a_request_that_goes_away_does_not_undo_its_call(books: Books) -> None:
    async def abandoned() -> None:
        task = asyncio.create_task(books.ledger.submit(draft(books.bank)))
        await asyncio.sleep(0)  # the draft is handed over
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(abandoned())
    books.ledger.close()
    assert usage(books)["calls"] == 1


def test_closing_writes_what_waits_and_refuses_what_comes(books: Books) -> None:
    async def close_at_once() -> list[Receipt]:
        waiting = [asyncio.create_task(books.ledger.submit(draft(books.bank, f"key-{n}"))) for n in range(300)]
        await asyncio.sleep(0)
        await asyncio.to_thread(books.ledger.close)
        return await asyncio.gather(*waiting)

    assert len(asyncio.run(close_at_once())) == 300
    (refused,) = books.submit(draft(books.bank, "too late"))
    assert isinstance(refused, LedgerUnavailable)


def test_a_full_queue_is_told_at_once(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer is held by a clock that waits, as it would be by a slow disk."""
    reached, go_on = threading.Event(), threading.Event()

    def slow() -> object:
        reached.set()
        assert go_on.wait(10)
        return NOON

    monkeypatch.setattr("api.metering.ledger._WAITING", 3)
    ledger = Ledger(books.engine, books.signer, books.vault, slow)  # type: ignore[arg-type]
    ledger.start()

    async def crowd() -> list[object]:
        first = asyncio.create_task(ledger.submit(draft(books.bank, "being written")))
        await asyncio.to_thread(reached.wait)
        more = [asyncio.create_task(ledger.submit(draft(books.bank, f"key-{n}"))) for n in range(5)]
        await asyncio.sleep(0)
        refused = [task for task in more if task.done()]
        go_on.set()
        results = await asyncio.gather(first, *more, return_exceptions=True)
        assert len(refused) == 2
        return results

    results = asyncio.run(crowd())
    ledger.close()
    assert [type(result) for result in results] == [Receipt] * 4 + [LedgerUnavailable] * 2


def test_the_time_of_the_log_never_runs_backwards(books: Books) -> None:
    receipt(books, draft(books.bank))
    books.clock.at = NOON - timedelta(hours=1)
    receipt(books, draft(books.bank, "key-2"))
    with transaction(books.engine) as session:
        assert set(session.scalars(select(UsageLine.committed_at))) == {NOON}


def test_two_processes_with_the_same_keys_make_one_call_each(books: Books) -> None:
    """Two ledgers on one database, as two servers have them; one of each pair is the replay."""
    second = Ledger(books.engine, books.signer, books.vault, books.clock)
    second.start()

    async def race() -> list[tuple[Receipt, Receipt]]:
        pairs = [
            asyncio.gather(
                books.ledger.submit(draft(books.bank, f"key-{n}")), second.submit(draft(books.bank, f"key-{n}"))
            )
            for n in range(60)
        ]
        return [tuple(pair) for pair in await asyncio.gather(*pairs)]  # type: ignore[misc]

    pairs = asyncio.run(race())
    second.close()
    assert all(one.body == other.body and one.replayed != other.replayed for one, other in pairs)
    assert usage(books)["calls"] == 60


@pytest.mark.parametrize("outcome", ["refused", "unheard of"])
def test_only_an_answer_is_submitted(books: Books, outcome: str) -> None:
    with pytest.raises(ValueError, match="answer"):
        asyncio.run(books.ledger.submit(draft(books.bank, outcome=outcome)))
    with pytest.raises(ValueError, match="without an answer"):
        asyncio.run(books.ledger.refuse(draft(books.bank)))
