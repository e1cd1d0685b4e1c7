"""The verifier a bank runs alone: on genuine files, and on every kind of forgery, in a process with nothing else."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from api.audit import offline
from api.audit.merkle import consistency_path, inclusion_path, merkle_root
from api.audit.proofs import prove, prove_consistency
from api.audit.sealing import seal
from api.audit.suites import HASHES
from api.metering.ledger import Receipt
from api.signing import jwks, open_signer
from tests.factories.ledger import NOON, draft, open_books, sqlite_ledger

Files = dict[str, Any]
NAMES = ("answer", "proof", "jwks", "old_root", "consistency")


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What a bank has of its answer, of a root it kept at 5 leaves, and of the log of 13 now."""
    home = Path(tmp_path_factory.mktemp("home"))
    books = open_books(sqlite_ledger(home), home)
    first = books.submit(*(draft(books.bank, f"key-{n}") for n in range(5)))
    old = seal(books.engine, books.signer, NOON)
    later = books.submit(*(draft(books.bank, f"later-{n}") for n in range(8)))
    given, other = first[2], later[0]
    assert isinstance(given, Receipt)
    assert isinstance(other, Receipt)
    seal(books.engine, books.signer, NOON)
    with books.engine.connect() as connection:
        consistency = prove_consistency(connection, books.signer.suite, old.size)
    files = {
        "answer": json.loads(given.body),
        "proof": asdict(prove(books.engine, books.signer, given.call_id, at=NOON)),
        "jwks": jwks(books.signer),
        "old_root": asdict(old),
        "consistency": asdict(consistency),
        "other proof": asdict(prove(books.engine, books.signer, other.call_id, at=NOON)),
        "strange keys": jwks(open_signer(home, "strange")),
        "answer jws": given.jws,
        "signer": books.signer,
    }
    books.ledger.close()
    books.engine.dispose()
    return files | {name: json.loads(json.dumps(files[name])) for name in (*NAMES, "other proof")}


def run(folder: Path, files: Files, names: tuple[str, ...] = NAMES) -> tuple[int, str]:
    """Exit code and line of the verifier, with no package, no path and no environment of ours."""
    paths = []
    for name in names:
        path = folder / f"{name}.json"
        held = files[name]
        path.write_bytes(held if isinstance(held, bytes) else json.dumps(held, ensure_ascii=False).encode())
        paths.append(str(path))
    command = [sys.executable, "-I", "-S", str(Path(offline.__file__)), *paths]
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": ""}, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    return done.returncode, done.stdout.strip()


def check(folder: Path, files: Files, names: tuple[str, ...] = NAMES) -> tuple[int, str]:
    """The same in this process: the file shares nothing with it, and a process costs a tenth of a second."""
    for name in names:
        held = files[name]
        (folder / name).write_bytes(held if isinstance(held, bytes) else json.dumps(held, ensure_ascii=False).encode())
    try:
        return 0, offline.check([str(folder / name) for name in names])
    except offline.Forged as problem:
        return 1, str(problem)
    except offline.Unreadable as problem:
        return 2, str(problem)


def test_a_genuine_answer(tmp_path: Path, genuine: Files) -> None:
    code, said = run(tmp_path, genuine, NAMES[:3])
    call, signed_at = genuine["answer"]["report_id"], genuine["proof"]["root"]["signed_at"]
    assert (code, said) == (0, f"genuine: {call} is leaf 2 of the log of 13 signed {signed_at}")


def test_a_genuine_answer_in_a_log_that_goes_on_from_the_root_the_bank_kept(tmp_path: Path, genuine: Files) -> None:
    code, said = run(tmp_path, genuine)
    assert code == 0
    assert said.endswith("it agrees with your root of 5")


def test_a_root_that_is_newer_than_the_proof_agrees_too(tmp_path: Path, genuine: Files) -> None:
    newer = genuine | {"old_root": genuine["consistency"]["second"]}
    same = newer | {"consistency": genuine["consistency"] | {"first": newer["old_root"], "path": []}}
    assert check(tmp_path, same)[0] == 0
    assert check(tmp_path, newer)[0] == 1


