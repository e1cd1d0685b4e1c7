"""The roles of a client: which scopes each may use, and whose objects it sees. Nothing else decides what a role may.

A route names the one scope it needs (`api.caller`); `tests/api/test_roles.py` says which roles reach each route.
"""

from dataclasses import dataclass
from typing import Literal

from bureau.errors import UnknownName

Kind = Literal["enterprise", "platform", "outside"]
"""Whose clients have a role: an enterprise's, the platform's and its supervisors', those of who else calls. An
institution has clients of one kind."""


@dataclass(frozen=True)
class Role:
    """sees: `own`, the objects of its institution, and of an enterprise those about itself; `all`, everybody's.
    calls: whether it is charged for products, and so needs a contract. kind: whose it is."""

    title: str
    scopes: tuple[str, ...]
    sees: Literal["own", "all"] = "own"
    calls: bool = False
    kind: Kind = "outside"


ROLES = {
    "bank": Role(
        "a bank's own system",
        (
            *("catalogue", "consents", "consents:read", "reports", "reports:read", "decisions", "decisions:read"),
            *("loan-products", "needs", "matches", "usage", "statements", "statements:agree", "webhooks", "contracts"),
        ),
        calls=True,
    ),
    "auditor": Role(
        "a bank's auditor: evidence and bills, no new question, no agreement",
        ("catalogue", "consents:read", "reports:read", "decisions:read", "usage", "statements", "contracts"),
    ),
    "enterprise": Role(
        "an enterprise: its own record, its own consents, who asked",
        (
            *("catalogue", "consents", "consents:read", "reports", "reports:read", "needs", "matches", "notices"),
            *("usage", "statements", "statements:agree", "webhooks", "contracts"),
        ),
        calls=True,
        kind="enterprise",
    ),
    "partner": Role(
        "a partner platform: brings the needs and consents of its firms",
        (
            *("catalogue", "consents", "consents:read", "needs", "matches", "usage", "webhooks", "contracts"),
            *("statements", "statements:agree"),
        ),
        calls=True,
    ),
    "product_manager": Role(
        "the platform's product manager: sums, never an enterprise",
        ("catalogue", "usage", "usage:all", "feeds"),
        sees="all",
        kind="platform",
    ),
    "pricing_officer": Role(
        "the platform's pricing officer: contracts and prices, changed by two of them",
        ("catalogue", "prices", "contracts", "usage", "usage:all"),
        sees="all",
        kind="platform",
    ),
    "supervisor": Role(
        "the supervisor: reads every answer with its authority and its proof",
        ("catalogue", "consents:read", "reports:read", "decisions:read", "usage", "usage:all", "audit"),
        sees="all",
        kind="platform",
    ),
    "operator": Role(
        "a government operator: feeds, and the evaluation of the whole city",
        ("catalogue", "feeds"),
        kind="platform",
    ),
    "administrator": Role(
        "the platform's administrator: clients, feeds, sums, the audit log",
        ("catalogue", "clients", "feeds", "usage", "usage:all", "audit"),
        sees="all",
        kind="platform",
    ),
}
"""By name. A product of the contract adds the scope `product:CODE` to a role that calls."""

SCOPES = tuple(sorted({scope for role in ROLES.values() for scope in role.scopes}))


def find_role(name: str) -> Role:
    """The role of a name; raises `UnknownName`."""
    if name not in ROLES:
        raise UnknownName("role", name, ROLES)
    return ROLES[name]


def roles_with(scope: str) -> list[str]:
    """The roles that hold a scope."""
    return [name for name, role in ROLES.items() if scope in role.scopes]
