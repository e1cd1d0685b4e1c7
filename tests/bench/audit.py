"""The audit log measured: a root over many leaves built as they come, proofs made and verified.

The leaves are bare: without calls behind them, for the tree reads nothing else.
`python -m tests.bench.audit NAME OPTIONS` runs one work in the home and prints a line of JSON.
"""

import hashlib
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import Engine, select

from api.audit.merkle import inclusion_path, merkle_root, root_from_path
from api.audit.sealing import SignedRoot, seal
from api.audit.suites import STANDARD, hash_of
from api.audit.tables import AuditLeaf
from api.audit.tiles import node_reader, stored_span
from api.database import open_ledger_database
from api.signing import Signer, open_signer
from bureau.clock import now
from bureau.settings import Settings

Facts = dict[str, Any]
_HASH = hash_of(STANDARD.hash_alg)
_MINUTE = 1_000
"""New leaves of the last seal: a minute of a busy bureau."""


def seal_log(leaves: int = 1_000_000, seals: int = 100, proofs: int = 500) -> Facts:
    """Grow a log to `leaves`, sealing it on the way; then a minute more, then proofs, then the whole tree anew.

    seconds, cpu: of all seals but the last.
    """
    home = Settings().home
    engine, signer = open_ledger_database(Settings().ledger_url), open_signer(home, "answers")
    wall = cpu = 0.0
    for grown in range(1, seals + 1):
        _append(engine, leaves * grown // seals)
        begun = time.perf_counter(), time.process_time()
        seal(engine, signer, now())
        wall, cpu = wall + time.perf_counter() - begun[0], cpu + time.process_time() - begun[1]
    _append(engine, leaves + _MINUTE)
    begun_last = time.perf_counter()
    root = seal(engine, signer, now())
    facts = {"seconds": wall, "cpu": cpu, "leaves": leaves, "seals": seals}
    facts |= {"minute": _MINUTE, "minute_ms": 1e3 * (time.perf_counter() - begun_last)}
    return facts | _proofs(engine, signer, root, proofs) | _anew(engine, root)


def _proofs(engine: Engine, signer: Signer, root: SignedRoot, count: int) -> Facts:
    made, verified = [], []
    with engine.connect() as connection:
        for turn in range(count):
            number = turn * 7919 % root.size
            begun = time.perf_counter()
            path = inclusion_path(stored_span(node_reader(connection, root.hash_alg), _HASH), number, root.size)
            made.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            found = root_from_path(_HASH, _leaf(number), number, root.size, path)
            if found is None or found.hex() != root.root or signer.verify(root.jws) is None:
                raise SystemExit(f"the proof of leaf {number} does not hold")
            verified.append(time.perf_counter() - begun)
    return {"steps": len(path)} | _percentiles("made", made) | _percentiles("verified", verified)


def _anew(engine: Engine, root: SignedRoot) -> Facts:
    """What every root cost without stored nodes."""
    begun = time.perf_counter()
    with engine.connect() as connection:
        found = merkle_root(_HASH, connection.scalars(select(AuditLeaf.leaf).order_by(AuditLeaf.number)).all())
    if found.hex() != root.root:
        raise SystemExit("the tree that grew has another root than the whole one")
    return {"anew": time.perf_counter() - begun}


def _percentiles(name: str, took: list[float]) -> Facts:
    ordered = sorted(took)
    return {
        f"{name}_p50_ms": 1e3 * ordered[len(ordered) // 2],
        f"{name}_p99_ms": 1e3 * ordered[int(len(ordered) * 0.99)],
    }


def _append(engine: Engine, size: int) -> None:
    """Leaves up to a size."""
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        (begun,) = connection.execute("SELECT coalesce(max(number), -1) + 1 FROM audit_leaf").fetchone()
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO audit_leaf VALUES (?, ?, 'SHA-256', ?, ?, ?, ?, ?)", _rows(begun, size))
        connection.execute("COMMIT")


def _rows(first: int, last: int) -> Iterator[tuple[Any, ...]]:
    empty = bytes(32)
    for number in range(first, last):
        yield number, f"bench-{number:032}", empty, empty, number, _leaf(number), empty


def _leaf(number: int) -> bytes:
    return hashlib.sha256(b"\x00" + number.to_bytes(8, "big")).digest()


WORKS: dict[str, Callable[..., Facts]] = {"seal_log": seal_log}

if __name__ == "__main__":
    print(json.dumps(WORKS[sys.argv[1]](**json.loads(sys.argv[2]))))
