"""Random histories under random terms: contracts change, months end, calls repeat and are reversed, wallets fill,
months are closed and what they missed is credited.

Whatever happens, the charges, counts and balances are those of the slow recomputation, to the fen.
"""

import json
import tempfile
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.audit.verification import verify_ledger
from api.billing.months import Month
from api.billing.statements import draw_up, issue_statement
from api.contracts.agreeing import approve_terms, propose_terms
from api.contracts.terms import Terms
from api.metering.ledger import Draft, Receipt
from api.metering.recount import recount
from api.metering.reversal import reverse
from api.metering.tables import UsageLine, UsageMonth
from api.metering.usage import DIMENSIONS, usage_rows
from api.metering.wallet import pay_in
from api.sla.crediting import approve_credit, confirm_credit, find_credit
from api.sla.tables import CreditNote
from bureau.clock import months_before, shanghai_day
from bureau.db import transaction
from bureau.errors import QuotaUsedUp, WalletEmpty
from bureau.uscc import placeholder_uscc
from tests.factories.ledger import NOON, draft, open_books, sqlite_ledger
from tests.factories.slow_statements import slow_calls_fen, slow_total
from tests.factories.slow_usage import slow_usage

SUBJECTS = [placeholder_uscc("tests", name) for name in ("A", "B", "C")]
fen = st.integers(0, 999)
tiers = st.tuples(st.integers(1, 4), fen, fen).map(
    lambda drawn: [{"up_to": drawn[0], "unit_fen": drawn[1]}, {"unit_fen": drawn[2]}]
)
price = st.one_of(
    st.just({"model": "free"}),
    st.builds(lambda unit: {"model": "flat", "unit_fen": unit}, fen),
    st.builds(lambda size, whole: {"model": "package", "size": size, "package_fen": whole}, st.integers(1, 4), fen),
    st.builds(lambda steps: {"model": "graduated", "tiers": steps}, tiers),
    st.builds(lambda steps: {"model": "volume", "tiers": steps}, tiers),
)
counted = st.fixed_dictionaries(
    {
        "price": price,
        "per": st.sampled_from(["hit", "call", "entity_month"]),
        "repeat_hours": st.sampled_from([0, 1, 24, 800]),
        "repeat_percent": st.sampled_from([0, 33, 100]),
    }
)


promised = st.fixed_dictionaries(
    {
        "product": st.sampled_from(["P07", "P16"]),
        "measure": st.just("latency"),
        "limit_ms": st.sampled_from([1, 2_000]),
        "share_bp": st.sampled_from([5_000, 10_000]),
        "credit_percent": st.sampled_from([7, 33, 100]),
    }
)


@st.composite
def agreed(draw: st.DrawFn) -> Terms:
    """Terms for two products, one of them with a price of its own for one purpose."""
    rules = [draw(counted) | {"product": product} for product in ("P07", "P16")]
    if draw(st.booleans()):
        rules.append(draw(counted) | {"product": "P07", "purpose": "post_loan"})
    limits = {
        "cap_fen": draw(st.none() | st.integers(500, 3_000)),
        "quotas": draw(st.just({}) | st.just({"P07": 6})),
        "minimum_fen": draw(st.sampled_from([0, 0, 500])),
        "prepaid": draw(st.booleans()),
        "service_levels": draw(st.just([]) | st.lists(promised, max_size=1)),
    }
    return Terms.model_validate({"rules": rules} | limits)


asked = st.fixed_dictionaries(
    {
        "product_code": st.sampled_from(["P07", "P16"]),
        "uscc": st.sampled_from(SUBJECTS),
        "purpose": st.sampled_from(["pre_loan", "post_loan"]),
        "outcome": st.sampled_from(["found", "found", "partial", "not_found", "stale"]),
        "test": st.sampled_from([False, False, False, True]),
    }
)


