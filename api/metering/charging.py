"""What each call of a group costs, decided inside the transaction that stores its answer.

The order of the rules: the contract's price for product, purpose and outcome; the enterprise already counted this
month; the repeat of a charged call; the next unit's price; the cap of the month; the wallet. Quotas come before all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, tuple_
from sqlalchemy.orm import aliased

from api.contracts.in_force import Contract, RulePlace
from api.contracts.pricing import Free, Held, next_charge, share
from api.contracts.terms import PriceRule
from api.metering.draft import ANSWERED, Draft
from api.metering.tables import Call, UsageLine, UsageMonth, Wallet
from bureau.clock import shanghai_day
from bureau.errors import QuotaUsedUp, WalletEmpty

NO_RULE = -1
"""The rule number of a line that no price rule charges."""
BASES = ("unit", "repeat", "same_entity", "free", "not_billable", "unanswered", "service_credit")
"""Why a line costs what it costs."""
_LONGEST_MONTH_HOURS = 31 * 24

_Rule = tuple[int, str, int]  # contract version in which it began, product, number there
_Subject = tuple[int, str, bool]  # institution, enterprise, test

_reversal = aliased(UsageLine)
_MONTHS = select(UsageMonth.__table__).where(
    UsageMonth.institution_id.in_(bindparam("institutions", expanding=True)), UsageMonth.month == bindparam("month")
)
_WALLETS = select(Wallet.__table__).where(Wallet.institution_id.in_(bindparam("institutions", expanding=True)))
_EARLIER = (
    select(
        Call.institution_id,
        Call.uscc,
        Call.test,
        UsageLine.contract_version_id,
        UsageLine.product_code,
        UsageLine.rule,
        UsageLine.purpose,
        UsageLine.committed_at,
    )
    .join(UsageLine, UsageLine.id == Call.id)
    .outerjoin(_reversal, _reversal.reverses == UsageLine.id)
    .where(
        tuple_(Call.institution_id, Call.uscc).in_(bindparam("subjects", expanding=True)),
        Call.committed_at >= bindparam("since", type_=Call.committed_at.type),
        UsageLine.units > 0,
        _reversal.id.is_(None),
    )
)


@dataclass(frozen=True)
class Charge:
    """The charge of one answer, as the answer shows it, and what it counts.

    origin: where its price rule began, and so its units are counted; None where nothing counts as a unit.
    """

    billable: bool
    outcome: str
    amount_fen: int
    contract_version: int
    basis: str
    rule: int = NO_RULE
    units: int = 0
    origin: RulePlace | None = None

    def shown(self) -> dict[str, Any]:
        """Its part of an answer."""
        return {
            "billable": self.billable,
            "outcome": self.outcome,
            "amount_fen": self.amount_fen,
            "contract_version": self.contract_version,
            "basis": self.basis,
        }


@dataclass
class _Used:
    """What one institution has used up this month, in live or in test mode."""

    held: dict[_Rule, Held] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)  # by product, answered ones
    charged_fen: int = 0


class Charging:
    """The state that prices depend on, read once a group and carried on from call to call."""

    def __init__(
        self, connection: Connection, drafts: Sequence[Draft], contracts: Mapping[int, Contract], at: datetime
    ):
        self.at, self.month = at, month_of(at)
        self._contracts = contracts
        self._used: dict[tuple[int, bool], _Used] = {}
        self._units_at: dict[_Subject, list[tuple[_Rule, str, datetime]]] = {}
        self.balances: dict[int, int] = {}
        answers = [draft for draft in drafts if draft.outcome in ANSWERED and draft.institution_id in contracts]
        if answers:
            self._read(connection, answers)

    def spent(self, draft: Draft) -> int:
        """What the calls of its institution have cost this month, in fen."""
        used = self._used.get((draft.institution_id, draft.test))
        return 0 if used is None else used.charged_fen

    def charge(self, draft: Draft, contract: Contract) -> Charge:
        """What an answer costs, and from now on counts. `QuotaUsedUp` and `WalletEmpty` are raised before it counts."""
        used = self._used.setdefault((draft.institution_id, draft.test), _Used())
        terms, product = contract.terms, draft.product_code
        if used.calls.get(product, 0) >= terms.quotas.get(product, 1 << 62):
            raise QuotaUsedUp(product, terms.quotas[product])
        made = self._priced(draft, contract, used)
        if terms.prepaid and not draft.test:
            self._pay(draft, made.amount_fen)
        used.calls[product] = used.calls.get(product, 0) + 1
        used.charged_fen += made.amount_fen
        if made.origin is not None:
            rule = made.origin[0], product, made.origin[1]
            held = used.held.get(rule, Held())
            used.held[rule] = Held(held.units + 1, held.standing + 1, held.charged_fen + made.amount_fen)
            self._units_at.setdefault(_subject(draft), []).append((rule, draft.purpose, self.at))
        return made

    def _priced(self, draft: Draft, contract: Contract, used: _Used) -> Charge:
        number = contract.terms.place_of(draft.product_code, draft.purpose, draft.outcome)
        if number is None:
            return Charge(False, draft.outcome, 0, contract.version, "not_billable")
        rule, origin = contract.terms.rules[number], contract.origin((contract.id, number))
        place = origin[0], draft.product_code, origin[1]
        if isinstance(rule.price, Free):
            return Charge(False, draft.outcome, 0, contract.version, "free", number)
        if rule.per == "entity_month" and self._counted(draft, place):
            return Charge(False, draft.outcome, 0, contract.version, "same_entity", number)
        held, repeated = used.held.get(place, Held()), self._repeats(draft, rule)
        fen = share(rule.price.unit(held.units), rule.repeat_percent) if repeated else next_charge(rule.price, held)
        if contract.terms.cap_fen is not None:  # agreed in the middle of a month it gives nothing back
            fen = min(fen, max(contract.terms.cap_fen - used.charged_fen, 0))
        basis = "repeat" if repeated else "unit"
        billable = not (repeated and rule.repeat_percent == 0)
        counted = (0, None) if repeated else (1, origin)
        return Charge(billable, draft.outcome, fen, contract.version, basis, number, *counted)

    def _counted(self, draft: Draft, place: _Rule) -> bool:
        return any(
            rule == place and month_of(at) == self.month for rule, _, at in self._units_at.get(_subject(draft), [])
        )

    def _repeats(self, draft: Draft, rule: PriceRule) -> bool:
        since = self.at - timedelta(hours=rule.repeat_hours)
        return rule.repeat_hours > 0 and any(
            product == draft.product_code and purpose == draft.purpose and at > since
            for (_, product, _), purpose, at in self._units_at.get(_subject(draft), [])
        )

    def _pay(self, draft: Draft, fen: int) -> None:
        left = self.balances.get(draft.institution_id, 0) - fen
        if left < 0:
            raise WalletEmpty(self.balances.get(draft.institution_id, 0), fen)
        self.balances[draft.institution_id] = left

    def _read(self, connection: Connection, answers: Sequence[Draft]) -> None:
        institutions = sorted({draft.institution_id for draft in answers})
        for row in connection.execute(_MONTHS, {"institutions": institutions, "month": self.month}):
            self._take_in(row)
        if prepaid := [one for one in institutions if self._contracts[one].terms.prepaid]:
            rows = connection.execute(_WALLETS, {"institutions": prepaid})
            self.balances = {row.institution_id: row.balance_fen for row in rows}
        if asked := self._looking_back(answers):
            self._read_earlier(connection, asked)

    def _take_in(self, row: Row[Any]) -> None:
        used = self._used.setdefault((row.institution_id, row.test), _Used())
        used.calls[row.product_code] = used.calls.get(row.product_code, 0) + row.calls
        used.charged_fen += row.charged_fen
        rule = row.contract_version_id, row.product_code, row.rule
        used.held[rule] = Held(row.units, row.calls, row.charged_fen)

    def _looking_back(self, answers: Sequence[Draft]) -> dict[tuple[int, str], datetime]:
        """(institution, enterprise) whose price depends on earlier calls -> since when."""
        asked: dict[tuple[int, str], datetime] = {}
        for draft in answers:
            since = self._since(draft)
            if draft.uscc is not None and since is not None:
                place = draft.institution_id, draft.uscc
                asked[place] = min(since, asked.get(place, since))
        return asked

    def _since(self, draft: Draft) -> datetime | None:
        terms = self._contracts[draft.institution_id].terms
        number = terms.place_of(draft.product_code, draft.purpose, draft.outcome)
        if number is None:
            return None
        rule = terms.rules[number]
        hours = max(rule.repeat_hours, _LONGEST_MONTH_HOURS if rule.per == "entity_month" else 0)
        return self.at - timedelta(hours=hours) if hours else None

    def _read_earlier(self, connection: Connection, asked: dict[tuple[int, str], datetime]) -> None:
        rows = connection.execute(_EARLIER, {"subjects": list(asked), "since": min(asked.values())})
        for row in rows:
            origin = self._contracts[row.institution_id].origin((row.contract_version_id, row.rule))
            rule = origin[0], row.product_code, origin[1]
            place = row.institution_id, row.uscc, bool(row.test)
            self._units_at.setdefault(place, []).append((rule, row.purpose, row.committed_at))


def month_of(at: datetime) -> date:
    """The first day of the month of Shanghai in which an instant falls."""
    return shanghai_day(at).replace(day=1)


def _subject(draft: Draft) -> _Subject:
    return draft.institution_id, draft.uscc or "", draft.test