def test_a_forgery_ends_with_1_and_rubbish_with_2(tmp_path: Path, genuine: Files) -> None:
    forged = genuine | {"answer": genuine["answer"] | {"outcome": "not_found"}}
    code, said = run(tmp_path, forged)
    assert (code, said) == (1, "NOT GENUINE: the answer was changed: its digest is not the one in the log")
    code, said = run(tmp_path, genuine | {"proof": b"<html>"})
    assert code == 2
    assert said.startswith("unreadable: ")
    assert run(tmp_path, genuine, NAMES[:4]) == (
        2,
        "unreadable: usage: offline.py ANSWER.json PROOF.json JWKS.json [OLD_ROOT.json CONSISTENCY.json]",
    )


def test_the_file_is_python_that_banks_still_have() -> None:
    tree = ast.parse(Path(offline.__file__).read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).split(".")[0] for name in imported} <= sys.stdlib_module_names


def change(*place: Any, to: Any) -> Callable[[Files], None]:
    """Puts another value at a place."""

    def changed(files: Files) -> None:
        *way, last = place
        held = files
        for step in way:
            held = held[step]
        held[last] = to(held[last]) if callable(to) else to

    return changed


def both(*changes: Callable[[Files], None]) -> Callable[[Files], None]:
    def changed(files: Files) -> None:
        for each in changes:
            each(files)

    return changed


def flipped(text: str) -> str:
    """Hexadecimal with its last bit changed."""
    return text[:-1] + format(int(text[-1], 16) ^ 1, "x")


FORGERIES = [
    pytest.param(change("answer", "result", "score", to=689), "answer was changed", id="a score"),
    pytest.param(change("answer", "subject", "name", to="别的公司"), "answer was changed", id="a name"),
    pytest.param(change("answer", "charge", "amount_fen", to=1), "answer was changed", id="a charge"),
    pytest.param(change("answer", "extra", to=1), "answer was changed", id="a field put in"),
    pytest.param(change("answer", "report_id", to="x"), "answer was changed", id="a number of a report"),
    pytest.param(change("answer", "evidence", "leaf", to=3), "evidence", id="another leaf in the answer"),
    pytest.param(change("answer", "evidence", "sha256", to=flipped), "evidence", id="another digest in the answer"),
    pytest.param(lambda f: f.update(proof=f["other proof"]), "answer was changed", id="the proof of another answer"),
    pytest.param(change("proof", "call_id", to="x"), "another answer", id="a proof for another call"),
    pytest.param(change("proof", "digest", to=flipped), "answer was changed", id="a digest"),
    pytest.param(change("proof", "hash_alg", to="SHA3-256"), "answer was changed", id="another hash"),
    pytest.param(change("proof", "committed_micros", to=lambda n: n + 1), "two instants", id="one of two instants"),
    pytest.param(
        both(
            change("proof", "committed_micros", to=lambda n: n + 1),
            change("proof", "committed_at", to="2026-11-23T04:00:00.000001+00:00"),
        ),
        "leaf does not follow",
        id="an instant",
    ),
    pytest.param(change("proof", "leaf", to=flipped), "leaf does not follow", id="a leaf"),
    pytest.param(
        both(change("proof", "number", to=3), change("answer", "evidence", "leaf", to=3)),
        "not in the log",
        id="another place",
    ),
    pytest.param(
        both(change("proof", "number", to=13), change("answer", "evidence", "leaf", to=13)),
        "beyond the log",
        id="a place beyond the log",
    ),
    pytest.param(change("proof", "path", 1, to=flipped), "not in the log", id="a step of the path"),
    pytest.param(change("proof", "path", to=lambda path: path[:-1]), "too short", id="a path cut off"),
    pytest.param(change("proof", "path", to=lambda path: [*path, "00" * 32]), "too long", id="a path made longer"),
    pytest.param(change("proof", "root", "root", to=flipped), "not in the log", id="a root"),
    pytest.param(change("proof", "root", "head", to=flipped), "not the root as it stands", id="a head"),
    pytest.param(change("proof", "root", "signed_at", to="2027"), "not the root as it stands", id="an hour of signing"),
    pytest.param(change("proof", "root", "hash_alg", to="SHA3-256"), "not in the log", id="a root of another hash"),
    pytest.param(change("proof", "root", "signature_alg", to="none"), "not signed by Ed25519", id="no signature"),
    pytest.param(
        lambda f: f["proof"]["root"].update(jws=f["signer"].sign(b"{}")),
        "of something else",
        id="a signature of no root",
    ),
    pytest.param(
        lambda f: f["proof"]["root"].update(jws=f["signer"].sign(b"{}", typ="audit-root+json")),
        "not the root as it stands",
        id="a signature over another root",
    ),
    pytest.param(
        change("proof", "root", "jws", to=lambda jws: jws[:-10] + ("A" if jws[-10] != "A" else "B") + jws[-9:]),
        "signature of the root does not hold",
        id="a signature changed",
    ),
    pytest.param(lambda f: f.update(jwks=f["strange keys"]), "not in the key set", id="somebody else's keys"),
    pytest.param(
        lambda f: (
            f["strange keys"]["keys"][0].update(kid=f["jwks"]["keys"][0]["kid"]) or f.update(jwks=f["strange keys"])
        ),
        "signature of the root does not hold",
        id="somebody else's key under our name",
    ),
    pytest.param(change("old_root", "root", to=flipped), "not the earlier root", id="an earlier root changed"),
    pytest.param(lambda f: f.update(old_root=f["proof"]["root"]), "of other sizes", id="another earlier root"),
    pytest.param(change("consistency", "first", "size", to=4), "of other sizes", id="a proof between other sizes"),
    pytest.param(change("consistency", "path", 0, to=flipped), "rewritten", id="a step of the consistency proof"),
    pytest.param(change("consistency", "path", to=lambda path: path[1:]), "rewritten", id="a step left out"),
    pytest.param(change("consistency", "path", to=lambda path: [*path, "00" * 32]), "rewritten", id="a step too many"),
]


