"""What is no delivery is refused in one sentence, and nothing is read into it."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from bureau.errors import UnreadableFile, WrongFeed
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_declaration import TAX_DECLARATION
from features.lake.delivery import read_delivery, write_delivery
from tests.factories.lakes import ACME, deliver, frame_of, instant
from tests.factories.tax import tax_arrears, tax_declaration

FRAME = frame_of(TAX_ARREARS, [tax_arrears(ACME)])


def file_of(folder: Path, name: str, content: bytes | str | pl.DataFrame) -> Path:
    path = folder / name
    if isinstance(content, pl.DataFrame):
        content.write_parquet(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def with_sidecar(folder: Path, **changes: object) -> Path:
    delivery = deliver(TAX_ARREARS, FRAME, folder)
    sidecar = delivery.path.with_suffix(".json")
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | changes))
    return delivery.path


Write = Callable[[Path], Path]


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        pytest.param(lambda folder: folder / "none.csv", "there is no such file", id="missing file"),
        pytest.param(lambda folder: folder / "a" / "none.csv", "there is no such file", id="missing directory"),
        pytest.param(lambda folder: folder, "this is a directory; name the files in it", id="a directory"),
        pytest.param(lambda folder: file_of(folder, "x.csv", b""), "the file is empty", id="empty file"),
        pytest.param(
            lambda folder: file_of(folder, "x.parquet", b"\x00\xffrubbish\x00"),
            "neither Parquet nor text",
            id="rubbish",
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.parquet", b"PAR1" + b"\x01" * 40),
            "cannot be read as such",
            id="cut short",
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.csv", "a,b\n1,2,3\n"), "it is not CSV with one header line", id="ragged"
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.parquet", FRAME.drop("cleared_on")),
            "F18 needs the column cleared_on, which the file lacks",
            id="missing column",
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.csv", FRAME.drop("cleared_on").write_csv()),
            "F18 needs the column cleared_on, which the file lacks",
            id="missing column in a CSV",
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.parquet", FRAME.with_columns(note=pl.lit("x"))),
            "F18 has no column note",
            id="unknown column",
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.parquet", FRAME.with_columns(received_at=pl.lit("2020-01-01"))),
            "Only a history delivery carries it",
            id="received_at without history",
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.parquet", FRAME.with_columns(pl.col("arrears_fen").cast(pl.Float64))),
            "column arrears_fen holds Float64, F18 says Int64",
            id="money as a float",
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.parquet", FRAME.with_columns(pl.col("struck_on").cast(pl.String))),
            "column struck_on holds String, F18 says Date",
            id="dates as text in Parquet",
        ),
        pytest.param(
            lambda folder: file_of(folder, "x.parquet", frame_of(TAX_DECLARATION, [tax_declaration(ACME)])),
            "its columns are those of F15 申报与入库税款, not of F18",
            id="file of another feed",
        ),
        pytest.param(
            lambda folder: with_sidecar(folder, feed="F15"),
            "its sidecar says it is F15, not F18",
            id="other feed's sidecar",
        ),
        pytest.param(
            lambda folder: with_sidecar(folder, sha256="0" * 64), "its SHA-256 is not the one", id="other hash"
        ),
        pytest.param(
            lambda folder: with_sidecar(folder, rows=7), "promises 7 rows, the file holds 1", id="rows missing"
        ),
        pytest.param(
            lambda folder: with_sidecar(folder, batch_id="../x"), "the sidecar's batch_id is wrong", id="path as batch"
        ),
        pytest.param(
            lambda folder: with_sidecar(folder, produced_at="2020-01-01T00:00:00"),
            "the sidecar's produced_at is wrong",
            id="instant without a zone",
        ),
    ],
)
def test_what_is_no_delivery(tmp_path: Path, write: Write, sentence: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_delivery(write(tmp_path), "F18")
    assert sentence in refused.value.message
    assert "\n" not in refused.value.message


def test_a_sidecar_that_is_no_json(tmp_path: Path) -> None:
    path = with_sidecar(tmp_path)
    path.with_suffix(".json").write_bytes(b"\xff{")
    with pytest.raises(UnreadableFile, match="the sidecar is not JSON"):
        read_delivery(path)


def test_a_sidecar_nested_without_end_is_no_json(tmp_path: Path) -> None:
    path = with_sidecar(tmp_path)
    path.with_suffix(".json").write_text("[" * 100_000)
    with pytest.raises(UnreadableFile, match="the sidecar is not JSON"):
        read_delivery(path)


def test_a_column_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path, "x.parquet", FRAME)
    path.write_bytes(path.read_bytes().replace(b"cleared_on", b"cleared_\xff\xff"))
    with pytest.raises(UnreadableFile, match="cannot be read as such"):
        read_delivery(path, "F18")


def test_a_plain_file_needs_to_be_told_its_feed(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"it has no sidecar x\.json"):
        read_delivery(file_of(tmp_path, "x.parquet", FRAME))


def test_a_plain_file_is_a_batch_named_by_its_hash(tmp_path: Path) -> None:
    first = read_delivery(file_of(tmp_path, "x.parquet", FRAME), "F18")
    second = read_delivery(file_of(tmp_path, "y.parquet", FRAME), "F18")
    other = read_delivery(file_of(tmp_path, "z.csv", FRAME.write_csv()), "F18")
    assert first.sidecar.batch_id == second.sidecar.batch_id != other.sidecar.batch_id
    assert first.sidecar.publisher == "税务"


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    delivery = deliver(TAX_ARREARS, FRAME, tmp_path, batch_id="2025-07")
    assert delivery.path.name == "F18-2025-07.parquet"
    assert delivery.frame.equals(FRAME)
    assert (delivery.sidecar.rows, delivery.sidecar.history) == (1, False)


def test_a_source_cannot_write_a_foreign_column(tmp_path: Path) -> None:
    with pytest.raises(WrongFeed, match="F18 has no column note"):
        write_delivery(
            FRAME.with_columns(note=pl.lit("x")),
            feed="F18",
            batch_id="1",
            publisher="税务",
            produced_at=instant("2025-07-01"),
            folder=tmp_path / "new",
            history=False,
        )
    assert not (tmp_path / "new").exists()


def test_history_without_a_zone_is_refused(tmp_path: Path) -> None:
    frame = FRAME.with_columns(received_at=instant("2025-07-01").replace(tzinfo=None))
    with pytest.raises(WrongFeed, match="not instants with a time zone"):
        deliver(TAX_ARREARS, frame, tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_departments_write(tmp_path: Path, encoding: str) -> None:
    path = file_of(tmp_path, "x.csv", FRAME.write_csv().encode(encoding))
    assert read_delivery(path, "F18").frame["tax_kind"].item() == "增值税"


def test_an_empty_cell_of_a_csv_is_null(tmp_path: Path) -> None:
    path = file_of(tmp_path, "x.csv", FRAME.write_csv())
    assert read_delivery(path, "F18").frame["cleared_on"].item() is None
