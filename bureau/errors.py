"""Every error a user can meet. The tree:

    BureauError
      InvalidInput          the caller's words are wrong: exit code 2, or 4xx
        ImpossibleUscc  ImpossibleDate  UnknownName  UnreadableFile  WrongFeed  SchemaDrift
        FeedStopped  SourceConflict
        MalformedRequest  BodyTooLarge  KeyMissing  WrongMode  TooFewLabels  SuspectColumns
      NotPermitted          the caller may not: 401, 403
        WrongCredentials  ConsentMissing  ConsentExpired  ConsentRevoked  WrongPurpose
        ProductNotContracted  QuotaUsedUp  WalletEmpty  FieldNotGranted  RoleNotPermitted  WrongCode
        AssertionSuspended  TooManyRequests  RateExceeded  RetentionNotOver  SignatureRefused
      NotFound              the caller may, and there is nothing: 404
        UnknownProduct  UnknownSubject  UnknownObject
      Conflict              409
        KeyReused  StateConflict  ReleaseRefused  SecondPersonNeeded
      SourceDown            the platform cannot answer now: 503
        NotReady  ModelNotReleased  ProductNotServed  DamagedModel  ContributionsDisagree  LedgerUnavailable
        AnswerDamaged  FontMissing

Each has a public `code` that never changes meaning, keeps its facts as attributes and says what to do next.
Only `api/errors.py` knows HTTP.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path


class BureauError(Exception):
    """The root: one clear sentence, a stable public code."""

    code = "error"

    @property
    def message(self) -> str:
        return str(self)


class InvalidInput(BureauError):
    """Something the caller wrote cannot be meant."""

    code = "invalid-input"


class ImpossibleUscc(InvalidInput):
    """A unified social credit code whose check characters do not agree, so that no enterprise can have it. Read it
    from the licence again."""

    code = "impossible-uscc"

    def __init__(self, text: str, suggestion: str | None = None) -> None:
        hint = f"Did you mean {suggestion}?" if suggestion else "Check its 18 characters against the licence."
        super().__init__(f"{text!r} is not a unified social credit code: its check characters do not agree. {hint}")
        self.text, self.suggestion = text, suggestion


class ImpossibleDate(InvalidInput):
    """A day or month that the calendar does not have, or that is written otherwise than YYYY-MM-DD or YYYY-MM."""

    code = "impossible-date"

    def __init__(self, text: str, what: str = "date", *, month: bool = False) -> None:
        """month: a whole month was asked for, not a day."""
        unit, form = ("month", "YYYY-MM") if month else ("day", "YYYY-MM-DD")
        super().__init__(f"{text!r} is not a {unit} of the calendar for {what}. Write it as {form}.")
        self.text, self.what = text, what


class UnknownName(InvalidInput):
    """A feature, feed, model, policy or institution that does not exist; near names are offered."""

    code = "unknown-name"

    def __init__(self, kind: str, name: str, known: Iterable[str] = (), *, see: str = "") -> None:
        """see: the command that lists what there is."""
        known = sorted(known)
        near = get_close_matches(name, known, n=3)
        hint = f" Did you mean: {', '.join(near)}?" if near else _there_are(known) if known else ""
        super().__init__(f"There is no {kind} {name!r}." + hint + (f" List them with: {see}" if see else ""))
        self.kind, self.name = kind, name


def _there_are(known: list[str], shown: int = 8) -> str:
    more = f" and {len(known) - shown:,} more" if len(known) > shown else ""
    return f" There are: {', '.join(known[:shown])}{more}."


class UnreadableFile(InvalidInput):
    """A file or directory that is missing, empty, rubbish, or not what it should be."""

    code = "unreadable-file"

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = str(path), why


class WrongFeed(UnreadableFile):
    """A file that cannot be the feed it is offered as; no feed stops for it."""

    code = "wrong-feed"


class SchemaDrift(WrongFeed):
    """A file whose columns are not those agreed for its feed: one lacks, one is new, or one holds another type.

    The feed stops and no other.
    """

    code = "schema-drift"

    def __init__(self, path: Path | str, why: str, feed: str) -> None:
        super().__init__(path, f"{why} What was agreed: bureau feeds show {feed}")
        self.feed, self.why = feed, why


class FeedStopped(InvalidInput):
    """A good file of a feed that stopped, which does not end the stop; nothing of it lands."""

    code = "feed-stopped"

    def __init__(self, path: Path | str, feed: str, drifted: str, publisher: str, since: str) -> None:
        """drifted: the file the feed stopped for, of which publisher and made when."""
        super().__init__(
            f"{path}: {feed} has stopped for {drifted}, and this file does not end that. Ask {publisher} for rows made "
            f"{since} or later in the agreed columns, or let the feed go on with: bureau feeds resume {feed}"
        )
        self.path, self.feed = str(path), feed


class SourceConflict(InvalidInput):
    """Records of one source offered to a home that holds those of another. Each source needs a home of its own."""

    code = "source-conflict"

    def __init__(self, present: str, offered: str) -> None:
        super().__init__(
            f"This home already holds the source {present!r}; {offered!r} needs a home of its own: set BUREAU_HOME."
        )
        self.present, self.offered = present, offered


class MalformedRequest(InvalidInput):
    """A request whose words, types or shape cannot be read; names each field that is wrong."""

    code = "malformed-request"

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.fields = tuple(fields)
        listing = ", ".join(dict.fromkeys(name for name, _ in self.fields)) or "its body"
        super().__init__(f"The request cannot be read; correct {listing} and send it again.")


class BodyTooLarge(InvalidInput):
    """A request whose body is larger than its route takes. Send less in one request; nothing of it was read."""

    code = "body-too-large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The body is larger than {limit_bytes:,} bytes. Send less in one request.")
        self.limit_bytes = limit_bytes


class KeyMissing(InvalidInput):
    """A charged call without the header Idempotency-Key, or with one that cannot be a key. Name each piece of business
    by a key of its own and send the same for every retry of it."""

    code = "idempotency-key-missing"

    def __init__(self) -> None:
        super().__init__(
            "A charged call needs the header Idempotency-Key: 1 to 200 printable characters without blanks, new for "
            "each piece of business, the same for every retry of it, and no person's identity number."
        )


class WrongMode(InvalidInput):
    """A sample enterprise in a live call, or any other in test mode: neither sees the other's records."""

    code = "wrong-mode"

    def __init__(self, subject: str, *, test: bool) -> None:
        """test: the mode of the call."""
        super().__init__(
            f"{subject!r} is no sample enterprise, and this client is in test mode. Ask about one of /docs#samples, or "
            "use a live client."
            if test
            else f"{subject!r} is a sample enterprise: ask about it with a client in test mode, which `bureau clients "
            "create --test` makes."
        )
        self.subject, self.test = subject, test


