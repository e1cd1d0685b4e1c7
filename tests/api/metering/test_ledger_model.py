"""Random histories of calls, retries, conflicts, revocations, new prices and reversals, against a plain dict."""

import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy.orm import Session

from api.access.consents import create_consent, revoke_consent
from api.audit.verification import verify_ledger
from api.contracts.agreeing import ListPrice
from api.metering.draft import Draft
from api.metering.ledger import Receipt
from api.metering.reversal import reverse
from api.metering.usage import usage_rows
from bureau.db import transaction
from bureau.errors import BureauError, ConsentRevoked, KeyReused
from tests.factories.ledger import NOON, agree, authorisation, draft, open_books, sqlite_ledger, unanswered

PRODUCTS = ("P07", "P16", "P31")
OUTCOMES = ("found", "partial", "not_found", "stale")
BILLABLE = {"hit": {"found", "partial"}, "call": set(OUTCOMES), "free": set[str]()}

request = st.fixed_dictionaries(
    {
        "key": st.sampled_from([f"key-{n}" for n in range(8)]),
        "variant": st.sampled_from(["a", "a", "a", "b"]),
        "product_code": st.sampled_from(PRODUCTS),
        "outcome": st.sampled_from(OUTCOMES),
    }
)
price_list = st.tuples(
    st.builds(ListPrice, st.just("P07"), st.integers(1, 5000), st.just("hit")),
    st.builds(ListPrice, st.just("P16"), st.integers(1, 5000), st.sampled_from(["hit", "call"])),
    st.builds(ListPrice, st.just("P31"), st.integers(0, 5000), st.just("free")),
)


@dataclass
class Model:
    """What the ledger must hold, kept in the simplest way."""

    prices: dict[str, ListPrice]
    bound: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # key -> request, bytes
    lines: list[tuple[str, str, int, int]] = field(default_factory=list)  # product, outcome, calls, fen
    charged: dict[str, tuple[str, str, int]] = field(default_factory=dict)  # calls that can be reversed

    def price(self, product: str, outcome: str) -> int:
        listed = self.prices[product]
        return listed.amount_fen if outcome in BILLABLE[listed.per] else 0

    def usage(self) -> dict[tuple[str, str], Counter[str]]:
        sums: dict[tuple[str, str], Counter[str]] = {}
        for product, outcome, calls, fen in self.lines:
            hits = calls * (outcome in {"found", "partial"})
            group = sums.setdefault((product, outcome), Counter(calls=0, hits=0, charged_fen=0))
            group.update(calls=calls, hits=hits, charged_fen=fen)
        return sums


class LedgerHistory(RuleBasedStateMachine):
    """Each step is one thing that happens; the ledger and the model must say the same."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="ledger-history-")
        home = Path(self.folder.name)
        self.books = open_books(sqlite_ledger(home), home)
        self.consent, self.revoked = self.books.bank.consent_id, False
        self.model = Model(
            {
                "P07": ListPrice("P07", 800, "hit"),
                "P16": ListPrice("P16", 10, "call"),
                "P31": ListPrice("P31", 0, "free"),
            }
        )

    @rule(requests=st.lists(request, min_size=1, max_size=12))
    def submit(self, requests: list[dict[str, str]]) -> None:
        drafts = [self.draft(**each) for each in requests]
        for given, submitted in zip(self.books.submit(*drafts), drafts, strict=True):
            self.expect(submitted, given)

    def draft(self, key: str, variant: str, product_code: str, outcome: str) -> Draft:
        return draft(
            self.books.bank,
            key,
            request_sha256=(variant * 64),
            product_code=product_code,
            outcome=outcome,
            consent_id=self.consent,
        )

    def expect(self, submitted: Draft, given: Receipt | BureauError) -> None:
        key, product, outcome = submitted.idempotency_key or "", submitted.product_code, submitted.outcome
        if key in self.model.bound:
            bound, body = self.model.bound[key]
            if bound != submitted.request_sha256:
                assert isinstance(given, KeyReused)
            else:
                assert isinstance(given, Receipt)
                assert (given.body, given.replayed) == (body, True)
        elif self.revoked:
            assert isinstance(given, ConsentRevoked)
            self.model.lines.append((product, "refused", 1, 0))
        else:
            assert isinstance(given, Receipt)
            fen = self.model.price(product, outcome)
            assert json.loads(given.body)["charge"]["amount_fen"] == fen
            self.model.bound[key] = (submitted.request_sha256, given.body)
            self.model.lines.append((product, outcome, 1, fen))
            self.model.charged[given.call_id] = (product, outcome, fen)

    @rule(outcome=st.sampled_from(["refused", "source_down"]), product=st.sampled_from(PRODUCTS), twice=st.booleans())
    def refuse(self, outcome: str, product: str, twice: bool) -> None:
        call = unanswered(self.books.bank, outcome, product_code=product)
        for _ in range(1 + twice):
            self.books.refuse(call)
        self.model.lines.append((product, outcome, 1, 0))

    @precondition(lambda self: not self.revoked)
    @rule()
    def revoke(self) -> None:
        with transaction(self.books.engine) as session:
            revoke_consent(session, self.consent, NOON)
        self.revoked = True

    @precondition(lambda self: self.revoked)
    @rule()
    def consent_again(self) -> None:
        bank = self.books.bank
        with transaction(self.books.engine) as session:
            self.consent = create_consent(session, bank.institution_id, bank.client_id, authorisation(), NOON).id
        self.revoked = False

    @rule(prices=price_list)
    def agree_new_prices(self, prices: tuple[ListPrice, ...]) -> None:
        self.books.clock.at += timedelta(microseconds=1)  # they begin after the calls before
        with transaction(self.books.engine) as session:
            agree(session, self.books.bank.institution_id, prices, NOON)
        self.model.prices = {price.product_code: price for price in prices}

    @precondition(lambda self: self.model.charged)
    @rule(choice=st.randoms(use_true_random=False))
    def reverse(self, choice: object) -> None:
        call_id = choice.choice(sorted(self.model.charged))  # type: ignore[attr-defined]
        product, outcome, fen = self.model.charged.pop(call_id)
        reverse(self.books.engine, call_id, reason="wrong enterprise", at=NOON)
        self.model.lines.append((product, outcome, -1, -fen))

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        with Session(self.books.engine) as session:
            rows = usage_rows(session, ["product", "outcome"])
            verification = verify_ledger(session, self.books.signer, self.books.vault)
        told = ("calls", "hits", "charged_fen")
        usage = {(row["product"], row["outcome"]): Counter({name: row[name] for name in told}) for row in rows}
        assert usage == self.model.usage()
        assert (verification.leaves, verification.fault) == (len(self.model.lines), None)
        self.books.ledger.close()
        self.books.engine.dispose()
        self.folder.cleanup()


TestLedgerHistory = LedgerHistory.TestCase
TestLedgerHistory.settings = settings(
    max_examples=20, stateful_step_count=15, suppress_health_check=[HealthCheck.too_slow]
)
