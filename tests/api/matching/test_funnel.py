"""A match moves forward only, by the hand of the bank whose loan it is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.access.consents import Authorisation, create_consent
from api.access.institutions import create_client
from api.access.tables import Client
from api.database import open_ledger_database
from api.matching.demand import keep_matches, match_id, write_down_need
from api.matching.funnel import FOLLOWS, Event, find_match, record_event
from api.matching.offers import market, offer, withdraw_offer
from api.matching.tables import LoanProduct, Match, MatchEvent
from api.outcomes.tables import DecisionOutcome
from api.tables import LedgerTable
from api.tenancy import Tenant, seen_by
from bureau.errors import StateConflict, UnknownObject
from tests.factories.lakes import ACME
from tests.factories.postgres import postgres_url

__all__ = ["postgres_url"]

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = date(2026, 11, 23)


class Market:
    """A bank with one loan product, a platform with one need, and their match."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.bank, self.bank_client = self._institution("农商银行")
        self.owner, owner_client = self._institution("产业园")
        consent = create_consent(
            session,
            self.owner,
            owner_client,
            Authorisation(ACME, ("P31",), ("pre_loan",), DAY, DAY, "enterprise"),
            AT,
        )
        self.offer = offer(session, self.bank, self.bank_client, {"name": "税易贷"}, AT)
        self.need = write_down_need(
            session,
            self.owner,
            owner_client,
            uscc=ACME,
            purpose="pre_loan",
            consent_id=consent.id,
            terms={"amount_fen": 1},
            at=AT,
        )
        keep_matches(session, self.need, [self.offer], AT)
        self.match_id = match_id(self.need.id, self.offer.id)

    def record(self, *events: Event) -> str:
        for event in events:
            history = record_event(
                self.session,
                self.bank,
                self.bank_client,
                self.match_id,
                event,
                happened_on=DAY,
                amount_fen=1 if event in ("approved", "drawn") else None,
                at=AT,
            )
        return history.state

    def _institution(self, name: str) -> tuple[int, str]:
        made = create_client(self.session, name, "bank", [], AT)
        return self.session.get_one(Client, made.client_id).institution_id, made.client_id


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def agora(engine: Engine) -> Iterator[Market]:
    with Session(engine) as session:
        yield Market(session)


def test_the_whole_way_ends_with_the_loan_drawn(agora: Market) -> None:
    assert agora.record("contacted", "applied", "approved", "drawn") == "drawn"
    steps = find_match(agora.session, agora.match_id).events
    assert [(step.number, step.event) for step in steps] == [
        (1, "contacted"),
        (2, "applied"),
        (3, "approved"),
        (4, "drawn"),
    ]


@pytest.mark.parametrize(
    ("before", "event"),
    [
        pytest.param((), "approved", id="approved before anybody applied"),
        pytest.param(("contacted",), "contacted", id="contacted twice"),
        pytest.param(("applied", "approved", "drawn"), "rejected", id="rejected after it was drawn"),
        pytest.param(("rejected",), "contacted", id="after the end"),
    ],
)
def test_a_step_that_cannot_follow_is_refused(agora: Market, before: tuple[Event, ...], event: Event) -> None:
    if before:
        agora.record(*before)
    with pytest.raises(StateConflict, match="cannot follow"):
        agora.record(event)


def test_every_event_leads_somewhere_known() -> None:
    assert {event for events in FOLLOWS.values() for event in events} == FOLLOWS.keys() - {"matched"}


def test_only_the_lender_records(agora: Market) -> None:
    with pytest.raises(UnknownObject):
        record_event(
            agora.session,
            agora.owner,
            agora.bank_client,
            agora.match_id,
            "contacted",
            happened_on=DAY,
            amount_fen=None,
            at=AT,
        )


def test_both_sides_read_it_and_nobody_else(engine: Engine, agora: Market) -> None:
    stranger = create_client(agora.session, "城市银行", "bank", [], AT)
    strangers = agora.session.get_one(Client, stranger.client_id).institution_id
    agora.session.commit()
    for institution in (agora.bank, agora.owner):
        with Session(seen_by(engine, Tenant(institution))) as session:
            assert find_match(session, agora.match_id).state == "matched"
    with Session(seen_by(engine, Tenant(strangers))) as session, pytest.raises(UnknownObject):
        find_match(session, agora.match_id)


def test_of_two_steps_at_once_the_second_reads_again(engine: Engine) -> None:
    with Session(engine) as session:
        agora = Market(session)
        session.commit()
        with Session(engine) as rival:
            step = MatchEvent(
                match_id=agora.match_id,
                number=1,
                event="contacted",
                happened_on=DAY,
                amount_fen=None,
                recorded_by=agora.bank_client,
                recorded_at=AT,
            )
            history = find_match(session, agora.match_id)
            rival.add(step)
            rival.commit()
            assert history.events == ()
            with pytest.raises(StateConflict):
                agora.record("rejected", "contacted")


def test_matching_again_finds_the_same_match(agora: Market) -> None:
    keep_matches(agora.session, agora.need, [agora.offer], AT)
    assert agora.session.scalars(select(Match.id)).all() == [agora.match_id]


@pytest.mark.postgres
def test_a_market_of_more_offers_than_one_statement_takes_is_kept(postgres_url: str) -> None:
    engine = open_ledger_database(postgres_url)
    with Session(engine) as session:
        agora = Market(session)
        offers = [
            LoanProduct(
                id=f"offer {number}",
                institution_id=agora.bank,
                terms={},
                created_by=agora.bank_client,
                created_at=AT,
            )
            for number in range(11_000)
        ]
        session.add_all(offers)
        keep_matches(session, agora.need, offers, AT)
        assert session.scalar(select(func.count()).select_from(Match)) == 11_001
    engine.dispose()


def test_an_institution_has_so_many_offers_and_leaves_others_theirs(
    agora: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.matching.offers.MOST_ON_OFFER", 2)
    offer(agora.session, agora.bank, agora.bank_client, {"name": "快贷"}, AT)
    with pytest.raises(StateConflict, match="You have 2 loan products on offer, as many as an institution may"):
        offer(agora.session, agora.bank, agora.bank_client, {"name": "慢贷"}, AT)
    offer(agora.session, agora.owner, agora.bank_client, {"name": "慢贷"}, AT)
    withdraw_offer(agora.session, agora.offer.id, AT)
    offer(agora.session, agora.bank, agora.bank_client, {"name": "慢贷"}, AT)


def test_a_withdrawn_loan_is_off_the_market(agora: Market) -> None:
    assert [product.id for product in market(agora.session)] == [agora.offer.id]
    withdraw_offer(agora.session, agora.offer.id, AT)
    assert market(agora.session) == []


def test_events_cannot_be_changed(agora: Market) -> None:
    agora.record("contacted")
    with pytest.raises(IntegrityError, match="append-only"):
        agora.session.execute(text("UPDATE match_event SET event = 'drawn'"))


def test_the_migrations_make_the_declared_tables(engine: Engine) -> None:
    assert {Match.__tablename__, DecisionOutcome.__tablename__} <= LedgerTable.metadata.tables.keys()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "alembic_version_ledger"})
        assert compare_metadata(context, LedgerTable.metadata) == []