class TooFewLabels(InvalidInput):
    """Training needs more known outcomes of one kind than the home holds."""

    code = "too-few-labels"

    def __init__(self, model: str, what: str, present: int, needed: int) -> None:
        super().__init__(
            f"Model {model!r} needs at least {needed} {what} to train on and this home has {present}. "
            "Load more loan feedback (F60), then train again."
        )
        self.model, self.what, self.present, self.needed = model, what, present, needed


class SuspectColumns(InvalidInput):
    """Columns that seem to know the outcome: training on them would promise what serving cannot keep."""

    code = "suspect-columns"

    def __init__(self, model: str, reasons: Iterable[str]) -> None:
        super().__init__(
            f"Model {model!r} is not trained, because {'; '.join(reasons)}. Take the column out, or show that "
            "it was known on the day."
        )
        self.model = model


class NotPermitted(BureauError):
    """The family of refusals: the caller may not. A problem says which of them it is by its own code."""

    code = "not-permitted"


class WrongCredentials(NotPermitted):
    """A client, secret, assertion or token that is unknown, wrong or expired. Get a new token, then call again."""

    code = "wrong-credentials"

    def __init__(self, why: str = "The client id or secret is wrong, or the token has expired.") -> None:
        super().__init__(f"{why} Get a new token from POST /oauth/token.")


