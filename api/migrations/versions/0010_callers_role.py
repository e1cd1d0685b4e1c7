"""The rights of the role of callers, which ledgers of a login that is no superuser were made without."""

from alembic import op
from sqlalchemy import text

from api.migrations.isolation import grant_to_callers

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SHARED = ("institution", "audit_leaf", "audit_node", "audit_root", "audit_act", "audit_act_head")
_BY_CALLERS = (
    *("consent", "notice", "used_code"),
    *("statement", "statement_signature", "reconciliation", "credit_note", "event", "webhook", "webhook_delivery"),
    *("loan_product", "financing_need", "match", "match_event", "decision_outcome", "audit_act"),
)
_CHANGED_BY_CALLERS = ("consent", "webhook", "webhook_delivery", "loan_product")
_GUARDED = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relrowsecurity ORDER BY 1"
)


def upgrade() -> None:
    """Grant once more what migrations 0001 to 0009 granted where the role was there."""
    if op.get_bind().dialect.name == "postgresql":
        guarded = op.get_bind().scalars(_GUARDED).all()
        tables = [*guarded, *_SHARED]
        grant_to_callers(tables, written_by_callers=_BY_CALLERS, changed_by_callers=_CHANGED_BY_CALLERS)
