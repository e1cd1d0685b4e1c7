"""By what name an institution is told to whoever reads sums: an enterprise by none, and all of them as one."""

from sqlalchemy import case, select

from api.access.tables import Client, Institution

ENTERPRISES = "(enterprises)"
"""An enterprise's clients have an institution of its own, named after it; sums are for people who may see no firm."""
FIRMS = select(Client.institution_id).where(Client.uscc.is_not(None)).distinct().subquery("firms")
"""Institutions with a client that is an enterprise; joined outwards by `IS_FIRM`."""
IS_FIRM = FIRMS.c.institution_id == Institution.id
TOLD_NAME = case((FIRMS.c.institution_id.is_not(None), ENTERPRISES), else_=Institution.name)
