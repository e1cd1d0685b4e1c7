"""Deliveries are judged beside the thread that stores them, in their order, and never far ahead."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bureau.errors import UnreadableFile
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.delivery import Delivery, read_delivery
from features.lake.judging import judged_ahead
from features.lake.landing import land_judged
from tests.factories.lakes import ACME, deliver, instant, known, make_lake
from tests.factories.tax import tax_arrears

AT = instant("2025-07-01")


def paths(folder: Path, count: int) -> list[Path]:
    """Deliveries of one arrears each; each is a version after the one before."""
    return [
        deliver(TAX_ARREARS, [tax_arrears(ACME, version=n, op="U", arrears_fen=n)], folder / str(n)).path
        for n in range(1, count + 1)
    ]


def test_deliveries_land_in_their_order(tmp_path: Path) -> None:
    lake, sent = make_lake(tmp_path), paths(tmp_path, 5)
    landed = [land_judged(lake, one, links=False) for one in judged_ahead(sent, read_delivery, AT)]
    assert [one.snapshot for one in landed] == [1, 2, 3, 4, 5]
    assert known(lake, TAX_ARREARS, "2025-07-01")["arrears_fen"].to_list() == [5]


def test_one_delivery_is_read_ahead_and_no_more(tmp_path: Path) -> None:
    read: list[Path] = []

    def noted(path: Path) -> Delivery:
        read.append(path)
        return read_delivery(path)

    lake, sent = make_lake(tmp_path), paths(tmp_path, 5)
    for number, judging in enumerate(judged_ahead(sent, noted, AT), start=1):
        land_judged(lake, judging, links=False)
        assert len(read) <= number + 1


def test_what_is_wrong_with_the_next_is_told_after_this_one_landed(tmp_path: Path) -> None:
    lake, sent = make_lake(tmp_path), paths(tmp_path, 2)
    sent[1].write_bytes(b"PAR1 cut short")
    landed = []
    with pytest.raises(UnreadableFile):
        landed.extend(land_judged(lake, one, links=False) for one in judged_ahead(sent, read_delivery, AT))
    assert lake.snapshot() == 1


def test_a_source_that_fails_stops_the_load_and_keeps_what_landed(tmp_path: Path) -> None:
    def failing() -> Iterator[Path]:
        yield from paths(tmp_path, 1)
        raise OSError("no space left")

    lake = make_lake(tmp_path)
    with pytest.raises(OSError, match="no space left"):
        for judging in judged_ahead(failing(), read_delivery, AT):
            land_judged(lake, judging, links=False)
    assert lake.snapshot() == 1


def test_nothing_to_land(tmp_path: Path) -> None:
    assert list(judged_ahead([], read_delivery, AT)) == []
    assert make_lake(tmp_path).snapshot() == 0
