"""The loan market (offers, needs, matches and their events), and what became of decisions."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Date, ForeignKey, Integer, String, UniqueConstraint

from api.migrations.append_only import make_append_only
from api.migrations.isolation import OF_TWO, OWN, child_of, isolate
from bureau.db import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; events and outcomes are append-only."""
    op.create_table(
        "loan_product",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("terms", JSON, nullable=False),
        Column("created_by", String, ForeignKey("client.id"), nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("withdrawn_at", Instant),
    )
    op.create_index("ix_loan_product_institution_id_id", "loan_product", ["institution_id", "id"])
    op.create_table(
        "financing_need",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("uscc", String, nullable=False, index=True),
        Column("purpose", String, nullable=False),
        Column("consent_id", String, ForeignKey("consent.id")),
        Column("terms", JSON, nullable=False),
        Column("created_by", String, ForeignKey("client.id"), nullable=False),
        Column("created_at", Instant, nullable=False),
    )
    op.create_index("ix_financing_need_institution_id_id", "financing_need", ["institution_id", "id"])
    op.create_table(
        "match",
        Column("id", String, primary_key=True),
        Column("need_id", String, ForeignKey("financing_need.id"), nullable=False),
        Column("loan_product_id", String, ForeignKey("loan_product.id"), nullable=False, index=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("other_institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("created_at", Instant, nullable=False),
        UniqueConstraint("need_id", "loan_product_id"),
    )
    op.create_table(
        "match_event",
        Column("match_id", String, ForeignKey("match.id"), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("event", String, nullable=False),
        Column("happened_on", Date, nullable=False),
        Column("amount_fen", BigInteger),
        Column("recorded_by", String, ForeignKey("client.id"), nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_table(
        "decision_outcome",
        Column("id", String, primary_key=True),
        Column("decision_id", String, ForeignKey("call.id"), nullable=False, index=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("kind", String, nullable=False),
        Column("content", JSON, nullable=False),
        Column("recorded_by", String, ForeignKey("client.id"), nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    make_append_only({"match_event": ("match_id, number",), "decision_outcome": ("id",)})
    conditions = {
        "loan_product": OWN,
        "financing_need": OWN,
        "match": OF_TWO,
        "match_event": child_of("match", "match_id"),
        "decision_outcome": OWN,
    }
    isolate(conditions, written_by_callers=conditions, changed_by_callers=["loan_product"])
