"""Check one answer of the credit bureau against its signed audit log, alone: standard library only, no network.

    python offline.py ANSWER.json PROOF.json JWKS.json [OLD_ROOT.json CONSISTENCY.json]

ANSWER       the answer exactly as it was received
PROOF        GET /v1/reports/{report_id}/proof
JWKS         GET /.well-known/jwks.json, fetched once and kept: whoever has its keys is trusted, and nothing else is
OLD_ROOT     a root kept earlier, from GET /v1/audit/roots/latest or from an earlier proof
CONSISTENCY  GET /v1/audit/consistency?first=(size of the smaller root)&second=(size of the larger)

One line is printed. Exit code 0: genuine. 1: something does not follow, the line says what. 2: a file cannot be read.
With OLD_ROOT it is also shown that the log was only added to since. This file repeats on purpose what the platform
computes (RFC 6962, 8032, 8785, 9162): it shares no code with it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

Hash = Callable[[bytes], bytes]
HASHES = {"SHA-256": "sha256", "SHA3-256": "sha3_256", "SM3": "sm3"}
"""By the name a leaf or root carries: Python's name, which is also the key of the digest in an answer's `evidence`."""
ROOT_FIELDS = ("size", "root", "head", "hash_alg", "signature_alg", "signed_at")


class Unreadable(Exception):
    """A file is not what it should be."""


class Forged(Exception):
    """Something does not follow from what was signed."""


def require(holds: bool, otherwise: str) -> None:
    """Go on only where it holds."""
    if not holds:
        raise Forged(otherwise)


# Reading


def read(path: str) -> dict[str, Any]:
    """A JSON object whose every name stands once: two readers can then not read it in two ways."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as plain as it can be
            found = json.loads(file.read().decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (OSError, ValueError, RecursionError) as problem:
        raise Unreadable(f"{path}: {problem}") from problem
    if not isinstance(found, dict):
        raise Unreadable(f"{path} holds no JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def digest_of(text: str) -> bytes:
    """32 bytes from hexadecimal, which has one spelling."""
    found = bytes.fromhex(text)
    if len(found) != 32 or found.hex() != text:
        raise ValueError(f"{text!r} is no digest of 32 bytes")
    return found


def whole(number: Any) -> int:
    """A whole number from 0 on; true and false are none."""
    if type(number) is not int or not 0 <= number < 2**63:
        raise ValueError(f"{number!r} is no whole number")
    return number


def hash_named(name: str) -> Hash:
    """The hash a leaf or root names."""
    if name not in HASHES:
        raise ValueError(f"no known hash is called {name!r}")
    return lambda data: hashlib.new(HASHES[name], data).digest()


def segment(text: str) -> bytes:
    """Bytes from base64url without padding, which has one spelling."""
    found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if urlsafe_b64encode(found).decode().rstrip("=") != text:
        raise ValueError("a signature is not spelt as it must be")
    return found


# Canonical JSON (RFC 8785)


def canonical(value: Any) -> str:
    """The one spelling of a JSON value."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, int) and abs(value) >= 2**53:
        raise ValueError(f"{value} is larger than JSON numbers are exact")
    return json.dumps(value, ensure_ascii=False)


def number_text(value: float) -> str:
    """A number as ECMAScript writes it: the fewest digits that read back as the same."""
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    if value == 0:
        return "0"
    sign, figures, exponent = Decimal(repr(value)).as_tuple()
    point = len(figures) + int(exponent)
    digits = "".join(map(str, figures)).rstrip("0")
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if digits[1:] else "") + f"e{point - 1:+}"
    return "-" * sign + text


# Merkle tree (RFC 6962, RFC 9162)


def root_from_path(h: Hash, leaf: bytes, number: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf and its path lead to (RFC 9162, 2.1.3.2)."""
    require(number < size, "the leaf is numbered beyond the log")
    last, node = size - 1, leaf
    for sibling in path:
        require(last > 0, "the path is too long for the log")
        if number & 1 or number == last:
            node = h(b"\x01" + sibling + node)
            while number and not number & 1:
                number, last = number // 2, last // 2
        else:
            node = h(b"\x01" + node + sibling)
        number, last = number // 2, last // 2
    require(last == 0, "the path is too short for the log")
    return node


def is_prefix(h: Hash, first: int, second: int, first_root: bytes, second_root: bytes, path: list[bytes]) -> bool:
    """Whether the log of `second` leaves begins with that of `first` (RFC 9162, 2.1.4.2)."""
    if first == 0:
        return not path and first_root == h(b"")
    if first == second:
        return not path and first_root == second_root
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number // 2, last // 2
    steps = [first_root, *path] if first & (first - 1) == 0 else path
    if not path:
        return False
    earlier = later = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            earlier, later = h(b"\x01" + sibling + earlier), h(b"\x01" + sibling + later)
            while number and not number & 1:
                number, last = number // 2, last // 2
        else:
            later = h(b"\x01" + later + sibling)
        number, last = number // 2, last // 2
    return last == 0 and earlier == first_root and later == second_root


# Ed25519 (RFC 8032), verification only

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]
"""x = X/Z, y = Y/Z, T = XY/Z."""
NEUTRAL: Point = (0, 1, 1, 0)


def add(one: Point, other: Point) -> Point:
    """The sum of two points; also of one with itself."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: Point) -> Point:
    """A multiple of a point. Nothing here is secret, so it may take as long as it takes."""
    total = NEUTRAL
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor // 2
    return total


def point_of(encoded: bytes) -> Point | None:
    """The point that 32 bytes stand for, if any; each has one spelling."""
    number = int.from_bytes(encoded, "little")
    y, odd = number & (2**255 - 1), number >> 255
    if len(encoded) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def encoded_point(point: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def ed25519_holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature is over a message."""
    public = point_of(key)
    factor = int.from_bytes(signature[32:], "little")
    if public is None or BASE is None or len(signature) != 64 or factor >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    negative = (P - public[0], public[1], public[2], P - public[3])
    return encoded_point(add(times(factor, BASE), times(challenge, negative))) == signature[:32]


# What is checked


def check_root(root: dict[str, Any], keys: dict[str, Any], name: str) -> None:
    """A root is signed, as it stands, with a key of the set."""
    whole(root["size"])
    header_text, payload, signature = root["jws"].split(".")
    header = json.loads(segment(header_text), object_pairs_hook=_once)
    require(header.get("typ") == "audit-root+json", f"what signs {name} is a signature of something else")
    require(header.get("alg") == root["signature_alg"] == "Ed25519", f"{name} is not signed by Ed25519")
    found = [key for key in keys["keys"] if key.get("kid") == header.get("kid") and key.get("crv") == "Ed25519"]
    require(len(found) == 1, f"{name} is signed with a key that is not in the key set")
    message = f"{header_text}.{payload}".encode()
    require(
        ed25519_holds(segment(found[0]["x"]), segment(signature), message),
        f"the signature of {name} does not hold",
    )
    claims = json.dumps({field: root[field] for field in ROOT_FIELDS}, separators=(",", ":"))
    require(segment(payload) == claims.encode(), f"what was signed is not {name} as it stands")


def check_answer(answer: dict[str, Any], proof: dict[str, Any]) -> None:
    """The proof is about this answer, byte for byte of its canonical form."""
    content = {name: value for name, value in answer.items() if name != "evidence"}
    digest, evidence = digest_of(proof["digest"]), answer["evidence"]
    computed = hash_named(proof["hash_alg"])(canonical(content).encode())
    require(computed == digest, "the answer was changed: its digest is not the one in the log")
    require(answer["report_id"] == proof["call_id"], "the proof is of another answer")
    shown = {HASHES[proof["hash_alg"]]: digest.hex(), "call_id": proof["call_id"], "leaf": proof["number"]}
    require(evidence == shown, "the answer's evidence is not what the proof says")


def check_inclusion(proof: dict[str, Any]) -> None:
    """The facts of the proof give its leaf, and the leaf its root."""
    micros = whole(proof["committed_micros"])
    instant = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)  # noqa: UP017 - older Pythons
    require(datetime.fromisoformat(proof["committed_at"]) == instant, "the proof names two instants")
    facts = proof["call_id"].encode() + digest_of(proof["digest"]) + micros.to_bytes(8, "big")
    leaf = hash_named(proof["hash_alg"])(b"\x00" + facts)
    require(leaf == digest_of(proof["leaf"]), "the leaf does not follow from call, digest and instant")
    root, path = proof["root"], [digest_of(node) for node in proof["path"]]
    found = root_from_path(hash_named(root["hash_alg"]), leaf, whole(proof["number"]), whole(root["size"]), path)
    require(found == digest_of(root["root"]), "the answer is not in the log that was signed")