class ConsentMissing(NotPermitted):
    """The enterprise has not authorised this product to your institution. Register its authorisation, then retry."""

    code = "consent-missing"

    def __init__(self, uscc: str, product: str) -> None:
        super().__init__(
            f"Enterprise {uscc} has not authorised {product!r} to your institution. "
            "Register its signed authorisation with POST /v1/consents, then retry."
        )
        self.uscc, self.product = uscc, product


class ConsentExpired(NotPermitted):
    """A consent asked with before its first day or after its last. Register one that holds today, then retry."""

    code = "consent-expired"

    def __init__(self, consent_id: str, valid_from: str, valid_to: str) -> None:
        super().__init__(
            f"Consent {consent_id} is valid from {valid_from} to {valid_to} only. Register a new one, then retry."
        )
        self.consent_id = consent_id


class ConsentRevoked(NotPermitted):
    """A consent that was taken back; it never holds again. Ask the enterprise for a new one."""

    code = "consent-revoked"

    def __init__(self, consent_id: str) -> None:
        super().__init__(f"Consent {consent_id} was revoked. Ask the enterprise for a new one before you call again.")
        self.consent_id = consent_id


class WrongPurpose(NotPermitted):
    """A purpose the consent does not name. Ask for a purpose it covers, or let the enterprise consent to this one."""

    code = "wrong-purpose"

    def __init__(self, purpose: str, allowed: Iterable[str]) -> None:
        listing = ", ".join(sorted(allowed))
        super().__init__(f"The consent does not cover the purpose {purpose!r}; it covers {listing}.")
        self.purpose = purpose


class ProductNotContracted(NotPermitted):
    """A product that is on sale and not in your institution's contract. Ask the platform to add it."""

    code = "product-not-contracted"

    def __init__(self, institution: str, product: str) -> None:
        super().__init__(f"The contract of {institution!r} does not include {product}. Ask the platform to add it.")
        self.institution, self.product = institution, product


class QuotaUsedUp(NotPermitted):
    """The month's calls of a product that a contract allows have been made."""

    code = "quota-used-up"

    def __init__(self, product: str, quota: int) -> None:
        super().__init__(
            f"The {quota:,} calls of {product} that the contract allows a month are used up. Wait for the next month, "
            "or agree on more with the platform."
        )
        self.product, self.quota = product, quota


class WalletEmpty(NotPermitted):
    """A prepaid contract whose wallet does not hold what a call costs."""

    code = "wallet-empty"

    def __init__(self, balance_fen: int, needed_fen: int) -> None:
        super().__init__(
            f"The wallet holds {balance_fen} fen and the call costs {needed_fen} fen. Pay in, then retry with the same "
            "key."
        )
        self.balance_fen, self.needed_fen = balance_fen, needed_fen


class SignatureRefused(NotPermitted):
    """A person who answers for models, named with a secret that is not theirs."""

    code = "signature-refused"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"The secret given is not that of {person}. Give the one told when {person} was added, or end it and add "
            f"them anew with: bureau models people end {person!r}"
        )
        self.person = person


class FieldNotGranted(NotPermitted):
    """Columns of records that the grant under which they are read does not cover; nothing of them was read. A bank that
    meets it tells the platform."""

    code = "field-not-granted"

    def __init__(self, fields: list[str], institution: str, purpose: str) -> None:
        listing = ", ".join(fields[:5])
        super().__init__(f"The read grant of {institution!r} for {purpose!r} does not cover {listing}.")
        self.fields = fields


class RoleNotPermitted(NotPermitted):
    """A caller whose role has no business with what it asked for."""

    code = "role-not-permitted"

    def __init__(self, role: str, act: str, needed: Iterable[str]) -> None:
        super().__init__(f"A client of role {role!r} may not {act}; it takes {' or '.join(needed)}.")
        self.role, self.act = role, act


