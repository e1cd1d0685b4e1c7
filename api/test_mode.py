"""Test mode: the problems that sample enterprises stand for, raised where the real ones are."""

from collections.abc import Callable
from dataclasses import dataclass

from api.access.tokens import Identity
from bureau.errors import (
    BureauError,
    ConsentExpired,
    ConsentMissing,
    ConsentRevoked,
    ContributionsDisagree,
    DamagedModel,
    LedgerUnavailable,
    ModelNotReleased,
    ProductNotContracted,
    ProductNotServed,
    QuotaUsedUp,
    RateExceeded,
    SourceDown,
    WalletEmpty,
    WrongCredentials,
    WrongMode,
    WrongPurpose,
)
from bureau.uscc import is_sample
from products.product import Product
from products.samples.declared import find_sample

_CONSENT = "00000000-0000-7000-8000-000000000000"
_MODEL, _VERSION = "sample", "1"


@dataclass(frozen=True)
class Asked:
    """A call about a sample."""

    institution: str
    product: Product
    uscc: str
    purpose: str
    consent_id: str | None


PROBLEMS: dict[str, Callable[[Asked], BureauError]] = {
    "consent-missing": lambda asked: ConsentMissing(asked.uscc, asked.product.code),
    "consent-expired": lambda asked: ConsentExpired(asked.consent_id or _CONSENT, "2020-01-01", "2020-12-31"),
    "consent-revoked": lambda asked: ConsentRevoked(asked.consent_id or _CONSENT),
    "wrong-purpose": lambda asked: WrongPurpose(asked.purpose, set(asked.product.purposes) - {asked.purpose}),
    "product-not-contracted": lambda asked: ProductNotContracted(asked.institution, asked.product.code),
    "quota-used-up": lambda asked: QuotaUsedUp(asked.product.code, 1_000),
    "wallet-empty": lambda asked: WalletEmpty(0, asked.product.list_price.amount_fen),
    "rate-exceeded": lambda asked: RateExceeded(asked.product.code, 60, 6, 30, 60),
    "wrong-credentials": lambda _: WrongCredentials("The token has expired."),
    "model-not-released": lambda _: ModelNotReleased(_MODEL),
    "product-not-served": lambda asked: ProductNotServed(asked.product.code, "samples"),
    "damaged-model": lambda _: DamagedModel(_MODEL, _VERSION, "Its files are not those that were released."),
    "contributions-disagree": lambda _: ContributionsDisagree(_MODEL, _VERSION, 0.01),
    "ledger-unavailable": lambda _: LedgerUnavailable("its queue is full"),
    "source-down": lambda _: SourceDown("The records cannot be read now. Try again later, with the same key."),
}
"""By the code that a sample declares."""


def require_mode(caller: Identity, uscc: str) -> None:
    """Raise `WrongMode` for a sample in live mode, and for any other enterprise in test mode."""
    known = find_sample(uscc) is not None if caller.test else not is_sample(uscc)
    if not known:
        raise WrongMode(uscc, test=caller.test)


def raise_declared(asked: Asked) -> None:
    """Raise the problem that a sample stands for, if it stands for one."""
    sample = find_sample(asked.uscc)
    if sample is not None and sample.problem is not None:
        raise PROBLEMS[sample.problem](asked)
