"""Contracts: what an institution may call and at which prices, changed by two pricing officers, priced ahead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from api.access.institutions import find_institution
from api.access.tables import Institution
from api.access.tokens import Identity
from api.answers import Outcome, Purpose
from api.caller import ContractReader, DbSession, Now, PriceCaller
from api.contracts.agreeing import approve_terms, propose_terms
from api.contracts.in_force import contract_in_force
from api.contracts.preview import Kind, preview_month
from api.contracts.tables import ContractProposal, ContractVersion
from api.contracts.terms import Terms
from api.errors import problems
from api.identifiers import Identifier
from api.paging import Cursor, Limit, Page, page_of
from bureau.clock import shanghai_day
from bureau.errors import (
    InvalidInput,
    RoleNotPermitted,
    SecondPersonNeeded,
    StateConflict,
    UnknownName,
    UnknownObject,
    UnknownProduct,
    WrongCredentials,
)
from bureau.text import Line
from products.product import find_on_sale

router = APIRouter(tags=["contracts"], responses=problems(WrongCredentials, RoleNotPermitted))

EXAMPLE_TERMS: dict[str, Any] = {
    "rules": [
        {"product": "P01", "per": "hit", "price": {"model": "flat", "unit_fen": 300}},
        {
            "product": "P07",
            "per": "hit",
            "price": {"model": "graduated", "tiers": [{"up_to": 1000, "unit_fen": 800}, {"unit_fen": 600}]},
            "repeat_hours": 24,
            "repeat_percent": 0,
        },
    ],
    "minimum_fen": 100000,
    "cap_fen": 5000000,
    "quotas": {"P07": 20000},
    "alerts_fen": [1000000],
    "service_levels": [
        {"product": "P07", "measure": "latency", "share_bp": 9500, "limit_ms": 300, "credit_percent": 10},
        {"product": "P07", "measure": "availability", "share_bp": 9990, "credit_percent": 20},
    ],
}


class ContractView(BaseModel):
    """One contract version. It never changes; another version follows it."""

    contract_id: int
    institution: str
    version: int
    in_force_from: datetime
    in_force: Annotated[bool, Field(description="Whether a call made now is charged by it.")]
    terms: Terms
    proposal_id: Annotated[str | None, Field(description="None where products were only added at list price.")]
    proposed_by: str | None
    agreed_by: str
    agreed_at: datetime


class ProposalRequest(BaseModel):
    """New terms of an institution; they replace all that was agreed before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"institution": "农商银行", "terms": EXAMPLE_TERMS, "in_force_from": "2027-01-01T00:00:00+08:00"}
            ]
        },
    )

    institution: Line
    terms: Terms
    in_force_from: Annotated[
        AwareDatetime | None, Field(description="The first instant; that of the approval without it.")
    ] = None


class ProposalView(BaseModel):
    """Terms one officer wrote down. contract_id: of the version that another one made of it."""

    proposal_id: str
    institution: str
    terms: Terms
    in_force_from: datetime
    proposed_by: str
    proposed_at: datetime
    contract_id: int | None


class CallsAhead(BaseModel):
    """Calls of one kind that a month may bring, none of them a repeat."""

    model_config = ConfigDict(extra="forbid")

    product: Annotated[str, Field(pattern=r"^P[0-9]{2}$")]
    purpose: Purpose = "pre_loan"
    outcome: Outcome = "found"
    calls: Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
    enterprises: Annotated[
        int | None, Field(strict=True, ge=0, le=100_000_000, description="Different ones, where a price counts them.")
    ] = None


