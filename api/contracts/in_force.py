"""Which contract version is in force for an institution, and what it says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.contracts.tables import ContractVersion
from api.contracts.terms import PriceRule, Terms
from bureau.db import Instant
from bureau.errors import ProductNotContracted

_NEWEST = (
    select(ContractVersion.institution_id, func.max(ContractVersion.version).label("version"))
    .where(ContractVersion.institution_id.in_(bindparam("institutions", expanding=True)))
    .where(ContractVersion.in_force_from <= bindparam("at", type_=Instant))
    .group_by(ContractVersion.institution_id)
    .subquery()
)
_IN_FORCE = select(ContractVersion.institution_id, ContractVersion.id).join(
    _NEWEST,
    (ContractVersion.institution_id == _NEWEST.c.institution_id) & (ContractVersion.version == _NEWEST.c.version),
)
_VERSIONS = select(
    ContractVersion.id,
    ContractVersion.institution_id,
    ContractVersion.version,
    ContractVersion.in_force_from,
    ContractVersion.terms,
)
RulePlace = tuple[int, int]
"""A price rule: the id of its contract version and its number there."""


@dataclass(frozen=True)
class Contract:
    """One contract version, as it is agreed.

    origins: its price rules, and the same ones of the versions in force before it -> where each began: in the oldest
    version of an unbroken run that says it. A month's units are counted there, whichever version charges a call.
    """

    id: int
    version: int
    terms: Terms
    origins: Mapping[RulePlace, RulePlace] = field(default_factory=dict)

    def origin(self, place: RulePlace) -> RulePlace:
        """Where a rule began; one that no longer holds is told as it is."""
        return self.origins.get(place, place)


def has_contract(session: Session, institution_id: int, *, negotiated: bool = False) -> bool:
    """Whether an institution has a version, also of a day to come. negotiated: one that two people agreed to."""
    query = select(ContractVersion.id).where(ContractVersion.institution_id == institution_id)
    if negotiated:
        query = query.where(ContractVersion.proposal_id.is_not(None))
    return session.scalar(query.limit(1)) is not None


class Contracts:
    """The contracts of one database; a version is read once, because it never changes."""

    def __init__(self) -> None:
        self._versions: dict[int, Contract] = {}

    def in_force(
        self, reader: Session | Connection, institution_ids: Collection[int], at: datetime
    ) -> dict[int, Contract]:
        """Institution id -> the version whose day has come last. Institutions without one are left out."""
        rows = reader.execute(_IN_FORCE, {"institutions": list(institution_ids), "at": at}).all()
        return {row.institution_id: self.version(reader, row.id) for row in rows}

    def version(self, reader: Session | Connection, version_id: int) -> Contract:
        """One that is on record."""
        found = self._versions.get(version_id)
        if found is None:
            found = self._versions[version_id] = _read(reader, version_id)
        return found


def _read(reader: Session | Connection, version_id: int) -> Contract:
    own = reader.execute(_VERSIONS.where(ContractVersion.id == version_id)).one()
    terms = Terms.model_validate(own.terms)
    runs = {rule: [(own.id, number)] for rule, number in _numbers(terms).items()}
    going_on, begun = set(runs), own.in_force_from
    older = _VERSIONS.where(
        ContractVersion.institution_id == own.institution_id, ContractVersion.version < own.version
    ).order_by(ContractVersion.version.desc())
    for row in reader.execute(older).all():
        if row.in_force_from >= begun:  # a newer one took its place before its day
            continue
        begun, numbers = row.in_force_from, _numbers(Terms.model_validate(row.terms))
        going_on = going_on & numbers.keys()
        for rule in going_on:
            runs[rule].append((row.id, numbers[rule]))
        if not going_on:
            break
    return Contract(own.id, own.version, terms, {place: run[-1] for run in runs.values() for place in run})


def _numbers(terms: Terms) -> dict[PriceRule, int]:
    return {rule: number for number, rule in enumerate(terms.rules)}


def contract_in_force(session: Session, institution_id: int, at: datetime) -> Contract | None:
    """The contract of one institution; None where it has none yet."""
    return Contracts().in_force(session, [institution_id], at).get(institution_id)


def require_product(session: Session, institution_id: int, product_code: str, at: datetime) -> Contract:
    """The contract that lets an institution call a product; raises `ProductNotContracted`."""
    contract = contract_in_force(session, institution_id, at)
    if contract is None or product_code not in contract.terms.products:
        raise ProductNotContracted(session.get_one(Institution, institution_id).name, product_code)
    return contract
