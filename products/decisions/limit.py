"""The limit a band allows: a share of the firm's sales, capped, rounded down, and never more than was asked."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from products.decisions.policy import LimitRule, Terms
from products.decisions.rules import Facts

Bound = Literal["requested", "share", "cap"]


class LimitFound(BaseModel):
    """A limit and what bound it. All amounts are integer fen.

    allowed_fen: what the policy allows, asked for or not; limit_fen: the smaller of it and the amount asked for.
    """

    model_config = ConfigDict(frozen=True)

    basis: str
    basis_fen: int
    share_bp: int
    cap_fen: int
    allowed_fen: int
    requested_fen: int
    limit_fen: int
    bound_by: Bound
    text: str
    text_en: str


def find_limit(rule: LimitRule, terms: Terms, facts: Facts, requested_fen: int) -> LimitFound | None:
    """The limit from the first basis with a value; None where the firm has none. Integer division, no float."""
    for basis in rule.bases:
        value = None if basis.feature in facts.not_received else facts.values.get(basis.feature)
        if value is None or isinstance(value, str):
            continue
        share = max(int(value), 0) * terms.share_bp // 10_000
        allowed = min(share, terms.cap_fen) // rule.step_fen * rule.step_fen
        return LimitFound(
            basis=basis.feature,
            basis_fen=int(value),
            share_bp=terms.share_bp,
            cap_fen=terms.cap_fen,
            allowed_fen=allowed,
            requested_fen=requested_fen,
            limit_fen=min(allowed, requested_fen),
            bound_by=_bound(share, allowed, terms.cap_fen, requested_fen),
            text=basis.text,
            text_en=basis.text_en,
        )
    return None


def _bound(share: int, allowed: int, cap: int, requested: int) -> Bound:
    if requested <= allowed:
        return "requested"
    return "cap" if cap <= share else "share"
