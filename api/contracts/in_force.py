"""Which contract version is in force for an institution, and what it says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.contracts.tables import ContractVersion
from api.contracts.terms import Terms
from bureau.db import Instant
from bureau.errors import ProductNotContracted

_NEWEST = (
    select(ContractVersion.institution_id, func.max(ContractVersion.version).label("version"))
    .where(ContractVersion.institution_id.in_(bindparam("institutions", expanding=True)))
    .where(ContractVersion.in_force_from <= bindparam("at", type_=Instant))
    .group_by(ContractVersion.institution_id)
    .subquery()
)
_IN_FORCE = select(ContractVersion.institution_id, ContractVersion.id, ContractVersion.version).join(
    _NEWEST,
    (ContractVersion.institution_id == _NEWEST.c.institution_id) & (ContractVersion.version == _NEWEST.c.version),
)


@dataclass(frozen=True)
class Contract:
    """One contract version, as it is agreed."""

    id: int
    version: int
    terms: Terms


class Contracts:
    """The contracts of one database; a version is read once, because it never changes."""

    def __init__(self) -> None:
        self._versions: dict[int, Contract] = {}

    def in_force(
        self, reader: Session | Connection, institution_ids: Collection[int], at: datetime
    ) -> dict[int, Contract]:
        """Institution id -> the version whose day has come last. Institutions without one are left out."""
        rows = reader.execute(_IN_FORCE, {"institutions": list(institution_ids), "at": at}).all()
        return {row.institution_id: self._version(reader, row.id, row.version) for row in rows}

    def _version(self, reader: Session | Connection, version_id: int, version: int) -> Contract:
        found = self._versions.get(version_id)
        if found is None:
            content = reader.scalar(select(ContractVersion.terms).where(ContractVersion.id == version_id))
            found = self._versions[version_id] = Contract(version_id, version, Terms.model_validate(content))
        return found


def contract_in_force(session: Session, institution_id: int, at: datetime) -> Contract | None:
    """The contract of one institution; None where it has none yet."""
    return Contracts().in_force(session, [institution_id], at).get(institution_id)


def require_product(session: Session, institution_id: int, product_code: str, at: datetime) -> Contract:
    """The contract that lets an institution call a product; raises `ProductNotContracted`."""
    contract = contract_in_force(session, institution_id, at)
    if contract is None or product_code not in contract.terms.products:
        raise ProductNotContracted(session.get_one(Institution, institution_id).name, product_code)
    return contract