class PricedHistory(RuleBasedStateMachine):
    """What a month of a bank may look like."""

    @initialize(terms=agreed())
    def open(self, terms: Terms) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="priced-history-")
        home = Path(self.folder.name)
        self.books = open_books(sqlite_ledger(home), home)
        self.keys, self.paid, self.reversible = 0, 0, list[str]()
        self.credited_fen = 0
        self.minimums = list[tuple[datetime, int]]()
        self.sent: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.agree(terms)

    @rule(terms=agreed())
    def agree(self, terms: Terms) -> None:
        self.books.clock.at += timedelta(microseconds=1)  # they begin after the calls before
        now, bank = self.books.clock.at, self.books.bank.institution_id
        self.minimums.append((now, terms.minimum_fen))
        with transaction(self.books.engine) as session:
            for owner in (bank, self.books.twin.institution_id):
                proposal = propose_terms(session, owner, terms, by="Li Wei", in_force_from=now, at=now)
                approve_terms(session, proposal, by="Zhang Min", at=now)

    @rule(group=st.lists(asked, min_size=1, max_size=8))
    def call(self, group: list[dict[str, Any]]) -> None:
        numbers = range(self.keys, self.keys + len(group))
        self.keys += len(group)
        drafts = [
            self.draft(f"key-{number}", each, received_at=self.received(number))
            for number, each in zip(numbers, group, strict=True)
        ]
        for given, submitted, each in zip(self.books.submit(*drafts), drafts, group, strict=True):
            assert isinstance(given, Receipt | QuotaUsedUp | WalletEmpty)
            if isinstance(given, Receipt):
                self.sent[submitted.idempotency_key or ""] = each, given.body
                self.reversible.append(given.call_id)

    def draft(self, key: str, each: dict[str, Any], **changes: Any) -> Draft:
        """One call, of the bank or in test mode of its twin."""
        bank = self.books.twin if each["test"] else self.books.bank
        return draft(bank, key, consent_required=False, **each, **changes)

    def received(self, number: int) -> datetime:
        """Some microseconds to some seconds before the commit."""
        return self.books.clock.at - timedelta(microseconds=number**5 % 9_999_991)

    @precondition(lambda self: self.sent)
    @rule(choice=st.randoms(use_true_random=False))
    def retry(self, choice: Any) -> None:
        key = choice.choice(sorted(self.sent))
        each, body = self.sent[key]
        (given,) = self.books.submit(self.draft(key, each))
        assert isinstance(given, Receipt)
        assert (given.replayed, given.body) == (True, body)

    @precondition(lambda self: self.reversible)
    @rule(choice=st.randoms(use_true_random=False))
    def take_back(self, choice: Any) -> None:
        call_id = choice.choice(self.reversible)
        self.reversible.remove(call_id)
        reverse(self.books.engine, call_id, reason="wrong enterprise", at=self.books.clock.at)

    @rule(amount=st.integers(1, 5_000))
    def pay(self, amount: int) -> None:
        self.paid += 1
        bank = self.books.bank.institution_id
        pay_in(self.books.engine, bank, amount, reference=f"transfer {self.paid}", at=self.books.clock.at)

    @precondition(lambda self: self.books.clock.at >= Month.of(NOON).ends)  # before, the bank had no contract
    @rule()
    def close_last_month(self) -> None:
        """Its statement is issued, and what it missed is credited."""
        at, bank = self.books.clock.at, self.books.bank.institution_id
        last = Month(months_before(shanghai_day(at).replace(day=1), 1))
        with Session(self.books.engine) as session, session.begin():
            issue_statement(session, self.books.signer, bank, last, at)
            ids = session.scalars(select(CreditNote.id)).all()
            for note in [found for found in map(partial(find_credit, session), ids) if found.state == "proposed"]:
                confirm_credit(session, note.note.id, by="Li Wei", at=at)
                approve_credit(session, note.note.id, by="Zhang Min", at=at)
                self.credited_fen += note.note.amount_fen

    @rule(hours=st.sampled_from([0.5, 1, 23, 24, 24 * 15]))
    def wait(self, hours: float) -> None:
        self.books.clock.at += timedelta(hours=hours)

    @invariant()
    def the_slow_recomputation_agrees(self) -> None:
        with Session(self.books.engine) as session:
            assert list(recount(session)) == []

    @invariant()
    def the_statement_is_what_the_calls_of_its_month_cost(self) -> None:
        """By the lines, by the counts of the month, and never below zero."""
        month, bank = Month(shanghai_day(self.books.clock.at).replace(day=1)), self.books.bank.institution_id
        with Session(self.books.engine) as session:
            content = draw_up(session, bank, month)
            counted = select(func.sum(UsageMonth.charged_fen)).where(
                UsageMonth.institution_id == bank, UsageMonth.month == month.first, UsageMonth.test.is_(False)
            )
            lines = list(session.scalars(select(UsageLine).where(UsageLine.institution_id == bank)))
            assert content["calls_fen"] == (session.scalar(counted) or 0)
        assert content["calls_fen"] == slow_calls_fen(lines, month, month.ends) >= 0
        assert content["total_fen"] == slow_total(lines, month, self.minimum_of)

    def minimum_of(self, month: Month) -> int:
        """By the terms agreed to last before it ended."""
        return next((fen for since, fen in reversed(self.minimums) if since < month.ends), 0)

    @rule(by=st.lists(st.sampled_from(list(DIMENSIONS)), unique=True), test=st.booleans())
    def usage_is_that_of_the_lines(self, by: list[str], test: bool) -> None:
        with Session(self.books.engine) as session:
            assert usage_rows(session, by, test=test) == slow_usage(session, by, test=test)

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        charged = sum(json.loads(body)["charge"]["amount_fen"] for each, body in self.sent.values() if not each["test"])
        with Session(self.books.engine) as session:
            assert verify_ledger(session, self.books.signer, self.books.vault).fault is None
            (whole,) = usage_rows(session, [])
        reversed_ = len(self.sent) - len(self.reversible)
        assert reversed_ or whole["charged_fen"] == charged - self.credited_fen
        self.books.ledger.close()
        self.books.engine.dispose()
        self.folder.cleanup()


TestPricedHistory = PricedHistory.TestCase
TestPricedHistory.settings = settings(
    max_examples=20,
    stateful_step_count=12,
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking a history takes longer than reading one
)
