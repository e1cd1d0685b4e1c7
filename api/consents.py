"""Consents: what an enterprise authorised the caller's institution to ask."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.access import consents
from api.access.asserting import assert_consent
from api.access.consent_text import consent_text, text_digest
from api.access.granting import grant_consent, require_itself
from api.access.institutions import find_institution
from api.access.one_time_codes import ONE_TIME_CODES
from api.access.tables import Consent
from api.access.tokens import Identity
from api.answers import Purpose
from api.caller import ConsentCaller, ConsentReader, DbSession, Now, Served
from api.deployment import Deployment
from api.errors import problems
from api.identifiers import Identifier
from api.paging import Cursor, Limit, Page
from api.secret import derived_key
from api.subjects import Subject, code_of
from bureau.errors import (
    AssertionSuspended,
    ImpossibleUscc,
    InvalidInput,
    RoleNotPermitted,
    TooManyRequests,
    UnknownName,
    UnknownObject,
    UnknownProduct,
    WrongCode,
    WrongCredentials,
)
from bureau.text import Line
from products.product import find_product

router = APIRouter(prefix="/v1/consents", tags=["consents"], responses=problems(WrongCredentials, RoleNotPermitted))


class ConsentRequest(BaseModel):
    """An enterprise's authorisation. Both days are legal days in Shanghai, and both are included."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "subject": {"uscc": "91440300MA5FJ4XH1U"},
                    "products": ["P07", "P11"],
                    "purposes": ["pre_loan"],
                    "valid_from": "2026-11-01",
                    "valid_to": "2027-11-01",
                    "granted_by": "asserted",
                    "document_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                }
            ]
        },
    )

    subject: Subject
    products: Annotated[list[Line], Field(min_length=1, max_length=40, description="Codes of the catalogue.")]
    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=6)]
    valid_from: date
    valid_to: date
    granted_by: Annotated[
        Literal["enterprise", "asserted"],
        Field(description="`enterprise`: it calls itself; `asserted`: you hold its signed document."),
    ]
    document_sha256: Annotated[
        str | None,
        Field(pattern=r"^[0-9a-f]{64}$", description="Of the document you hold, or of the text the enterprise signs."),
    ] = None
    institution: Annotated[
        Line | None, Field(description="The name of who may ask, where the enterprise grants it itself.")
    ] = None
    one_time_code: Annotated[
        str | None, Field(pattern=r"^[0-9]{6}$", description="Of the enterprise's authenticator.")
    ] = None


class ConsentText(BaseModel):
    """What an enterprise signs, and its digest."""

    text: str
    document_sha256: Annotated[str, Field(description="SHA-256 of the text in UTF-8, hexadecimal.")]


class ConsentView(BaseModel):
    """A consent and its state on the present legal day."""

    consent_id: str
    status: Literal["active", "pending", "expired", "revoked"]
    subject: Subject
    products: list[str]
    purposes: list[Purpose]
    valid_from: date
    valid_to: date
    granted_by: Literal["enterprise", "asserted"]
    document_sha256: str | None
    created_at: datetime
    revoked_at: datetime | None


def view(consent: Consent, at: datetime) -> ConsentView:
    """A stored consent as its institution reads it."""
    return ConsentView.model_validate(
        {
            "consent_id": consent.id,
            "status": consents.consent_status(consent, at),
            "subject": {"uscc": consent.uscc},
            **{name: getattr(consent, name) for name in _SAME},
        }
    )


_SAME = tuple(ConsentView.model_fields.keys() - {"consent_id", "status", "subject"})


@router.post(
    "",
    status_code=201,
    summary="Grant or register an enterprise's authorisation",
    responses=problems(
        InvalidInput, ImpossibleUscc, UnknownProduct, UnknownName, WrongCode, AssertionSuspended, TooManyRequests
    ),
)
def create_consent(
    request: ConsentRequest, caller: ConsentCaller, deployment: Served, session: DbSession, now: Now
) -> ConsentView:
    """From its first day on, the named products may be called for the named purposes.

    `enterprise`: the enterprise itself calls, with the digest of the text from POST /v1/consents/text and a one-time
    code. `asserted`: an institution calls that holds the signed document; the enterprise is told at once.
    """
    authorisation = _authorisation(request, caller, deployment)
    if request.granted_by == "asserted":
        if caller.uscc is not None:
            raise RoleNotPermitted(caller.role, "assert a consent", ["a bank", "a partner platform"])
        return view(assert_consent(session, caller.institution_id, caller.client_id, authorisation, now), now)
    granted = grant_consent(
        session,
        caller,
        authorisation,
        request.institution or "",
        request.one_time_code or "",
        root=derived_key(deployment.settings, ONE_TIME_CODES),
        guesses=deployment.guesses,
        at=now,
    )
    return view(granted, now)


@router.post(
    "/text",
    summary="Read the text of an authorisation",
    responses=problems(InvalidInput, ImpossibleUscc, UnknownProduct, UnknownName),
)
def read_text(request: ConsentRequest, caller: ConsentCaller, deployment: Served, session: DbSession) -> ConsentText:
    """For the enterprise, before it signs: the body is that of the consent it is going to grant."""
    authorisation = _authorisation(request, caller, deployment)
    require_itself(caller, authorisation.uscc)
    text = consent_text(authorisation, find_institution(session, request.institution or "", near=False).name)
    return ConsentText(text=text, document_sha256=text_digest(text))


def _authorisation(request: ConsentRequest, caller: Identity, deployment: Deployment) -> consents.Authorisation:
    for code in request.products:
        find_product(code)
    return consents.Authorisation(
        uscc=code_of(deployment, caller, request.subject),
        products=tuple(request.products),
        purposes=tuple(request.purposes),
        valid_from=request.valid_from,
        valid_to=request.valid_to,
        granted_by=request.granted_by,
        document_sha256=request.document_sha256,
    )


@router.get("", summary="List your consents")
def list_consents(
    _caller: ConsentReader, session: DbSession, now: Now, cursor: Cursor = None, limit: Limit = 50
) -> Page[ConsentView]:
    """Newest first, revoked and expired ones included."""
    page = consents.list_consents(session, cursor=cursor, limit=limit)
    return Page(items=[view(consent, now) for consent in page.consents], next_cursor=page.next_cursor)


@router.get("/{consent_id}", summary="Read one consent", responses=problems(UnknownObject))
def read_consent(consent_id: Identifier, _caller: ConsentReader, session: DbSession, now: Now) -> ConsentView:
    """One consent of your institution."""
    return view(consents.find_consent(session, consent_id), now)


@router.delete("/{consent_id}", summary="Revoke a consent", responses=problems(UnknownObject))
def revoke_consent(consent_id: Identifier, _caller: ConsentCaller, session: DbSession, now: Now) -> ConsentView:
    """Immediate: also a call whose answer is not yet stored is refused. Answers given before stay readable."""
    return view(consents.revoke_consent(session, consent_id, now), now)