def check_consistency(old: dict[str, Any], new: dict[str, Any], consistency: dict[str, Any]) -> None:
    """The larger of two roots is of a log that begins with the smaller one's."""
    first, second = sorted((old, new), key=lambda root: whole(root["size"]))
    sizes = consistency["first"]["size"], consistency["second"]["size"]
    require(sizes == (first["size"], second["size"]), "the consistency proof is between roots of other sizes")
    require(first["hash_alg"] == second["hash_alg"], "the roots are of trees under different hashes")
    path = [digest_of(node) for node in consistency["path"]]
    roots = digest_of(first["root"]), digest_of(second["root"])
    holds = is_prefix(hash_named(first["hash_alg"]), first["size"], second["size"], *roots, path)
    require(holds, "the log was rewritten since your earlier root, or the consistency proof is wrong; keep both roots")


def check(paths: list[str]) -> str:
    """The verdict on genuine files; raises `Forged` and `Unreadable`."""
    if len(paths) not in (3, 5):
        raise Unreadable("usage: offline.py ANSWER.json PROOF.json JWKS.json [OLD_ROOT.json CONSISTENCY.json]")
    answer, proof, keys, *earlier = map(read, paths)
    try:
        root = proof["root"]
        check_answer(answer, proof)
        check_inclusion(proof)
        check_root(root, keys, "the root")
        said = f"{proof['call_id']} is leaf {proof['number']} of the log of {root['size']} signed {root['signed_at']}"
        if earlier:
            check_root(earlier[0], keys, "the earlier root")
            check_consistency(earlier[0], root, earlier[1])
            said += f"; it agrees with your root of {earlier[0]['size']}"
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as problem:
        raise Unreadable(f"a file is not in the form it should have: {problem!r}") from problem
    return said


def main(paths: list[str]) -> int:
    """One line and an exit code."""
    try:
        said, code = f"genuine: {check(paths)}", 0
    except Forged as problem:
        said, code = f"NOT GENUINE: {problem}", 1
    except Unreadable as problem:
        said, code = f"unreadable: {problem}", 2
    sys.stdout.write(said + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
