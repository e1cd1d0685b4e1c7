"""What one server process holds open: settings, ledger, keys, and the desk that answers."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any

from sqlalchemy import Engine, Row

from api.access.guessing import GuessGuard
from api.access.tokens import TokenKey, held_clients
from api.contracts.in_force import Contracts
from api.database import claim_ledger, open_ledger_database
from api.gathering import Gathered
from api.jobs.running import working
from api.jobs.works import Workplace
from api.limits_shared import SharedLimits
from api.metering.draft import Receipt
from api.metering.ledger import Ledger
from api.operating.measures import Measures
from api.operating.standing import Standing
from api.prepared import AnswerTexts
from api.questions import Inquiry, Produced, answer_all
from api.rates import Rates
from api.shadowing import Shadowing
from api.signing import Signer, open_signer
from api.tenancy import Sight, seen_by
from api.vault import Vault, home_vault
from bureau.clock import now, shanghai_day
from bureau.settings import Settings
from products.desk import Desk, open_desk
from products.samples.opening import desk_about, open_sample_desk


@dataclass
class Deployment:
    """One home being served. Opened by `api.app`, handed to routes by `api.caller`.

    engine: of the ledger; it shows nobody's rows until it is asked for somebody's.
    """

    settings: Settings
    engine: Engine
    answers: Signer
    vault: Vault
    tokens: TokenKey
    ledger: Ledger
    guesses: GuessGuard
    rates: Rates
    measures: Measures
    clients: Gathered[str, Row[Any] | None]
    questions: Gathered[Inquiry, Receipt | Produced]
    texts: AnswerTexts = field(default_factory=AnswerTexts)
    _desk: Desk | None = None
    _samples: Desk | None = None
    _opening: Lock = field(default_factory=Lock)
    _making: Lock = field(default_factory=Lock)
    shadowing: Shadowing = field(init=False)

    def __post_init__(self) -> None:
        self.shadowing = Shadowing(self.desk)

    def rows_of(self, whose: Sight) -> Engine:
        """The ledger as an institution sees it, or as the platform itself does."""
        return seen_by(self.engine, whose)

    def desk(self) -> Desk:
        """The desk of the present feature day, opened when it is first asked for.

        A server that runs past midnight answers from the new day on. Raises `SourceDown` while the home is empty.
        """
        day = self.settings.feature_day
        with self._opening:
            if self._desk is None:
                self._desk = open_desk(self.settings.home, self.settings.catalogue_url, day)
            elif self._desk.today != day:
                self._desk = replace(self._desk, today=day)
            return self._desk

    def desk_of(self, *, test: bool, uscc: str = "") -> Desk:
        """The desk that answers in a mode: the city's, or that of the sample enterprises, which is made when first
        asked for. uscc: whom it is asked about."""
        if not test:
            return self.desk()
        with self._making:  # takes seconds the first time, for which no live call waits
            if self._samples is None:
                self._samples = open_sample_desk(self.settings.home)
            return desk_about(self._samples, uscc)

    def desk_at(self, at: datetime, *, test: bool, uscc: str) -> Desk:
        """The desk that answers a call received at an instant, which is given again by what held on that day."""
        return replace(self.desk_of(test=test, uscc=uscc), given_on=shanghai_day(at))


@contextmanager
def open_deployment(settings: Settings, measures: Measures | None = None) -> Iterator[Deployment]:
    """Open a home: bring its ledger up to date and start writer and sealer; close all when done.

    On SQLite one server serves a home (the ledger has one writer); PostgreSQL takes many.
    """
    with ExitStack() as opened:
        engine = open_ledger_database(settings.ledger_url)
        opened.callback(engine.dispose)
        if engine.dialect.name == "sqlite":
            opened.enter_context(claim_ledger(settings.home))
        answers = open_signer(settings.home, "answers")
        vault = home_vault(settings)
        measures = measures or Measures()
        ledger = Ledger(engine, answers, vault, measures=measures)
        ledger.start()
        opened.callback(ledger.close)
        if settings.jobs == "here":
            opened.enter_context(working(Workplace(engine, answers, vault, settings.webhooks_local)))
        shared = None if settings.redis_url is None else SharedLimits(settings.redis_url)
        if shared is not None:
            opened.enter_context(shared.announced())
        deployment = Deployment(
            settings,
            seen_by(engine, None),
            answers,
            vault,
            TokenKey(open_signer(settings.home, "tokens")),
            ledger,
            GuessGuard(shared),
            Rates(engine, shared),
            measures,
            Gathered(partial(_clients, engine)),
            Gathered(partial(answer_all, engine, vault, Contracts())),
        )
        opened.callback(deployment.clients.close)
        opened.callback(deployment.questions.close)
        measures.registry.register(Standing(engine, deployment.desk, now))
        deployment.shadowing.start()
        opened.callback(deployment.shadowing.close)
        yield deployment


def _clients(engine: Engine, client_ids: Sequence[str]) -> list[Row[Any] | None]:
    with engine.connect() as connection:
        return held_clients(connection, client_ids)