class PreviewRequest(BaseModel):
    """A month as it may come, under the contract in force or under terms that are thought of."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"calls": [{"product": "P07", "calls": 12000}, {"product": "P01", "calls": 3000}]},
                {"terms": EXAMPLE_TERMS, "calls": [{"product": "P07", "purpose": "post_loan", "calls": 1500}]},
            ]
        },
    )

    calls: Annotated[list[CallsAhead], Field(min_length=1, max_length=50)]
    terms: Annotated[Terms | None, Field(description="Without it the contract in force.")] = None
    institution: Annotated[Line | None, Field(description="Whose contract; for the platform's officers only.")] = None


class CallsPriced(CallsAhead):
    """What calls of one kind add to the month."""

    price_rule: Annotated[int | None, Field(description="Its place in the terms; null where none charges it.")]
    refused: Annotated[int, Field(description="Of the calls, those above the quota.")]
    units: int
    amount_fen: int


class PreviewView(BaseModel):
    """A whole month from its first call on, in the order asked. `total_fen`: what its statement would come to."""

    contract_version: int | None
    calls: list[CallsPriced]
    calls_fen: int
    minimum_top_up_fen: int
    total_fen: int


@router.get("/v1/contracts", summary="List contract versions")
def list_contracts(
    _caller: ContractReader, session: DbSession, now: Now, cursor: Cursor = None, limit: Limit = 50
) -> Page[ContractView]:
    """Your institution's, newest first; the platform's officers see every institution's."""
    query = _versions().order_by(ContractVersion.id.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(ContractVersion.id < (int(cursor) if cursor.isdecimal() and len(cursor) < 10 else 0))
    rows, next_cursor = page_of(session.execute(query).all(), limit, lambda row: str(row.ContractVersion.id))
    return Page(items=_contract_views(session, rows, now), next_cursor=next_cursor)


@router.get("/v1/contracts/{contract_id}", summary="Read one contract version", responses=problems(UnknownObject))
def read_contract(
    contract_id: Annotated[int, Path(ge=1, lt=2**31)], _caller: ContractReader, session: DbSession, now: Now
) -> ContractView:
    """The terms as they were agreed, and who agreed to them."""
    found = session.execute(_versions().where(ContractVersion.id == contract_id)).one_or_none()
    if found is None:
        raise UnknownObject("contract", str(contract_id))
    return _contract_views(session, [found], now)[0]


@router.post(
    "/v1/contract-proposals",
    status_code=201,
    summary="Propose terms",
    responses=problems(InvalidInput, UnknownName, UnknownProduct),
)
def create_proposal(request: ProposalRequest, caller: PriceCaller, session: DbSession, now: Now) -> ProposalView:
    """They bind nobody until another officer approves them."""
    institution = find_institution(session, request.institution)
    for code in sorted(request.terms.products):
        find_on_sale(code, shanghai_day(now))
    start = request.in_force_from or now
    proposal_id = propose_terms(
        session, institution.id, request.terms, by=caller.client_id, in_force_from=start, at=now
    )
    return _find_proposal(session, proposal_id)


@router.get("/v1/contract-proposals", summary="List proposals")
def list_proposals(
    _caller: PriceCaller, session: DbSession, cursor: Cursor = None, limit: Limit = 50
) -> Page[ProposalView]:
    """Of every institution, newest first, those that were approved included."""
    query = _proposals().order_by(ContractProposal.id.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(ContractProposal.id < cursor)
    rows, next_cursor = page_of(session.execute(query).all(), limit, lambda row: str(row.ContractProposal.id))
    return Page(items=[_proposal_view(row) for row in rows], next_cursor=next_cursor)


@router.get("/v1/contract-proposals/{proposal_id}", summary="Read one proposal", responses=problems(UnknownObject))
def read_proposal(proposal_id: Identifier, _caller: PriceCaller, session: DbSession) -> ProposalView:
    """The terms, and which contract version became of them."""
    return _find_proposal(session, proposal_id)


@router.post(
    "/v1/contract-proposals/{proposal_id}/approval",
    status_code=201,
    summary="Approve a proposal",
    responses=problems(UnknownObject, SecondPersonNeeded, StateConflict),
)
def approve_proposal(proposal_id: Identifier, caller: PriceCaller, session: DbSession, now: Now) -> ContractView:
    """By another officer than who proposed it. The terms are then a contract version that nobody can change."""
    version = approve_terms(session, proposal_id, by=caller.client_id, at=now)
    found = session.execute(_versions().where(ContractVersion.id == version.id)).one()
    return _contract_views(session, [found], now)[0]


@router.post(
    "/v1/price-previews",
    summary="What a month of calls would cost",
    responses=problems(InvalidInput, UnknownName, UnknownObject),
)
def preview_prices(request: PreviewRequest, caller: ContractReader, session: DbSession, now: Now) -> PreviewView:
    """By the rules that charge: tiers, packages, quota, cap and minimum. Repeats, which cost less, are not foreseen."""
    version, terms = _terms_asked(session, request, caller, now)
    kinds = [Kind(**asked.model_dump()) for asked in request.calls]
    priced = preview_month(terms, kinds)
    lines = [
        CallsPriced(
            **vars(line.kind),
            price_rule=line.rule,
            refused=line.refused,
            units=line.units,
            amount_fen=line.amount_fen,
        )
        for line in priced.lines
    ]
    return PreviewView(
        contract_version=version,
        calls=lines,
        calls_fen=priced.calls_fen,
        minimum_top_up_fen=priced.minimum_top_up_fen,
        total_fen=priced.total_fen,
    )


def _terms_asked(session: Session, request: PreviewRequest, caller: Identity, at: datetime) -> tuple[int | None, Terms]:
    """(contract version, terms): those given, else those in force for the caller or for whom an officer names."""
    if request.institution is not None and "prices" not in caller.scopes:
        raise RoleNotPermitted(caller.role, "read another institution's prices", ["pricing_officer"])
    if request.terms is not None:
        return None, request.terms
    institution_id = caller.institution_id
    if request.institution is not None:
        institution_id = find_institution(session, request.institution).id
    contract = contract_in_force(session, institution_id, at)
    if contract is None:
        raise UnknownObject("contract in force", request.institution or caller.institution)
    return contract.version, contract.terms


def _versions() -> Select[ContractVersion, str, str]:
    return (
        select(ContractVersion, Institution.name, ContractProposal.proposed_by)
        .join(Institution, Institution.id == ContractVersion.institution_id)
        .join(ContractProposal, ContractProposal.id == ContractVersion.proposal_id, isouter=True)
    )


def _proposals() -> Select[ContractProposal, str, int]:
    return (
        select(ContractProposal, Institution.name, ContractVersion.id.label("contract_id"))
        .join(Institution, Institution.id == ContractProposal.institution_id)
        .join(ContractVersion, ContractVersion.proposal_id == ContractProposal.id, isouter=True)
    )


def _contract_views(
    session: Session, rows: Sequence[Row[ContractVersion, str, str]], at: datetime
) -> list[ContractView]:
    ids = {row.ContractVersion.institution_id for row in rows}
    newest = (
        select(func.max(ContractVersion.version), ContractVersion.institution_id)
        .where(ContractVersion.institution_id.in_(ids), ContractVersion.in_force_from <= at)
        .group_by(ContractVersion.institution_id)
    )
    standing = {institution: version for version, institution in session.execute(newest)}
    return [
        ContractView(
            contract_id=version.id,
            institution=name,
            version=version.version,
            in_force_from=version.in_force_from,
            in_force=standing.get(version.institution_id) == version.version,
            terms=Terms.model_validate(version.terms),
            proposal_id=version.proposal_id,
            proposed_by=proposed_by,
            agreed_by=version.agreed_by,
            agreed_at=version.agreed_at,
        )
        for version, name, proposed_by in rows
    ]


def _find_proposal(session: Session, proposal_id: str) -> ProposalView:
    found = session.execute(_proposals().where(ContractProposal.id == proposal_id)).one_or_none()
    if found is None:
        raise UnknownObject("contract proposal", proposal_id)
    return _proposal_view(found)


def _proposal_view(row: Row[ContractProposal, str, int]) -> ProposalView:
    proposal, institution, contract_id = row
    return ProposalView(
        proposal_id=proposal.id,
        institution=institution,
        terms=Terms.model_validate(proposal.terms),
        in_force_from=proposal.in_force_from,
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        contract_id=contract_id,
    )