@pytest.mark.parametrize(("forge", "verdict"), FORGERIES)
def test_a_forgery_is_told(tmp_path: Path, genuine: Files, forge: Callable[[Files], None], verdict: str) -> None:
    signer = genuine["signer"]
    files = deepcopy({name: held for name, held in genuine.items() if name != "signer"}) | {"signer": signer}
    forge(files)
    code, said = check(tmp_path, files)
    assert code == 1, said
    assert verdict in said


def test_a_log_that_was_rewritten_and_signed_again_does_not_go_on_from_the_root_the_bank_kept(
    tmp_path: Path, genuine: Files
) -> None:
    """The platform itself changes an early leaf, computes all anew and signs: only the kept root tells."""
    h, proof = HASHES["SHA-256"], deepcopy(genuine["proof"])
    leaves = [bytes([n]) * 32 for n in range(13)]
    leaves[2] = bytes.fromhex(proof["leaf"])

    def span(first: int, last: int) -> bytes:
        return merkle_root(h, leaves[first:last])

    root = proof["root"] | {"root": span(0, 13).hex()}
    claims = {field: root[field] for field in offline.ROOT_FIELDS}
    root["jws"] = genuine["signer"].sign(json.dumps(claims, separators=(",", ":")).encode(), typ="audit-root+json")
    proof |= {"root": root, "path": [node.hex() for node in inclusion_path(span, 2, 13)]}
    path = [node.hex() for node in consistency_path(span, 5, 13)]
    files = genuine | {"proof": proof, "consistency": genuine["consistency"] | {"second": root, "path": path}}
    assert check(tmp_path, files, NAMES[:3])[0] == 0
    code, said = check(tmp_path, files)
    assert code == 1
    assert "the log was rewritten since your earlier root" in said


