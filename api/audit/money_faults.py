"""What can be wrong with money beside the calls: what wallets paid and hold, and what statements say."""

import hashlib
import json

from sqlalchemy import String, and_, cast, func, not_, or_, select
from sqlalchemy.orm import Session

from api.audit.act_faults import named, rows_of
from api.audit.faults import UNREADABLE, Fault
from api.audit.suites import STANDARD
from api.billing.agreeing import signature_stands
from api.billing.lines import paid_from_wallet, statement_lines
from api.billing.months import Month
from api.billing.tables import Statement, StatementSignature
from api.canonical import canonical
from api.contracts.tables import ContractVersion
from api.metering.tables import UsageLine, Wallet, WalletEntry
from api.signing import Signer

_PAID = or_(
    and_(WalletEntry.account == "prepaid", WalletEntry.amount_fen == -UsageLine.amount_fen),
    and_(WalletEntry.account == "revenue", WalletEntry.amount_fen == UsageLine.amount_fen),
)
_OF_A_CALL = and_(
    _PAID,
    WalletEntry.institution_id == UsageLine.institution_id,
    WalletEntry.posted_at == UsageLine.committed_at,
    WalletEntry.reason.is_(None),
)
_UNLIKE_ITS_LINE = (
    select(WalletEntry.posting).join(UsageLine, UsageLine.id == WalletEntry.posting).where(not_(_OF_A_CALL)).limit(1)
)
_UNBALANCED = (
    select(cast(WalletEntry.posting, String))
    .group_by(WalletEntry.posting)
    .having(or_(func.sum(WalletEntry.amount_fen) != 0, func.count() != 2))
    .limit(1)
)


_HELD = (
    select(func.sum(WalletEntry.amount_fen))
    .where(WalletEntry.account == "prepaid", WalletEntry.institution_id == Wallet.institution_id)
    .scalar_subquery()
)
_MISCOUNTED = select(cast(Wallet.institution_id, String)).where(func.coalesce(_HELD, 0) != Wallet.balance_fen).limit(1)
_LOST = (
    select(cast(WalletEntry.institution_id, String))
    .where(not_(select(Wallet.institution_id).where(Wallet.institution_id == WalletEntry.institution_id).exists()))
    .where(WalletEntry.account == "prepaid")
    .limit(1)
)
_UNPAID = (
    select(cast(UsageLine.id, String))
    .join(ContractVersion, ContractVersion.id == UsageLine.contract_version_id)
    .where(ContractVersion.terms["prepaid"].as_boolean().is_(True))
    .where(UsageLine.amount_fen != 0, UsageLine.test.is_(False))
    .where(not_(select(WalletEntry.posting).where(WalletEntry.posting == UsageLine.id).exists()))
    .limit(1)
)
_WALLETS = (
    (_UNLIKE_ITS_LINE, "wallet_entry", "it is not what its usage line cost"),
    (_UNPAID, "usage_line", "no wallet paid it although its contract is prepaid"),
    (_UNBALANCED, "wallet_entry", "its two sides do not add up to nothing"),
    (_MISCOUNTED, "wallet", "its balance is not the sum of its entries"),
    (_LOST, "wallet", "it is missing although there are entries of it"),
)
"""One statement each, for calls may be paid meanwhile: a row that is wrong, its table, what is wrong with it."""


def money_fault(session: Session, signer: Signer) -> Fault | None:
    """Postings against their usage lines and each other, balances against postings, statements against the ledger."""
    return _wallet_fault(session) or _statement_fault(session, signer)


def _wallet_fault(session: Session) -> Fault | None:
    for query, table, what in _WALLETS:
        try:
            wrong = session.scalar(query)
        except UNREADABLE as problem:
            session.rollback()
            return Fault(f"a row of {table}", None, f"{what}, and it cannot be read: {problem}")
        if wrong is not None:
            return Fault(f"{table} [{wrong}]", None, what)
    return None


def _statement_fault(session: Session, signer: Signer) -> Fault | None:
    for issued in rows_of(session, Statement):
        if isinstance(issued, Fault):
            return issued
        try:
            what = _said(session, issued, signer)
        except UNREADABLE as problem:
            what = f"it cannot be read: {problem}"
        if what is not None:
            return Fault(named(issued), None, what)
    return None


def _said(session: Session, issued: Statement, signer: Signer) -> str | None:
    """What is wrong with one statement or the agreement to it."""
    content = json.loads(issued.body)
    if not signer.verify_detached(issued.jws, issued.body, issued.signature_alg or STANDARD.signature_alg):
        return "the platform's signature is not over it"
    if (issued.sha256, issued.total_fen) != (hashlib.sha256(canonical(content)).hexdigest(), content["total_fen"]):
        return "its digest or total is not that of its text"
    if content["lines"] != statement_lines(session, issued.institution_id, Month(issued.month)):
        return "its lines are not those of the ledger"
    paid = paid_from_wallet(session, issued.institution_id, Month(issued.month))
    if content.get("paid_from_wallet_fen", paid) != paid:
        return "what it says of the wallet is not what the wallet paid"
    if "due_fen" in content and content["due_fen"] != content["total_fen"] - paid:
        return "what it says is due is not its total without what the wallet paid"
    agreed = session.get(StatementSignature, (issued.institution_id, issued.month))
    if agreed is not None and (agreed.sha256 != issued.sha256 or not signature_stands(session, issued, agreed)):
        return "the institution's signature is not over it"
    return None
