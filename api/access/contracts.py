"""Contracts: which products an institution may call, at which price, from when."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from api.access.tables import ContractLine, ContractVersion, Institution
from bureau.db import Instant
from bureau.errors import InvalidInput, ProductNotContracted

BILLABLE = {
    "hit": frozenset({"found", "partial"}),
    "call": frozenset({"found", "partial", "not_found", "stale"}),
    "free": frozenset[str](),
}
"""The outcomes a price charges. What is refused or cannot be answered is never charged."""


@dataclass(frozen=True)
class ListPrice:
    """What one product costs: integer fen per hit, per call, or free."""

    product_code: str
    amount_fen: int
    per: str

    def __post_init__(self) -> None:
        if self.per not in BILLABLE:
            raise InvalidInput(f"A price is per {', '.join(BILLABLE)}, not per {self.per!r}.")
        if self.amount_fen < 0:
            raise InvalidInput(f"The price of {self.product_code} is negative: {self.amount_fen} fen.")


@dataclass(frozen=True)
class ContractTerm:
    """One product under the contract version in force."""

    contract_version_id: int
    version: int
    product_code: str
    amount_fen: int
    per: str

    @property
    def billable(self) -> frozenset[str]:
        """The outcomes that are charged."""
        return BILLABLE[self.per]


_NEWEST = (
    select(ContractVersion.institution_id, func.max(ContractVersion.version).label("version"))
    .where(ContractVersion.institution_id.in_(bindparam("institutions", expanding=True)))
    .where(ContractVersion.in_force_from <= bindparam("at", type_=Instant))
    .group_by(ContractVersion.institution_id)
    .subquery()
)
_TERMS = (
    select(
        ContractVersion.institution_id,
        ContractVersion.id,
        ContractVersion.version,
        ContractLine.product_code,
        ContractLine.amount_fen,
        ContractLine.per,
    )
    .join(
        _NEWEST,
        (ContractVersion.institution_id == _NEWEST.c.institution_id) & (ContractVersion.version == _NEWEST.c.version),
    )
    .join(ContractLine, ContractLine.contract_version_id == ContractVersion.id)
    .order_by(ContractVersion.institution_id, ContractLine.product_code)
)


def contract_in_force(session: Session, institution_id: int, product_code: str, at: datetime) -> ContractTerm:
    """The term of one product; raises `ProductNotContracted` where the version in force has none."""
    term = terms_in_force(session, institution_id, at).get(product_code)
    if term is None:
        raise ProductNotContracted(session.get_one(Institution, institution_id).name, product_code)
    return term


def terms_in_force(session: Session, institution_id: int, at: datetime) -> dict[str, ContractTerm]:
    """The terms of one institution, by product code."""
    return {term.product_code: term for _, term in read_terms(session, [institution_id], at)}


def read_terms(
    reader: Session | Connection, institution_ids: Collection[int], at: datetime
) -> list[tuple[int, ContractTerm]]:
    """(institution id, term) of the newest contract version of each whose day has come."""
    rows = reader.execute(_TERMS, {"institutions": list(institution_ids), "at": at})
    return [(row.institution_id, ContractTerm(*row[1:])) for row in rows]


def extend_contract(session: Session, institution_id: int, prices: Iterable[ListPrice], at: datetime) -> None:
    """Open a new version that adds the products the institution lacks; agreed prices stay as they are."""
    present = terms_in_force(session, institution_id, at)
    added = {price.product_code: price for price in prices if price.product_code not in present}
    if not added:
        return
    kept = (ListPrice(term.product_code, term.amount_fen, term.per) for term in present.values())
    agree_contract(session, institution_id, [*kept, *added.values()], at)


def agree_contract(session: Session, institution_id: int, prices: Iterable[ListPrice], at: datetime) -> int:
    """Open the institution's next contract version, in force from `at`; returns its number."""
    latest = session.scalar(
        select(ContractVersion.version)
        .where(ContractVersion.institution_id == institution_id)
        .order_by(ContractVersion.version.desc())
        .limit(1)
    )
    version = ContractVersion(institution_id=institution_id, version=(latest or 0) + 1, in_force_from=at)
    session.add(version)
    session.flush()
    session.add_all(
        ContractLine(
            contract_version_id=version.id,
            product_code=price.product_code,
            amount_fen=price.amount_fen,
            per=price.per,
        )
        for price in prices
    )
    session.flush()
    return version.version
