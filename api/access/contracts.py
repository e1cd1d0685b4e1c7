"""Contracts: which products an institution may call, at which price, from when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.tables import ContractLine, ContractVersion, Institution
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


def contract_in_force(session: Session, institution_id: int, product_code: str, at: datetime) -> ContractTerm:
    """The term of one product; raises `ProductNotContracted` where the version in force has none."""
    terms = terms_in_force(session, institution_id, at)
    if product_code not in terms:
        institution = session.get_one(Institution, institution_id)
        raise ProductNotContracted(institution.name, product_code)
    return terms[product_code]


def terms_in_force(session: Session, institution_id: int, at: datetime) -> dict[str, ContractTerm]:
    """Every term of the newest version whose day has come, by product code."""
    newest = _newest_version(session, institution_id, at)
    if newest is None:
        return {}
    lines = session.scalars(
        select(ContractLine).where(ContractLine.contract_version_id == newest.id).order_by(ContractLine.product_code)
    )
    return {
        line.product_code: ContractTerm(newest.id, newest.version, line.product_code, line.amount_fen, line.per)
        for line in lines
    }


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


def _newest_version(session: Session, institution_id: int, at: datetime) -> ContractVersion | None:
    return session.scalar(
        select(ContractVersion)
        .where(ContractVersion.institution_id == institution_id, ContractVersion.in_force_from <= at)
        .order_by(ContractVersion.version.desc())
        .limit(1)
    )
