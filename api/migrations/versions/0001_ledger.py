"""The ledger's first tables: who may call, and money with its evidence."""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)

from api.migrations.append_only import make_append_only
from api.migrations.isolation import CONCERNING, OWN, child_of, isolate
from bureau.db import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BY_CALLERS = (
    *("consent", "notice", "used_code"),
    *("statement", "statement_signature", "reconciliation", "credit_note", "event", "webhook", "webhook_delivery"),
)
"""Tables to which routes add rows for their callers; the writer and the commands write the others."""
_CHANGED_BY_CALLERS = ("consent", "webhook", "webhook_delivery")


def upgrade() -> None:
    """Create every table, then make those of money and evidence append-only."""
    _create_access()
    _create_metering()
    _create_counts()
    _create_wallets()
    _create_statements()
    _create_webhooks()
    _create_evidence()
    make_append_only(
        {
            "contract_proposal": ("id",),
            "contract_version": ("id", "institution_id, version", "proposal_id"),
            "call": ("id",),
            "answer": ("call_id",),
            "idempotency": ("institution_id, key", "call_id"),
            "usage_line": ("id", "reverses"),
            "wallet_entry": ("posting, account",),
            "event": ("id",),
            "statement": ("institution_id, month",),
            "statement_signature": ("institution_id, month",),
            "reconciliation": ("id",),
            "credit_note": ("id", "institution_id, month, product_code"),
            "credit_step": ("note_id, step",),
            "audit_leaf": ("number", "line_id"),
            "audit_node": ("hash_alg, level, number",),
            "audit_root": ("hash_alg, signature_alg, size",),
        }
    )
    isolate(
        {
            "client": OWN,
            "client_secret": child_of("client", "client_id"),
            "client_key": child_of("client", "client_id"),
            "used_assertion": child_of("client", "client_id"),
            "used_code": child_of("client", "client_id"),
            "contract_version": OWN,
            "contract_proposal": OWN,
            "consent": CONCERNING,
            "notice": CONCERNING,
            "consent_abuse": OWN,
            "call": OWN,
            "answer": child_of("call", "call_id"),
            "idempotency": OWN,
            "usage_line": OWN,
            "usage_month": OWN,
            "usage_hour": OWN,
            "failed_minute": OWN,
            "wallet": OWN,
            "wallet_entry": OWN,
            "event": OWN,
            "statement": OWN,
            "statement_signature": OWN,
            "reconciliation": OWN,
            "credit_note": OWN,
            "credit_step": OWN,
            "webhook": OWN,
            "webhook_delivery": child_of("webhook", "webhook_id"),
        },
        written_by_callers=_BY_CALLERS,
        changed_by_callers=_CHANGED_BY_CALLERS,
        shared=["institution", "audit_leaf", "audit_node", "audit_root"],
    )


