"""The disk is full: calls are refused until there is room again; what was answered is stored, nothing is doubled."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.verification import verify_ledger
from api.metering.ledger import Receipt
from api.metering.recount import recount
from api.metering.tables import BoundKey, UsageLine
from bureau.errors import LedgerUnavailable
from tests.factories.ledger import draft, open_books, sqlite_ledger

GROUP, GROUPS = 40, 60


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[None]:
    """A file system of its own of so many KiB, in memory; skips where none may be mounted."""
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("only root mounts a tmpfs, and not in every container")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_refuses_calls_until_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, kib=2_048):
        books = open_books(sqlite_ledger(disk), tmp_path)
        keys = [f"key-{number}" for number in range(GROUP * GROUPS)]
        answered: set[str] = set()
        for begin in range(0, len(keys), GROUP):
            some = keys[begin : begin + GROUP]
            given = dict(zip(some, books.submit(*(draft(books.bank, key) for key in some)), strict=True))
            answered |= {key for key, one in given.items() if isinstance(one, Receipt)}
            if any(isinstance(one, LedgerUnavailable) for one in given.values()):
                break
        else:
            pytest.fail("the disk did not fill up")
        with Session(books.engine) as session:
            assert answered == set(session.scalars(select(BoundKey.key)))

        subprocess.run(["mount", "-o", "remount,size=65536k", str(disk)], check=True)
        asked = keys[: begin + 2 * GROUP]
        again = books.submit(*(draft(books.bank, key) for key in asked))
        assert [one.replayed for one in again if isinstance(one, Receipt)] == [key in answered for key in asked]
        with Session(books.engine) as session:
            assert list(session.scalars(select(UsageLine.amount_fen))) == [800] * len(asked)
            assert verify_ledger(session, books.signer, books.vault).fault is None
            assert list(recount(session)) == []
        books.ledger.close()
        books.engine.dispose()