@pytest.mark.parametrize(
    ("name", "held"),
    [
        pytest.param("answer", b"", id="an empty file"),
        pytest.param("answer", b"[]", id="no object"),
        pytest.param("answer", b'{"a": 1, "a": 2}', id="a name that stands twice"),
        pytest.param("answer", b'{"evidence": {}, "n": NaN}', id="no number"),
        pytest.param("answer", b'{"evidence": {}, "n": 1e999}', id="a number too large"),
        pytest.param("answer", b'{"evidence": {}, "n": 9007199254740993}', id="an integer too large"),
        pytest.param("answer", b"[" * 100_000, id="too deep"),
        pytest.param("answer", b"\xff\xfe", id="no text"),
        pytest.param("proof", b"{}", id="no proof"),
        pytest.param("jwks", b'{"keys": 1}', id="no keys"),
        pytest.param("old_root", b'{"size": "5"}', id="no root"),
        pytest.param("consistency", b"{}", id="no consistency"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, genuine: Files, name: str, held: bytes) -> None:
    assert check(tmp_path, genuine | {name: held})[0] == 2


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(("number",), True, id="true for a number"),
        pytest.param(("number",), -1, id="less than nothing"),
        pytest.param(("committed_micros",), 1.5, id="a part of a microsecond"),
        pytest.param(("digest",), "AB" * 32, id="capitals"),
        pytest.param(("digest",), "ab" * 31, id="a short digest"),
        pytest.param(("path",), ["zz" * 32], id="no hexadecimal"),
        pytest.param(("hash_alg",), "MD5", id="a hash nobody knows"),
        pytest.param(("root", "size"), "13", id="text for a size"),
        pytest.param(("root", "jws"), "a.b", id="two parts of three"),
        pytest.param(("root", "jws"), None, id="no signature"),
    ],
)
def test_what_has_the_wrong_form_is_never_genuine(
    tmp_path: Path, genuine: Files, place: tuple[str, ...], value: Any
) -> None:
    files = genuine | {"proof": deepcopy(genuine["proof"])}
    change("proof", *place, to=value)(files)
    assert check(tmp_path, files, NAMES[:3])[0] in (1, 2)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_as_by_another_implementation(value: float) -> None:
    assert offline.canonical(value).encode() == rfc8785.dumps(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_values_are_written_as_by_another_implementation(value: Any) -> None:
    assert offline.canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [
        pytest.param(
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            id="test 1 of RFC 8032",
        ),
        pytest.param(
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            id="test 2",
        ),
        pytest.param(
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            id="test 3",
        ),
        pytest.param(
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
            id="test SHA(abc)",
        ),
    ],
)
def test_the_examples_of_rfc_8032(key: str, message: str, signature: str) -> None:
    public, said, signed = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
    assert offline.ed25519_holds(public, signed, said)
    assert not offline.ed25519_holds(public, signed, said + b"x")
    assert not offline.ed25519_holds(public, signed[:-1], said)
    assert not offline.ed25519_holds(bytes(31), signed, said)
    larger = int.from_bytes(signed[32:], "little") + offline.ORDER
    assert not offline.ed25519_holds(public, signed[:32] + larger.to_bytes(32, "little"), said), "one signature each"


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511))
def test_signatures_are_checked_as_by_another_implementation(secret: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert offline.ed25519_holds(public, signature, message)
    wrong = bytearray(signature)
    wrong[bit // 8] ^= 1 << bit % 8
    assert not offline.ed25519_holds(public, bytes(wrong), message)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param((2**255 - 19).to_bytes(32, "little"), id="y is the prime"),
        pytest.param((2).to_bytes(32, "little"), id="no point has this y"),
        pytest.param((1 | 1 << 255).to_bytes(32, "little"), id="minus zero"),
    ],
)
def test_no_point_has_a_second_spelling(encoded: bytes) -> None:
    assert offline.point_of(encoded) is None
