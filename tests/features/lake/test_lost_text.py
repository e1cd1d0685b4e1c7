"""Texts damaged by a wrong encoding: their rows wait with the reason, and the rest of the file lands."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bureau.errors import UnreadableFile
from features.contracts.court_case import COURT_CASE
from features.lake.delivery import read_delivery
from features.lake.judgement import Judged, judge
from features.lake.landing import land
from features.lake.quarantine import list_waiting
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, frame_of, instant, known, make_lake

NOON = instant("2025-07-01T12:00")
NAME = "深圳市联通锟鹏（集团）有限公司 Café©"
LATIN = "深圳市".encode().decode("latin-1")


def judged(**changes: str) -> Judged:
    return judge(frame_of(COURT_CASE, [court_case(ACME, **{"record_id": "1"} | changes)]), COURT_CASE, NOON)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        pytest.param({"name": "深圳市\N{REPLACEMENT CHARACTER}有限公司"}, "name", id="a character nobody could read"),
        pytest.param({"name": "深圳市锟斤拷有限公司"}, "name", id="read wrongly twice"),
        pytest.param({"cause": LATIN}, "cause", id="Chinese read as Latin"),
        pytest.param({"case_no": "(2025)\N{REPLACEMENT CHARACTER}0305民初1号"}, "case_no", id="in a number"),
        pytest.param({"record_id": "F26-\N{REPLACEMENT CHARACTER}"}, "record_id", id="in the record's own number"),
    ],
)
def test_a_text_that_lost_characters_keeps_its_row_waiting(changes: dict[str, str], column: str) -> None:
    refused = judged(**changes).refused
    assert refused["code"].to_list() == ["encoding"]
    assert refused["reason"].item().startswith(f"{column} holds characters that were lost")


def test_texts_that_are_whole_land() -> None:
    assert judged(name=NAME, cause="", case_no="(2025)粤0305民初1号").refused.is_empty()


def cases(lines: int) -> str:
    """A CSV file of so many cases."""
    rows = [
        court_case(ACME, name="深圳市前海商贸有限公司", case_no=f"(2025)粤{number}号", record_id=f"F26-{number}")
        for number in range(lines)
    ]
    return frame_of(COURT_CASE, rows).write_csv()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_damaged_in_one_place_lands_but_for_that_row(tmp_path: Path, encoding: str) -> None:
    before, name, after = cases(40).partition("前海商贸")
    path = tmp_path / "x.csv"
    path.write_bytes(before.encode(encoding) + name.encode(encoding)[:-1] + b"\xff" + after.encode(encoding))
    lake = make_lake(tmp_path)
    landed = land(lake, read_delivery(path, "F26"), received_at=NOON)
    assert (landed.landed, landed.quarantined) == (39, 1)
    [waiting] = list_waiting(lake, "F26")
    assert (waiting.code, waiting.reason.split()[0]) == ("encoding", "name")
    assert known(lake, COURT_CASE, "2025-07-02").height == 39


def test_what_is_damaged_throughout_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(cases(40).encode().replace(b"\n", b"\xff" * 9 + b"\n"))
    with pytest.raises(UnreadableFile, match="neither Parquet nor text"):
        read_delivery(path, "F26")


def parquet_of(path: Path, column: str, damaged: bytes) -> Path:
    """A Parquet file of two cases, the first with bytes in a column of text that are no UTF-8."""
    rows = [court_case(ACME, case_no=f"(2025)粤{number}号", record_id=f"F26-{number}") for number in range(2)]
    table = frame_of(COURT_CASE, rows).to_arrow()
    place = table.column_names.index(column)
    texts = pa.array([damaged, table[column][1].as_py().encode()])
    believed = pa.StringArray.from_buffers(2, *texts.buffers()[1:])
    pq.write_table(table.set_column(place, column, believed), path)
    return path


@pytest.mark.parametrize(
    ("column", "damaged", "code"),
    [
        pytest.param("cause", "买卖合同纠纷".encode("gb18030"), "encoding", id="free text in another encoding"),
        pytest.param("record_id", b"F26-\xff", "encoding", id="the record's own number"),
        pytest.param("role", "被告".encode("gb18030"), "rule", id="a word of a closed list"),
        pytest.param("uscc", b"\xff" + ACME.encode(), "rule", id="the code"),
    ],
)
def test_a_parquet_file_whose_writer_took_other_bytes_for_utf_8_lands_but_for_that_row(
    tmp_path: Path, column: str, damaged: bytes, code: str
) -> None:
    lake = make_lake(tmp_path)
    delivery = read_delivery(parquet_of(tmp_path / "x.parquet", column, damaged), "F26")
    landed = land(lake, delivery, received_at=NOON)
    assert (landed.landed, landed.quarantined) == (1, 1)
    assert [waiting.code for waiting in list_waiting(lake, "F26")] == [code]
    assert known(lake, COURT_CASE, "2025-07-02")["record_id"].to_list() == ["F26-1"]
