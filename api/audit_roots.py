"""Signed roots of the audit log, consistency proofs between them, and the verifier to download.

They need no token. A root shows nothing but how many calls there were; and only where the platform cannot tell who
asks can it not show one bank another log than its supervisor.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse

from api.audit import offline
from api.audit.proofs import prove_consistency
from api.audit.sealing import newest_root, stored_roots
from api.caller import Served
from api.errors import problems
from api.paging import Limit, Page, page_of
from api.tenancy import EVERYONE
from bureau.errors import InvalidInput, UnknownObject

router = APIRouter(tags=["audit"])
Size = Annotated[int, Query(ge=0, le=2**62, description="Size of a signed root.")]


class RootView(BaseModel):
    """The whole log in two digests, signed; the key is in /.well-known/jwks.json."""

    model_config = ConfigDict(from_attributes=True)

    size: Annotated[int, Field(description="Leaves in the log.")]
    root: Annotated[str, Field(description="Root of the RFC 6962 Merkle tree over them.")]
    head: Annotated[str, Field(description="Head of the hash chain, which covers what leaves do not show.")]
    hash_alg: Annotated[str, Field(description="Of the tree and the chain.", examples=["SHA-256"])]
    signature_alg: Annotated[str, Field(examples=["Ed25519"])]
    signed_at: str
    jws: Annotated[str, Field(description="Compact JWS; its payload is the fields above, in this order.")]


class ConsistencyView(BaseModel):
    """An RFC 9162 consistency proof: the log of `second` begins with the log of `first`."""

    model_config = ConfigDict(from_attributes=True)

    first: RootView
    second: RootView
    path: list[str]


@router.get("/v1/audit/roots", summary="Signed roots, the largest first")
def list_roots(
    deployment: Served,
    limit: Limit = 50,
    cursor: Annotated[int | None, Query(ge=0, le=2**62, description="`next_cursor` of the page before.")] = None,
) -> Page[RootView]:
    """One is signed each minute while there are calls. Keep one now and then: later logs must contain it."""
    with deployment.rows_of(EVERYONE).connect() as connection:
        found = stored_roots(connection, deployment.answers.suite, limit=limit + 1, below=cursor)
    shown, following = page_of(found, limit, lambda root: str(root.size))
    return Page(items=[RootView.model_validate(root) for root in shown], next_cursor=following)


@router.get("/v1/audit/roots/latest", summary="The newest signed root", responses=problems(UnknownObject))
def latest_root(deployment: Served) -> RootView:
    """At most a minute behind the log, and not behind at all where a proof was just asked for."""
    with deployment.rows_of(EVERYONE).connect() as connection:
        found = newest_root(connection, deployment.answers.suite)
    if found is None:
        raise UnknownObject("signed root", "latest", "yet: the first is signed within a minute of the first call")
    return RootView.model_validate(found)


@router.get(
    "/v1/audit/consistency",
    summary="Prove that the log of one root begins with the log of an earlier one",
    responses=problems(UnknownObject, InvalidInput),
)
def consistency(
    deployment: Served,
    first: Size,
    second: Annotated[int | None, Query(ge=0, le=2**62, description="The newest root without it.")] = None,
) -> ConsistencyView:
    """Whoever kept the first root sees that nothing before it was changed, taken out or put in."""
    with deployment.rows_of(EVERYONE).connect() as connection:
        found = prove_consistency(connection, deployment.answers.suite, first, second)
    return ConsistencyView.model_validate(found)


@router.get(
    "/v1/audit/offline.py",
    summary="The verifier to run without us",
    response_class=FileResponse,
    responses={200: {"content": {"text/x-python": {"schema": {"type": "string"}}}}},
)
def offline_verifier() -> FileResponse:
    """One Python file, standard library only: `python offline.py ANSWER.json PROOF.json JWKS.json`."""
    return FileResponse(Path(offline.__file__), media_type="text/x-python; charset=utf-8", filename="offline.py")
