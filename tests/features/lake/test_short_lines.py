"""A line of a CSV file that ended early keeps its row waiting; an empty one is no row."""

from pathlib import Path

import pytest

from bureau.errors import UnreadableFile
from features.contracts.penalty import PENALTY
from features.lake.delivery import read_delivery
from features.lake.lake import Lake
from features.lake.landing import Landed, land
from features.lake.quarantine import list_waiting
from features.lake.replay import Replayed, replay
from features.lake.short_lines import CUT
from features.lake.tabular import open_table
from tests.factories.lakes import ACME, BETA, frame_of, instant, known, make_lake
from tests.factories.penalties import penalty

LINES = frame_of(PENALTY, [penalty(ACME), penalty(BETA)]).write_csv().splitlines()
COLUMNS = len(PENALTY.dtypes)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path)


def land_text(lake: Lake, text: str) -> Landed:
    path = lake.root.parent / "x.csv"
    path.write_bytes(text.encode())
    return land(lake, read_delivery(path, "F34"), received_at=instant("2025-07-01"))


def cells(folder: Path, text: str) -> list[tuple[str | None, ...]]:
    path = folder / "x.csv"
    path.write_bytes(text.encode())
    return open_table(path).frame.rows()


@pytest.mark.parametrize("lost", [1, 3, COLUMNS - 1])
def test_a_line_cut_after_a_cell_waits_and_no_retry_lets_it_in(lake: Lake, lost: int) -> None:
    header, acme, beta = LINES
    landed = land_text(lake, "\n".join([header, acme.rsplit(",", lost)[0], beta]))
    assert (landed.rows, landed.landed, landed.quarantined) == (2, 1, 1)
    told = ("cell", f"its line has {COLUMNS - lost} of {COLUMNS} cells")
    assert [(row.code, row.reason) for row in list_waiting(lake)] == [told]
    assert replay(lake, at=instant("2025-07-02")) == Replayed(waiting=1)
    assert [(row.code, row.reason) for row in list_waiting(lake)] == [told]
    assert known(lake, PENALTY, "2025-07-02")["uscc"].to_list() == [BETA]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_empty_lines_are_no_rows(lake: Lake, end: str) -> None:
    landed = land_text(lake, end + (2 * end).join(LINES) + 3 * end)
    assert (landed.rows, landed.landed) == (2, 2)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("1,2,", [("1", "2", None)], id="an empty last cell"),
        pytest.param("1,2", [("1", "2", CUT)], id="no last cell"),
        pytest.param("1,2\r\n", [("1", "2", CUT)], id="no last cell before a carriage return"),
        pytest.param('1,"2,\n\n3",', [("1", "2,\n\n3", None)], id="a comma and empty lines within quotes"),
        pytest.param('1,"2,3"', [("1", "2,3", CUT)], id="a comma within quotes is no cell"),
        pytest.param('"1,""2",""', [('1,"2', None, CUT)], id="a quote within quotes"),
        pytest.param('5" 管,6" 管,', [('5" 管', '6" 管', None)], id="inches are no quotes"),
        pytest.param("  ", [("  ", CUT, CUT)], id="a line of blanks is not empty"),
        pytest.param(",,", [(None, None, None)], id="cells without a text"),
        pytest.param("\n\n", [], id="empty lines alone"),
    ],
)
def test_what_a_line_has_and_what_it_lacks(tmp_path: Path, text: str, rows: list[tuple[str | None, ...]]) -> None:
    assert cells(tmp_path, f"a,b,c\n{text}") == rows


def test_lines_are_counted_through_many_blocks(tmp_path: Path) -> None:
    long, quoted = "x" * 5_000, "y,\n" * 2_000
    line = f'{long},"{quoted}",\n'
    found = cells(tmp_path, "a,b,c\n" + 300 * line + "1,2\n\n" + line)
    assert [number for number, row in enumerate(found) if row[2] == CUT] == [300]
    assert len(found) == 302


def test_quotes_that_do_not_pair_leave_open_what_a_line_is(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="its quotes do not pair"):
        cells(tmp_path, 'a,b,c\n1,2,\n3,5" 管,')
