"""Freed memory goes back to the system; what is held for good costs the collector nothing."""

import gc
import os
import platform
import weakref
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bureau.heap import give_back, hold_for_good
from tests.bench.machine import anonymous_kib


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked to give memory back")
def test_what_many_directories_of_files_took_is_given_back(tmp_path: Path) -> None:
    pq.write_table(pa.table({f"c{number}": range(100) for number in range(40)}), tmp_path / "x", row_group_size=2)
    read = [pq.read_metadata(tmp_path / "x") for _ in range(50)]
    held = anonymous_kib(os.getpid())
    above = [pq.read_metadata(tmp_path / "x")]  # lies after what is freed now, as in a process that goes on
    del read
    give_back()
    assert above[0].num_row_groups == 50
    assert anonymous_kib(os.getpid()) < held - 20 * 1024


class _Ring:
    """Garbage only the collector finds: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_held_for_good_is_gone_through_no_more() -> None:
    garbage = weakref.ref(_Ring())
    held: list[dict[str, int]] = [{} for _ in range(1000)]
    try:
        hold_for_good()
        assert garbage() is None
        assert gc.get_freeze_count() >= len(held)
        assert len(gc.get_objects()) < 1000
    finally:
        gc.unfreeze()
