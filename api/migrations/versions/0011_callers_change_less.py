"""Of the tables that callers' routes only add rows to, the right to change these is taken from the role of callers."""

from alembic import op

from api.tenancy import RESTRICTED_ROLE

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ADDED_TO_BY_CALLERS = (
    *("notice", "used_code", "statement", "statement_signature", "reconciliation", "credit_note", "event"),
    *("financing_need", "match", "match_event", "decision_outcome", "audit_act"),
)


def upgrade() -> None:
    """Of evidence among them a trigger refused the change already."""
    if op.get_bind().dialect.name == "postgresql":
        for table in _ADDED_TO_BY_CALLERS:
            op.execute(f'REVOKE UPDATE ON "{table}" FROM {RESTRICTED_ROLE}')
