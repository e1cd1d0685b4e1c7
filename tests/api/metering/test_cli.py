"""`bureau usage` and `bureau db` on a home with a few calls."""

import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.cli import main
from api.metering.export import schema_of
from tests.factories.ledger import SECRET, draft, open_books, sqlite_ledger


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two charged calls of 23 November 2026."""
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.setenv("BUREAU_SECRET_KEY", SECRET)
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    books = open_books(sqlite_ledger(tmp_path), tmp_path)
    books.submit(draft(books.bank, "key-1"), draft(books.bank, "key-2", product_code="P16"))
    books.ledger.close()
    books.engine.dispose()
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of `bureau WORDS`."""
    monkeypatch.setattr("sys.argv", ["bureau", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        pytest.param(
            ["--by", "product,day"],
            [
                {"product": "P07", "day": "2026-11-23", "calls": 1, "hits": 1, "charged_fen": 800},
                {"product": "P16", "day": "2026-11-23", "calls": 1, "hits": 1, "charged_fen": 10},
            ],
            id="by product and day",
        ),
        pytest.param(
            ["--by", "institution", "--from", "2026-11-23", "--to", "2026-11-24"],
            [{"institution": "深圳银行", "calls": 2, "hits": 2, "charged_fen": 810}],
            id="of one day",
        ),
        pytest.param(
            ["--by", "hour,version", "--only", "product=P16"],
            [{"hour": 12, "version": 1, "answered": 1, "hit_rate_bp": 10_000, "repeats": 0, "latency_p95_us": 1_000}],
            id="of one product by hour",
        ),
        pytest.param(["--test"], [], id="in test mode"),
        pytest.param(["--from", "2026-11-24"], [], id="after the last call"),
        pytest.param(["--to", "2026-11-23"], [], id="before the first"),
    ],
)
def test_usage(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    rows: list[dict[str, object]],
) -> None:
    assert run(monkeypatch, "usage", *words, "--format", "json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [{name: row[name] for name in wanted} for row, wanted in zip(listed, rows, strict=True)] == rows


def test_usage_as_parquet_has_declared_types(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for words, rows in ((["--by", "day"], 1), (["--by", "day,day"], 1), (["--by", "day", "--test"], 0)):
        assert run(monkeypatch, "usage", *words, "--format", "parquet") == 0
        table = pq.read_table(io.BytesIO(capfdbinary.readouterr().out))
        assert table.schema.equals(schema_of(["day"]))
        assert table.num_rows == rows


def test_a_forecast_is_a_list_too(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "usage", "--forecast", "--by", "", "--format", "csv") == 0
    assert capsys.readouterr().out.startswith('"calls_so_far","calls_expected"')


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["usage", "--by", "bank"], "There is no dimension of usage 'bank'", id="an unknown dimension"),
        pytest.param(["usage", "--only", "P07"], "names no value", id="a filter without a dimension"),
        pytest.param(["usage", "--only", "hour=x"], "cannot be read as hour", id="a filter that cannot be"),
        pytest.param(["usage", "--forecast", "--by", "day"], "of the month", id="a forecast by day"),
        pytest.param(["usage", "--forecast", "--to", "2026-12-01"], "leave out", id="a forecast of another month"),
        pytest.param(["usage", "--from", "2026-02-30"], "'2026-02-30' is not a day", id="a day that does not exist"),
    ],
)
def test_a_wrong_word_is_one_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert run(monkeypatch, *words) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_databases_are_checked_and_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "new"))
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)
    assert run(monkeypatch, "db", "check") == 2
    assert "Run: bureau db upgrade" in capsys.readouterr().err
    assert run(monkeypatch, "db", "upgrade") == 0
    assert run(monkeypatch, "db", "check") == 0