class WrongCode(NotPermitted):
    """A one-time code that is wrong, too old, or was used before."""

    code = "wrong-one-time-code"

    def __init__(self) -> None:
        super().__init__("The one-time code is wrong, too old or used. Send the next one your authenticator shows.")


class AssertionSuspended(NotPermitted):
    """An institution that asserted a consent it did not have asserts none until its right is restored."""

    code = "assertion-suspended"

    def __init__(self, institution: str) -> None:
        super().__init__(
            f"{institution!r} may not assert consents since an abuse was recorded. Let the enterprise grant it "
            "itself, and ask the platform to restore the right."
        )
        self.institution = institution


class TooManyRequests(NotPermitted):
    """Something was tried too often; `retry_after_seconds` says when it may be tried again."""

    code = "too-many-requests"

    def __init__(self, retry_after_seconds: int, what: str = "That was tried too often.", then: str = "") -> None:
        super().__init__(f"{what} Try again in {retry_after_seconds} seconds{then}.")
        self.retry_after_seconds = retry_after_seconds


class RateExceeded(TooManyRequests):
    """A client calls a product more often than agreed: `per_minute`, and `burst` of them at once.

    reset_seconds: until the whole burst may come again.
    """

    code = "rate-exceeded"

    def __init__(self, product: str, per_minute: int, burst: int, retry_after_seconds: int, reset_seconds: int) -> None:
        super().__init__(
            retry_after_seconds,
            f"{product} takes {per_minute} calls a minute from a client, {burst} of them at once.",
            " with the same key; nothing was charged",
        )
        self.product, self.per_minute, self.burst, self.reset_seconds = product, per_minute, burst, reset_seconds


class RetentionNotOver(NotPermitted):
    """Records that the law still wants kept."""

    code = "retention-not-over"

    def __init__(self, before: str, earliest: str, years: int) -> None:
        super().__init__(
            f"Queries and consents are kept for {years} years: nothing of {before} or later may be deleted, "
            f"and today that is anything after {earliest}. Name {earliest} or an earlier day."
        )
        self.before, self.earliest = before, earliest


class NotFound(BureauError):
    """The family of what there is not: the caller may ask, and there is nothing. A problem names it by its own code."""

    code = "not-found"


class UnknownProduct(NotFound):
    """A code under which nothing is on sale. Look at what is, with GET /v1/products."""

    code = "unknown-product"

    def __init__(self, product: str) -> None:
        super().__init__(f"There is no product {product!r} on sale. List them with GET /v1/products.")
        self.product = product


class UnknownSubject(NotFound):
    """An enterprise that no register here knows. Check its code with the licence."""

    code = "unknown-subject"

    def __init__(self, subject: str) -> None:
        super().__init__(f"No enterprise {subject!r} is registered here. Check the code with the licence.")
        self.subject = subject


class UnknownObject(NotFound):
    """An object of the API that does not exist, or belongs to another institution: the two read alike.

    where: whose it would be.
    """

    code = "unknown-object"

    def __init__(self, kind: str, identity: str, where: str = "of your institution") -> None:
        super().__init__(f"There is no {kind} {identity!r} {where}.")
        self.kind, self.identity = kind, identity


class Conflict(BureauError):
    """The family of requests that what stands already does not allow. A problem names that by its own code."""

    code = "conflict"


class KeyReused(Conflict):
    """An Idempotency-Key that came before with another body. A new request takes a new key, a retry the same body."""

    code = "idempotency-key-reused"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"Idempotency-Key {key!r} was used with another body. Use a new key for a new request, "
            "the same body for a retry."
        )
        self.key = key


class StateConflict(Conflict):
    """An act that the object's present state does not allow."""

    code = "state-conflict"


