"""The roles of a client and the scopes each may use."""

ROLES = {
    "bank": ("consents", "reports", "decisions", "loan-products", "usage"),
    "enterprise": ("consents", "reports", "needs", "usage"),
    "product_manager": ("products", "usage", "usage:all"),
    "administrator": ("products", "clients", "usage", "usage:all", "audit"),
}
"""Scopes by role. A product of the contract adds the scope `product:CODE`; `usage:all` is every institution's."""

CALLING_ROLES = ("bank", "enterprise")
"""Roles that call products, and so need a contract."""
