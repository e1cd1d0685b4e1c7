"""The ledger's process is killed in the middle of its work, again and again; nothing is lost or charged twice."""

import json
import subprocess
import sys
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.audit.verification import verify_ledger
from api.database import open_ledger_database
from api.issued import stored_answer
from api.metering.tables import BoundKey, UsageLine
from api.metering.usage import usage_rows
from api.signing import open_signer
from api.tenancy import Tenant, seen_by
from api.vault import open_vault
from tests.factories.ledger import SECRET, Bank, add_bank

ROOT = Path(__file__).parents[3]
KEYS = [f"key-{n:03}" for n in range(250)]
KILLED_AFTER = (60, 5)
"""After how many answers each process is killed; the last one is left to finish."""

Answers = dict[str, tuple[str, str]]
"""key -> (call id, SHA-256 of the bytes) as the caller got them."""


def run(url: str, home: Path, bank: Bank, keys: list[str], killed_after: int | None) -> Answers:
    """What one process answered before it was killed, or in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.factories.ledger_process", url, str(home), json.dumps(asdict(bank))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n".join(keys))
    process.stdin.close()
    answers: Answers = {}
    for line in process.stdout:  # also what it wrote between the kill and its death
        key, call_id, digest = line.split()
        answers[key] = (call_id, digest)
        if len(answers) == killed_after:
            process.kill()
    assert process.wait() == (0 if killed_after is None else -9)
    return answers


def test_every_key_is_charged_once_however_often_the_process_is_killed(ledger_url: str, tmp_path: Path) -> None:
    engine = open_ledger_database(ledger_url)
    bank, signer = add_bank(engine), open_signer(tmp_path, "answers")
    answered: Answers = {}
    for killed_after in (*KILLED_AFTER, None):
        unanswered = [key for key in KEYS if key not in answered]
        got = run(ledger_url, tmp_path, bank, unanswered, killed_after)
        assert got
        assert killed_after is None or len(got) < len(unanswered), "it was killed too late"
        answered |= got
        with Session(engine) as session:
            bound = set(session.scalars(select(BoundKey.key)))
            assert answered.keys() <= bound, "an answer left before it was stored"
            assert verify_ledger(session, signer, open_vault(SECRET)).fault is None

    assert answered.keys() == set(KEYS)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(UsageLine)) == len(KEYS)
        (usage,) = usage_rows(session, [])
        assert (usage["calls"], usage["hits"], usage["charged_fen"]) == (250, 250, 250 * 800)
    with Session(seen_by(engine, Tenant(bank.institution_id))) as session:
        for call_id, digest in answered.values():
            assert sha256(stored_answer(session, open_vault(SECRET), call_id).body).hexdigest() == digest
    engine.dispose()
