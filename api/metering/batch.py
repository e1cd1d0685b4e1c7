"""One transaction: a group of drafts becomes calls, answers, keys, usage lines, counts, payments and leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, select

from api.audit.chain import append_leaf, evidence_of, no_answer, read_tail
from api.audit.suites import hash_of
from api.audit.tables import AuditLeaf
from api.billing.months import closed_until
from api.contracts.in_force import Contracts
from api.jobs.queue import SEND_WEBHOOKS, enqueue
from api.metering.alerting import crossed
from api.metering.answer_text import AnswerText
from api.metering.authority import read_authority
from api.metering.bound import Bound, bound_answers
from api.metering.charging import NO_RULE, Charge, Charging
from api.metering.counting import Counts
from api.metering.draft import ANSWERED, CREATED, Draft, Receipt
from api.metering.inserting import insert_rows
from api.metering.tables import BoundKey, Call, Event, StoredAnswer, UsageLine, WalletEntry
from api.metering.wallet import postings, store_balances
from api.signing import Signer
from api.tables import LedgerTable
from api.vault import Vault
from bureau.errors import AnswerDamaged, BureauError, KeyReused, LedgerUnavailable, NotPermitted

Entered = Receipt | BureauError | None
"""What became of one draft: an answer, a refusal, or a recorded call without an answer."""

_NO_TIME, _MICROSECOND = timedelta(0), timedelta(microseconds=1)
_UNCHARGED = Charge(False, "", 0, 0, "unanswered", NO_RULE)
_CALL_COLUMNS = tuple(column.name for column in Call.__table__.columns if column.name != "committed_at")
_of_a_draft = attrgetter(*("call_id" if column == "id" else column for column in _CALL_COLUMNS))
LINE_COLUMNS = (
    "institution_id",
    "product_code",
    "product_version",
    "purpose",
    "outcome",
    "contract_version_id",
    "model_name",
    "model_version",
    "test",
)
"""What a usage line repeats of its call, so that usage is one query over one table."""

_PRESENT = select(Call.id).where(Call.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class Writing:
    """What a ledger writes with: its keys, and the contracts it has read."""

    signer: Signer
    vault: Vault
    contracts: Contracts


def enter_batch(connection: Connection, drafts: Sequence[Draft], writing: Writing, at: datetime) -> list[Entered]:
    """Append a group inside the exclusive transaction of `connection`; one result a draft, in order.

    at: the instant of the commit, unless the log already ends later or a statement was issued for it: its time never
    runs backwards, also where the clocks of two servers differ.
    """
    batch = _Batch(connection, drafts, writing, at)
    entered = [batch.enter(draft) for draft in drafts]
    batch.insert(connection)
    return entered


class _Batch:
    """The rows of one group while they are gathered."""

    def __init__(self, connection: Connection, drafts: Sequence[Draft], writing: Writing, at: datetime) -> None:
        self.vault, self.sign = writing.vault, writing.signer.signing()
        self.hash_alg, self.signature_alg = writing.signer.suite.hash_alg, writing.signer.suite.signature_alg
        self.tail = read_tail(connection)
        self.now, self.at = at, max(at, self.tail.committed_at, closed_until(connection))
        self.authority = read_authority(connection, drafts, writing.contracts, self.at)
        self.charging = Charging(connection, drafts, self.authority.contracts, self.at)
        self.counts = Counts(self.at)
        self.present = _present_calls(connection, drafts)
        self.bound = _bound_answers(connection, drafts, writing.vault)
        self.rows: dict[type[LedgerTable], list[dict[str, Any]]] = {
            table: [] for table in (Call, StoredAnswer, BoundKey, UsageLine, AuditLeaf, WalletEntry, Event)
        }

    def enter(self, draft: Draft) -> Entered:
        """Gather the rows of one draft. What fails here fails alone."""
        try:
            if draft.outcome not in ANSWERED:
                self._record_once(draft)
                return None
            bound = self.bound.get((draft.institution_id, draft.idempotency_key))
            return self._answer(draft) if bound is None else bound.replay(draft.idempotency_key, draft.request_sha256)
        except NotPermitted as refusal:
            self._record_once(replace(draft, outcome="refused", problem_code=refusal.code))
            return refusal
        except (KeyReused, AnswerDamaged) as problem:
            return problem
        except (TypeError, ValueError) as problem:
            return LedgerUnavailable(f"the answer cannot be written as JSON: {problem}")

    def insert(self, connection: Connection) -> None:
        """Write what was gathered, parents first."""
        for table, rows in self.rows.items():
            insert_rows(connection, table, rows)
        if self.rows[Event]:
            enqueue(connection, SEND_WEBHOOKS)
        self.counts.store(connection)
        store_balances(connection, self.charging.balances)

    def _answer(self, draft: Draft) -> Receipt:
        contract = self.authority.require(draft)
        text = draft.body if isinstance(draft.body, AnswerText) else AnswerText(draft.body)  # or fails, uncharged
        spent = self.charging.spent(draft)
        charge = self.charging.charge(draft, contract)
        shown = charge.shown()
        digest = hash_of(self.hash_alg)(text.hashed(draft.call_id, shown))
        evidence = evidence_of(self.hash_alg, digest, draft.call_id, self.tail.number)
        sent = text.sent(draft.call_id, shown, evidence)
        receipt = Receipt(draft.call_id, CREATED, sent, self.sign(sent))
        self._record(draft, charge, digest, contract.id)
        self._store(draft, receipt)
        if contract.terms.prepaid and not draft.test:
            self.rows[WalletEntry] += postings(draft.call_id, draft.institution_id, charge.amount_fen, self.at)
        self.rows[Event] += crossed(draft, contract.terms.alerts_fen, spent, charge.amount_fen, self.at)
        return receipt

    def _record_once(self, draft: Draft) -> None:
        """A call without an answer: not charged, key not bound; recording it again changes nothing."""
        if draft.call_id not in self.present:
            self._record(draft, _UNCHARGED, no_answer(self.hash_alg), draft.contract_version_id)

    def _record(self, draft: Draft, charge: Charge, digest: bytes, contract_version_id: int | None) -> None:
        call = dict(zip(_CALL_COLUMNS, _of_a_draft(draft), strict=True))
        call |= {"contract_version_id": contract_version_id, "committed_at": self.at}
        line = {column: call[column] for column in LINE_COLUMNS} | {
            "id": draft.call_id,
            "call_id": draft.call_id,
            "kind": "charge",
            "reverses": None,
            "reason": None,
            "rule": charge.rule,
            "basis": charge.basis,
            "calls": 1,
            "units": charge.units,
            "amount_fen": charge.amount_fen,
            # Until the group had its turn, by the clock that received it: the log's time may be another server's.
            "latency_us": max(self.now - draft.received_at, _NO_TIME) // _MICROSECOND,
            "data_age_days": draft.data_age_days,
            "committed_at": self.at,
        }
        leaf, self.tail = append_leaf(self.tail, {"line": line, "call": call}, digest, self.hash_alg)
        self.present.add(draft.call_id)
        self.counts.add(line, charge.origin)
        for table, row in ((Call, call), (UsageLine, line), (AuditLeaf, leaf)):
            self.rows[table].append(row)

    def _store(self, draft: Draft, receipt: Receipt) -> None:
        bound = {
            "institution_id": draft.institution_id,
            "key": draft.idempotency_key,
            "request_sha256": draft.request_sha256,
            "call_id": draft.call_id,
        }
        stored = {
            "call_id": draft.call_id,
            "status": receipt.status,
            "sealed": self.vault.seal(receipt.body, receipt.call_id),
            "jws": receipt.jws,
            "signature_alg": self.signature_alg,
        }
        self.rows[BoundKey].append(bound)
        self.rows[StoredAnswer].append(stored)
        self.bound[draft.institution_id, draft.idempotency_key] = Bound(draft.request_sha256, lambda: receipt)


def _present_calls(connection: Connection, drafts: Sequence[Draft]) -> set[str]:
    """Which of the calls without an answer are on record already."""
    unanswered = [draft.call_id for draft in drafts if draft.outcome not in ANSWERED]
    if not unanswered:
        return set()
    return set(connection.scalars(_PRESENT, {"ids": unanswered}))


def _bound_answers(
    connection: Connection, drafts: Sequence[Draft], vault: Vault
) -> dict[tuple[int, str | None], Bound]:
    answered = [draft for draft in drafts if draft.outcome in ANSWERED]
    institutions = {draft.institution_id for draft in answered}
    return bound_answers(connection, institutions, {draft.idempotency_key for draft in answered}, vault)
