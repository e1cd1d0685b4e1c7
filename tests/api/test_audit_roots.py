"""Anyone reads signed roots, consistency proofs and the verifier, which then proves a bank's own report."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from httpx import Client

from tests.factories.deployments import Caller, body_of
from tests.factories.lakes import ACME


def test_before_the_first_call_there_is_no_root(http: Client) -> None:
    assert http.get("/v1/audit/roots").json() == {"items": [], "next_cursor": None}
    none = http.get("/v1/audit/roots/latest").json()
    assert (none["code"], "within a minute of the first call" in none["detail"]) == ("unknown-object", True)


def test_a_bank_checks_its_report_with_what_it_downloaded(http: Client, bank: Caller, tmp_path: Path) -> None:
    bank.get(f"/v1/reports/{body_of(bank.report(ACME))['report_id']}/proof")
    kept = http.get("/v1/audit/roots/latest").json()
    sent = [bank.report(ACME) for _ in range(3)][1]
    files = {
        "answer": sent.content,
        "proof": bank.get(f"/v1/reports/{body_of(sent)['report_id']}/proof").content,
        "jwks": http.get("/.well-known/jwks.json").content,
        "old": json.dumps(kept).encode(),
        "consistency": http.get("/v1/audit/consistency", params={"first": kept["size"]}).content,
        "offline.py": http.get("/v1/audit/offline.py").content,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-I", "-S", "offline.py", "answer", "proof", "jwks", "old", "consistency"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith(f"it agrees with your root of {kept['size']}\n")


def test_roots_come_in_pages(http: Client, bank: Caller) -> None:
    for _ in range(2):
        bank.get(f"/v1/reports/{body_of(bank.report(ACME))['report_id']}/proof")
    first = http.get("/v1/audit/roots", params={"limit": 1}).json()
    second = http.get("/v1/audit/roots", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert first["items"][0] == http.get("/v1/audit/roots/latest").json()
    assert second["items"][0]["size"] < first["items"][0]["size"]


def test_a_proof_against_a_root_the_bank_holds(http: Client, bank: Caller) -> None:
    proof = f"/v1/reports/{body_of(bank.report(ACME))['report_id']}/proof"
    size = bank.get(proof).json()["root"]["size"]
    later = f"/v1/reports/{body_of(bank.report(ACME))['report_id']}/proof"
    assert bank.get(later).json()["root"]["size"] == size + 1
    assert bank.get(proof, params={"root_size": size}).json()["root"]["size"] == size
    assert bank.get(later, params={"root_size": size}).json()["code"] == "invalid-input"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        pytest.param({}, 422, "malformed-request", id="no first"),
        pytest.param({"first": -1}, 422, "malformed-request", id="less than nothing"),
        pytest.param({"first": 10**30}, 422, "malformed-request", id="more than there can be"),
        pytest.param({"first": 999_999}, 404, "unknown-object", id="never signed"),
    ],
)
def test_an_impossible_question(http: Client, asked: dict[str, int], status: int, code: str) -> None:
    answer = http.get("/v1/audit/consistency", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