def _create_access() -> None:
    op.create_table(
        "institution",
        Column("id", Integer, primary_key=True),
        Column("name", String, nullable=False, unique=True),
        Column("created_at", Instant, nullable=False),
    )
    op.create_table(
        "client",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False, index=True),
        Column("role", String, nullable=False),
        Column("uscc", String),
        Column("credentials_version", Integer, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("disabled_at", Instant),
    )
    op.create_table(
        "client_secret",
        Column("sha256", LargeBinary, primary_key=True),
        Column("client_id", String, ForeignKey("client.id"), nullable=False, index=True),
        Column("created_at", Instant, nullable=False),
        Column("ends_at", Instant),
    )
    op.create_table(
        "client_key",
        Column("client_id", String, ForeignKey("client.id"), primary_key=True),
        Column("kid", String, primary_key=True),
        Column("jwk", JSON, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("ends_at", Instant),
    )
    op.create_table(
        "used_assertion",
        Column("client_id", String, ForeignKey("client.id"), primary_key=True),
        Column("jti_sha256", LargeBinary, primary_key=True),
        Column("expires_at", Instant, nullable=False, index=True),
    )
    op.create_table(
        "used_code",
        Column("client_id", String, ForeignKey("client.id"), primary_key=True),
        Column("step", BigInteger, primary_key=True, autoincrement=False),
        Column("used_at", Instant, nullable=False),
    )
    op.create_table(
        "contract_proposal",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False, index=True),
        Column("terms", JSON, nullable=False),
        Column("in_force_from", Instant, nullable=False),
        Column("proposed_by", String, nullable=False),
        Column("proposed_at", Instant, nullable=False),
    )
    op.create_table(
        "contract_version",
        Column("id", Integer, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("version", Integer, nullable=False),
        Column("terms", JSON, nullable=False),
        Column("in_force_from", Instant, nullable=False),
        Column("proposal_id", String, ForeignKey("contract_proposal.id"), unique=True),
        Column("agreed_by", String, nullable=False),
        Column("agreed_at", Instant, nullable=False),
        UniqueConstraint("institution_id", "version"),
    )
    op.create_table(
        "consent",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("uscc", String, nullable=False, index=True),
        Column("products", JSON, nullable=False),
        Column("purposes", JSON, nullable=False),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date, nullable=False),
        Column("granted_by", String, nullable=False),
        Column("document_sha256", String),
        Column("created_by", String, ForeignKey("client.id"), nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("revoked_at", Instant),
    )
    op.create_index("ix_consent_institution_id_id", "consent", ["institution_id", "id"])
    op.create_table(
        "notice",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("uscc", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("consent_id", String, ForeignKey("consent.id"), nullable=False),
        Column("created_at", Instant, nullable=False),
    )
    op.create_index("ix_notice_uscc_id", "notice", ["uscc", "id"])
    op.create_table(
        "consent_abuse",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False, index=True),
        Column("consent_id", String, ForeignKey("consent.id"), nullable=False),
        Column("reason", String, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("lifted_at", Instant),
        Column("lifted_because", String),
    )


def _create_metering() -> None:
    op.create_table(
        "call",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("client_id", String, ForeignKey("client.id"), nullable=False),
        Column("idempotency_key", String),
        Column("request_sha256", LargeBinary, nullable=False),
        Column("kind", String, nullable=False),
        Column("product_code", String, nullable=False),
        Column("product_version", Integer, nullable=False),
        Column("uscc", String),
        Column("purpose", String, nullable=False),
        Column("consent_id", String),
        Column("client_serial", String),
        Column("outcome", String, nullable=False),
        Column("problem_code", String),
        Column("contract_version_id", Integer, ForeignKey("contract_version.id")),
        Column("snapshot", BigInteger),
        Column("model_name", String),
        Column("model_version", String),
        Column("data_as_of", Date),
        Column("test", Boolean, nullable=False),
        Column("received_at", Instant, nullable=False),
        Column("committed_at", Instant, nullable=False),
    )
    op.create_index("ix_call_institution_id_uscc_committed_at", "call", ["institution_id", "uscc", "committed_at"])
    op.create_table(
        "answer",
        Column("call_id", String, ForeignKey("call.id"), primary_key=True),
        Column("status", Integer, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("jws", LargeBinary, nullable=False),
        Column("signature_alg", String, nullable=False),
    )
    op.create_table(
        "idempotency",
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("key", String, primary_key=True),
        Column("request_sha256", LargeBinary, nullable=False),
        Column("call_id", String, ForeignKey("call.id"), nullable=False, unique=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_line",
        Column("id", String, primary_key=True),
        Column("call_id", String, ForeignKey("call.id")),
        Column("kind", String, nullable=False),
        Column("reverses", String, ForeignKey("usage_line.id")),
        Column("reason", String),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("product_code", String, nullable=False),
        Column("product_version", Integer, nullable=False),
        Column("purpose", String, nullable=False),
        Column("outcome", String, nullable=False),
        Column("contract_version_id", Integer, ForeignKey("contract_version.id")),
        Column("rule", Integer, nullable=False),
        Column("basis", String, nullable=False),
        Column("model_name", String),
        Column("model_version", String),
        Column("test", Boolean, nullable=False),
        Column("calls", Integer, nullable=False),
        Column("units", Integer, nullable=False),
        Column("amount_fen", BigInteger, nullable=False),
        Column("latency_us", BigInteger, nullable=False),
        Column("data_age_days", Integer),
        Column("committed_at", Instant, nullable=False, index=True),
    )
    op.create_index("ix_usage_line_institution_id_committed_at", "usage_line", ["institution_id", "committed_at"])
    op.create_index(
        "ix_usage_line_reverses",
        "usage_line",
        ["reverses"],
        unique=True,
        sqlite_where=text("reverses IS NOT NULL"),
        postgresql_where=text("reverses IS NOT NULL"),
    )


def _create_counts() -> None:
    op.create_table(
        "usage_month",
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("month", Date, primary_key=True),
        Column("test", Boolean, primary_key=True),
        Column("contract_version_id", Integer, primary_key=True),
        Column("product_code", String, primary_key=True),
        Column("rule", Integer, primary_key=True),
        Column("calls", Integer, nullable=False),
        Column("units", Integer, nullable=False),
        Column("charged_fen", BigInteger, nullable=False),
    )
    op.create_table(
        "usage_hour",
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("hour", Instant, primary_key=True, index=True, autoincrement=False),
        Column("test", Boolean, primary_key=True),
        Column("product_code", String, primary_key=True),
        Column("product_version", Integer, primary_key=True),
        Column("purpose", String, primary_key=True),
        Column("outcome", String, primary_key=True),
        Column("basis", String, primary_key=True),
        Column("calls", Integer, nullable=False),
        Column("units", Integer, nullable=False),
        Column("charged_fen", BigInteger, nullable=False),
        *(Column(f"latency_{number:02d}", Integer, nullable=False) for number in range(21)),
    )
    op.create_table(
        "failed_minute",
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("minute", Instant, primary_key=True, autoincrement=False),
        Column("test", Boolean, primary_key=True),
        Column("product_code", String, primary_key=True),
        Column("problem_code", String, primary_key=True),
        Column("requests", Integer, nullable=False),
    )


def _create_wallets() -> None:
    op.create_table(
        "wallet",
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("balance_fen", BigInteger, nullable=False),
        CheckConstraint("balance_fen >= 0", name="never_below_zero"),
    )
    op.create_table(
        "wallet_entry",
        Column("posting", String, primary_key=True),
        Column("account", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False, index=True),
        Column("amount_fen", BigInteger, nullable=False),
        Column("posted_at", Instant, nullable=False),
    )
    op.create_table(
        "event",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False, index=True),
        Column("topic", String, nullable=False),
        Column("payload", JSON, nullable=False),
        Column("test", Boolean, nullable=False),
        Column("occurred_at", Instant, nullable=False),
    )


def _create_statements() -> None:
    op.create_table(
        "statement",
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("month", Date, primary_key=True),
        Column("body", LargeBinary, nullable=False),
        Column("sha256", String, nullable=False),
        Column("jws", String, nullable=False),
        Column("total_fen", BigInteger, nullable=False),
        Column("issued_at", Instant, nullable=False),
    )
    op.create_table(
        "statement_signature",
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("month", Date, primary_key=True),
        Column("sha256", String, nullable=False),
        Column("client_id", String, ForeignKey("client.id"), nullable=False),
        Column("jws", String),
        Column("signed_at", Instant, nullable=False),
    )
    op.create_table(
        "reconciliation",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False, index=True),
        Column("month", Date, nullable=False),
        Column("theirs_sha256", String, nullable=False),
        Column("matched", Integer, nullable=False),
        Column("amount_differs", Integer, nullable=False),
        Column("only_ours", Integer, nullable=False),
        Column("only_theirs", Integer, nullable=False),
        Column("ours_fen", BigInteger, nullable=False),
        Column("theirs_fen", BigInteger, nullable=False),
        Column("client_id", String, ForeignKey("client.id"), nullable=False),
        Column("compared_at", Instant, nullable=False),
    )
    op.create_table(
        "credit_note",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("month", Date, nullable=False),
        Column("product_code", String, nullable=False),
        Column("contract_version_id", Integer, ForeignKey("contract_version.id"), nullable=False),
        Column("verdicts", JSON, nullable=False),
        Column("charged_fen", BigInteger, nullable=False),
        Column("percent", Integer, nullable=False),
        Column("amount_fen", BigInteger, nullable=False),
        Column("proposed_at", Instant, nullable=False),
        UniqueConstraint("institution_id", "month", "product_code"),
    )
    op.create_table(
        "credit_step",
        Column("note_id", String, ForeignKey("credit_note.id"), primary_key=True),
        Column("step", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("by", String, nullable=False),
        Column("reason", String),
        Column("at", Instant, nullable=False),
    )


def _create_webhooks() -> None:
    op.create_table(
        "webhook",
        Column("id", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False, index=True),
        Column("url", String, nullable=False),
        Column("topics", JSON, nullable=False),
        Column("test", Boolean, nullable=False),
        Column("sealed_secret", LargeBinary, nullable=False),
        Column("created_by", String, ForeignKey("client.id"), nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("ended_at", Instant),
    )
    op.create_table(
        "webhook_delivery",
        Column("webhook_id", String, ForeignKey("webhook.id"), primary_key=True),
        Column("event_id", String, ForeignKey("event.id"), primary_key=True),
        Column("attempts", Integer, nullable=False),
        Column("due_at", Instant),
        Column("arrived_at", Instant),
        Column("last_problem", String),
    )
    op.create_index("ix_webhook_delivery_due_at", "webhook_delivery", ["due_at"])


def _create_evidence() -> None:
    op.create_table(
        "audit_leaf",
        Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
        Column("line_id", String, ForeignKey("usage_line.id"), nullable=False, unique=True),
        Column("hash_alg", String, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("record_digest", LargeBinary, nullable=False),
        Column("committed_at", Instant, nullable=False),
        Column("leaf", LargeBinary, nullable=False),
        Column("head", LargeBinary, nullable=False),
    )
    op.create_table(
        "audit_node",
        Column("hash_alg", String, primary_key=True),
        Column("level", Integer, primary_key=True, autoincrement=False),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("node", LargeBinary, nullable=False),
    )
    op.create_table(
        "audit_root",
        Column("hash_alg", String, primary_key=True),
        Column("signature_alg", String, primary_key=True),
        Column("size", BigInteger, primary_key=True, autoincrement=False),
        Column("root", LargeBinary, nullable=False),
        Column("head", LargeBinary, nullable=False),
        Column("signed_at", Instant, nullable=False),
        Column("jws", String, nullable=False),
    )
