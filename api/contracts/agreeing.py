"""How terms come into force: two people for what was negotiated, nobody for list prices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.access.second_person import one_person, shown
from api.audit.acts import enter_acts
from api.billing.months import closed_until
from api.contracts.in_force import contract_in_force
from api.contracts.pricing import Flat, Free
from api.contracts.tables import ContractProposal, ContractVersion
from api.contracts.terms import PriceRule, Terms
from api.identifiers import new_identifier
from api.metering.exclusive import take_turn
from api.metering.tables import UsageLine
from bureau.errors import InvalidInput, SecondPersonNeeded, StateConflict, UnknownObject

LIST_PRICES = "list prices"
"""Who agreed to a version that only takes products over from the catalogue."""

FARTHEST = timedelta(days=100 * 365)
_TICK = timedelta(microseconds=1)
TEST_ALERT_FEN = 1_000
"""What a month in test mode has to reach for its one event: a few calls."""


@dataclass(frozen=True)
class ListPrice:
    """What one product costs in the catalogue: integer fen per hit, per call, or free."""

    product_code: str
    amount_fen: int
    per: str

    def as_rule(self) -> PriceRule:
        """The price rule it stands for; raises `InvalidInput` for no price."""
        if self.per not in ("hit", "call", "free"):
            raise InvalidInput(f"A list price is per hit, call or free, not per {self.per!r}.")
        if self.amount_fen < 0:
            raise InvalidInput(f"The price of {self.product_code} is negative: {self.amount_fen} fen.")
        if self.per == "free":
            return PriceRule(product=self.product_code, price=Free())
        return PriceRule.model_validate(
            {"product": self.product_code, "per": self.per, "price": Flat(unit_fen=self.amount_fen)}
        )


def propose_terms(
    session: Session, institution_id: int, terms: Terms, *, by: str, in_force_from: datetime, at: datetime
) -> str:
    """Write terms down for another person to approve; returns the proposal's id.

    Raises `InvalidInput` for terms that would begin in the past (what was called is paid as it was agreed then) or
    beyond all planning.
    """
    if not by.strip():
        raise InvalidInput("A proposal needs the name of who makes it.")
    if in_force_from > at + FARTHEST:
        raise InvalidInput(f"Terms begin within {FARTHEST.days // 365} years. Name an earlier instant.")
    if in_force_from < at:
        raise InvalidInput(f"Terms cannot begin in the past, at {in_force_from.isoformat()}. Name a later instant.")
    proposal = ContractProposal(
        id=new_identifier(at),
        institution_id=institution_id,
        terms=terms.model_dump(mode="json"),
        in_force_from=in_force_from,
        proposed_by=by.strip(),
        proposed_at=at,
    )
    session.add(proposal)
    session.flush()
    enter_acts(session.connection(), [proposal])
    return proposal.id


def approve_terms(session: Session, proposal_id: str, *, by: str, at: datetime) -> ContractVersion:
    """Agree to proposed terms; they are in force from their instant, or from now where that has passed, and charge no
    call that was committed before.

    Raises `UnknownObject`; `SecondPersonNeeded` for who proposed them; `StateConflict` when they were approved
    before, or a later proposal was.
    """
    proposal = session.get(ContractProposal, proposal_id)
    if proposal is None:
        raise UnknownObject("contract proposal", proposal_id)
    if not by.strip() or one_person(session, by.strip(), proposal.proposed_by):
        raise SecondPersonNeeded(
            f"Proposal {proposal_id}",
            shown(session, proposal.proposed_by),
            f"bureau contracts approve {proposal_id} --by PERSON or POST /v1/contract-proposals/{proposal_id}/approval",
        )
    start = max(proposal.in_force_from, _earliest_start(session, proposal.institution_id, at))
    newest = _newest(session, proposal.institution_id)
    if newest is not None and newest.agreed_at > proposal.proposed_at:
        raise StateConflict(
            f"Contract version {newest.version} was agreed after proposal {proposal_id} was made. Propose again."
        )
    try:
        return _add_version(session, proposal.institution_id, proposal.terms, start, by.strip(), at, proposal.id)
    except IntegrityError as taken:  # another approval was committed since this one looked
        raise StateConflict(f"Proposal {proposal_id} or a later one was approved at this moment. Read it.") from taken


def agree_list_prices(
    session: Session,
    institution_id: int,
    prices: Iterable[ListPrice],
    at: datetime,
    *,
    alerts_fen: tuple[int, ...] = (),
) -> None:
    """Open a version that adds the products the institution lacks at list price; agreed prices stay as they are.

    Versions whose day is still to come are opened anew after it, with these products: the newest begun is in force,
    so the ones that two people agreed to, which stay on record, would never be. alerts_fen: of the first version.
    """
    rules = {price.product_code: price.as_rule() for price in prices}
    present = contract_in_force(session, institution_id, at)
    if rules.keys() <= (frozenset() if present is None else present.terms.products):
        return
    start = _earliest_start(session, institution_id, at)
    present = contract_in_force(session, institution_id, start)
    terms = Terms(alerts_fen=alerts_fen) if present is None else present.terms
    added = {product: rule for product, rule in rules.items() if product not in terms.products}
    if not added:  # another was in the turn before
        return
    scheduled = _scheduled(session, institution_id, start)
    _add_version(session, institution_id, _with_rules(terms, added), start, LIST_PRICES, at, None)
    for version in scheduled:
        whole = _with_rules(Terms.model_validate(version.terms), added)
        _add_version(session, institution_id, whole, version.in_force_from, LIST_PRICES, at, None)


def _earliest_start(session: Session, institution_id: int, at: datetime) -> datetime:
    """From when new terms may be in force: after every call of the institution that is committed, and in no month of
    which statements were issued. No other call is committed until this transaction ends, so that each is charged by
    the version in force at its instant."""
    connection = session.connection()
    take_turn(connection)
    last = session.scalar(select(func.max(UsageLine.committed_at)).where(UsageLine.institution_id == institution_id))
    return max(at, closed_until(connection), at if last is None else last + _TICK)


def _with_rules(terms: Terms, rules: Mapping[str, PriceRule]) -> dict[str, Any]:
    """Terms with the rules of those products that they lack, as a version keeps them."""
    added = (rule for product, rule in rules.items() if product not in terms.products)
    return Terms.model_validate(terms.model_dump() | {"rules": (*terms.rules, *added)}).model_dump(mode="json")


def _scheduled(session: Session, institution_id: int, at: datetime) -> list[ContractVersion]:
    """The versions that will come into force, in that order: no newer one begins as early."""
    query = select(ContractVersion).where(
        ContractVersion.institution_id == institution_id, ContractVersion.in_force_from > at
    )
    found: list[ContractVersion] = []
    for version in session.scalars(query.order_by(ContractVersion.version)):
        found = [one for one in found if one.in_force_from < version.in_force_from] + [version]
    return found


def _newest(session: Session, institution_id: int) -> ContractVersion | None:
    query = select(ContractVersion).where(ContractVersion.institution_id == institution_id)
    return session.scalar(query.order_by(ContractVersion.version.desc()).limit(1))


def _add_version(
    session: Session,
    institution_id: int,
    terms: object,
    start: datetime,
    by: str,
    at: datetime,
    proposal_id: str | None,
) -> ContractVersion:
    query = select(func.max(ContractVersion.version)).where(ContractVersion.institution_id == institution_id)
    version = ContractVersion(
        institution_id=institution_id,
        version=(session.scalar(query) or 0) + 1,
        terms=terms,
        in_force_from=start,
        proposal_id=proposal_id,
        agreed_by=by,
        agreed_at=at,
    )
    session.add(version)
    session.flush()
    enter_acts(session.connection(), [version])
    return version