class ReleaseRefused(Conflict):
    """A model that was trained and kept, and may not be served."""

    code = "release-refused"

    def __init__(self, model: str, version: str, why: str) -> None:
        super().__init__(
            f"Version {version} of model {model!r} is kept for study and not released: {why} "
            "Train it on more or better labels, or mend what the gate names."
        )
        self.model, self.version, self.why = model, version, why


class SecondPersonNeeded(Conflict):
    """A release or a contract that its own proposer, or whoever trained what is released, would approve."""

    code = "second-person-needed"

    def __init__(self, what: str, proposed_by: str, command: str, did: str = "proposed") -> None:
        """command: with which another person approves it."""
        super().__init__(
            f"{what} was {did} by {proposed_by}, who cannot approve it too. Another person approves it with: {command}"
        )
        self.proposed_by = proposed_by


class SourceDown(BureauError):
    """The platform cannot answer now; the caller loses nothing by trying again."""

    code = "source-down"


class NotReady(SourceDown):
    """A server that could answer no call; `fields` are the causes by name."""

    code = "not-ready"

    def __init__(self, causes: Mapping[str, str]) -> None:
        super().__init__(f"No call can be answered now. {' '.join(causes.values())}")
        self.fields = tuple(causes.items())


class ModelNotReleased(SourceDown):
    """The product rests on a model of which no version is released in this home. Nothing was charged; ask the platform
    when one will be."""

    code = "model-not-released"

    def __init__(self, model: str, why: str = "It has not been trained in this home.", waiting: str = "") -> None:
        """waiting: the version two people may release."""
        then = f"Release it with: bureau models release {model} {waiting} --by PERSON"
        if not waiting:
            then = f"Train it with: bureau models train {model}"
        super().__init__(f"Model {model!r} has no released version. {why} {then}")
        self.model = model


class ProductNotServed(SourceDown):
    """A product that this home has no data or model to answer from. Nothing was charged; ask for another."""

    code = "product-not-served"

    def __init__(self, product: str, source: str) -> None:
        super().__init__(
            f"{product} is not served here: no model is set for it with the source {source!r}. "
            "Ask for a product that is, or set one in the home's serving.yaml."
        )
        self.product, self.source = product, source


class DamagedModel(SourceDown):
    """The files of a released model are not those that were released."""

    code = "damaged-model"

    def __init__(self, model: str, version: str, why: str) -> None:
        super().__init__(
            f"Version {version} of model {model!r} is not served: {why} Restore its folder, or train it again "
            f"with: bureau models train {model}"
        )
        self.model, self.version, self.why = model, version, why


class ContributionsDisagree(SourceDown):
    """Reasons that do not add up to the score are not given, and neither is the score."""

    code = "contributions-disagree"

    def __init__(self, model: str, version: str, gap: float) -> None:
        super().__init__(
            f"The answer is withheld: the contributions of model {model!r} version {version} miss its score by "
            f"{gap:.3g} log-odds. Report it to the platform."
        )
        self.model, self.version, self.gap = model, version, gap


class LedgerUnavailable(SourceDown):
    """The answer could not be stored, so it is not given. Ask again with the same Idempotency-Key: a call is charged at
    most once, and one that was stored after all is answered from there.
    """

    code = "ledger-unavailable"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The ledger could not store the answer ({why}). Ask again with the same Idempotency-Key: it is charged at "
            "most once."
        )
        self.why = why


class FontMissing(SourceDown):
    """A print on a machine that has no font for its characters."""

    code = "font-missing"

    def __init__(self, lack: str = "has no Chinese font to print with") -> None:
        super().__init__(
            f"This machine {lack}: install fonts-noto-cjk, or put a font into the folder that BUREAU_FONT_DIR names; "
            "JSON and CSV say the same until then."
        )
        self.lack = lack


class AnswerDamaged(SourceDown):
    """A stored answer whose sealed bytes cannot be opened."""

    code = "answer-damaged"

    def __init__(self, call_id: str, why: str) -> None:
        super().__init__(f"The stored answer of call {call_id} cannot be read: {why}. Quote it to the platform.")
        self.call_id, self.why = call_id, why
