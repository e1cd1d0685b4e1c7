"""What the benchmarks rest on: bars, steps that go on after a kill, memory as it is counted, a day held back."""

import json
import os
import subprocess
import sys
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import polars as pl
import pytest

from bureau.clock import known_before
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.delivery import RECEIVED_AT, read_delivery, write_delivery
from tests.bench.billing_lines import call_lines, ledger_lines, require_room, schedules_line
from tests.bench.calling import Asked, call
from tests.bench.city import Steps
from tests.bench.grown_ledger import MONTHS, grown, month_of_lines
from tests.bench.held_day import deliver_held, hold_back
from tests.bench.machine import AnonymousPeak, processor_seconds
from tests.bench.measures import SHAPES, audit_lines, scoring_lines
from tests.bench.running import Outcome, run_work
from tests.bench.schedules import schedules
from tests.bench.table import Line, as_markdown, as_text, at_least, at_most, told
from tests.factories.lakes import ACME, frame_of, instant
from tests.factories.tax import tax_arrears

LAST_DAY = date(2025, 7, 31)


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        pytest.param(at_most("a", 2.2, 2.2, "x"), True, id="the most allowed"),
        pytest.param(at_most("a", 2.21, 2.2, "x"), False, id="more"),
        pytest.param(at_least("a", 3.0, 3, "x"), True, id="the least wanted"),
        pytest.param(at_least("a", 2.99, 3, "x"), False, id="less"),
        pytest.param(told("a", "5 s"), None, id="no bar"),
    ],
)
def test_a_bar_holds_at_its_bound(line: Line, holds: bool | None) -> None:
    assert line.holds is holds
    shown = {True: "holds", False: "FAILS", None: ""}[holds]
    assert shown in as_text([line])
    assert as_markdown("t", [line]).splitlines()[-1].split("|")[4].strip() == shown


def test_a_step_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    first = Steps(tmp_path / "steps.json")
    assert first.step("load", lambda: {"rows": 7})["rows"] == 7
    with pytest.raises(RuntimeError):
        first.step("close", lambda: (_ for _ in ()).throw(RuntimeError("killed")))
    again = Steps(tmp_path / "steps.json")
    assert again.step("load", lambda: {"rows": 8})["rows"] == 7
    assert again.step("close", lambda: {"rows": 9})["rows"] == 9
    assert set(json.loads((tmp_path / "steps.json").read_text("utf-8"))) == {"load", "close"}


def test_a_child_s_own_memory_counts_and_a_mapped_file_does_not(tmp_path: Path) -> None:
    mapped = tmp_path / "mapped"
    mapped.write_bytes(os.urandom(2**20) * 200)
    script = (
        "import mmap,sys,time\n"
        "own = bytearray(100 * 2**20); own[::4096] = b'x' * 25600\n"
        "file = open(sys.argv[1], 'rb'); view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)\n"
        "sum(view[place] for place in range(0, len(view), 4096)); time.sleep(0.5)\n"
    )
    outer = f"import subprocess,sys; subprocess.run([sys.executable, '-c', {script!r}, {str(mapped)!r}])"
    process = subprocess.Popen([sys.executable, "-c", outer])
    with AnonymousPeak(process.pid) as peak:
        assert process.wait() == 0
    assert 100 * 1024 <= peak.kib <= 160 * 1024


def test_seconds_of_processor_are_counted_with_those_of_children() -> None:
    before = processor_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "while __import__('time').process_time() < 0.3: pass"], check=True)
    assert 0.2 < processor_seconds(os.getpid()) - before < 30


def scored(work: str, **facts: object) -> Outcome:
    return Outcome(work, seconds=40.0, cpu=40.0, peak_mib=900.0, load=0.0, facts=facts)


@pytest.mark.parametrize(
    ("woodelf", "last"),
    [
        pytest.param({"installed": True, "woodelf": 9.0, "ours": 3.0}, True, id="faster"),
        pytest.param({"installed": True, "woodelf": 3.5, "ours": 3.0}, False, id="too little faster"),
        pytest.param({"installed": False}, None, id="not installed, and said so"),
    ],
)
def test_scoring_is_held_against_its_bars(woodelf: dict[str, object], last: bool | None) -> None:
    one = {"ours_p50_ms": 0.4, "ours_p99_ms": 0.9, "contrib_p50_ms": 1.1, "sentences_p50_ms": 0.3}
    one |= {"records_p50_ms": 0.6, "records_p99_ms": 1.2}
    many = {"rows": 1_000_000, "ours": 3.0, "pred_contrib": 18.0, "shap": 29.0}
    found = {f"score_one {shape}": scored("score_one", **one) for shape in SHAPES}
    found |= {f"score_many {shape}": scored("score_many", **many) for shape in SHAPES}
    found |= {
        "score_many_by_woodelf": scored("score_many_by_woodelf", **woodelf),
        "score_city": scored("score_city", rows=400_000),
    }
    lines = {line.work: line for line in scoring_lines(found)}
    held = {work: line.holds for work, line in lines.items() if line.holds is not None}
    for shape in SHAPES:
        assert held.pop(f"one enterprise, features to reason codes, {shape} model, against pred_contrib alone") is False
    assert {
        work: holds for work, holds in held.items() if not holds and "shap" not in work and "woodelf" not in work
    } == {}
    assert [holds for work, holds in held.items() if "TreeExplainer" in work] == [False, False]
    assert lines["rows without categories, exact contributions, deepest model, against woodelf-explainer"].holds is last
    assert lines["scores and reasons of 4,000,000, extrapolated from 400,000"].measured == "6.67 minutes"


def test_a_small_log_is_sealed_and_its_proofs_hold(tmp_path: Path) -> None:
    found = run_work("seal_log", tmp_path, "audit", leaves=1_500, seals=4, proofs=5)
    assert (found.facts["leaves"], found.facts["steps"]) == (1_500, 12)
    lines = list(audit_lines(found))
    assert [line.holds for line in lines] == [True, lines[1].holds, None, None]


def history(folder: Path) -> Path:
    rows = [tax_arrears(ACME, date(2025, month, 28)) for month in range(1, 8)]
    frame = frame_of(TAX_ARREARS, rows).with_columns(
        pl.Series(RECEIVED_AT, [*(instant(f"2025-0{month}-28T12:00") for month in range(1, 7)), instant("2025-07-31")])
    )
    made = {"feed": "F18", "batch_id": "history", "publisher": "税务局", "produced_at": known_before(LAST_DAY)}
    return write_delivery(frame, folder=folder, history=True, **made)  # type: ignore[arg-type]  # one mapping of both kinds


def test_the_last_day_is_held_back_once_and_delivered_as_a_day_s_delivery(tmp_path: Path) -> None:
    whole = read_delivery(history(tmp_path / "sent")).frame
    for _ in range(2):  # a load that was killed holds back again
        kept, held = hold_back(history(tmp_path / "sent"), LAST_DAY, tmp_path / "held")
        assert (read_delivery(kept).frame.height, held) == (6, 1)
    assert hold_back(kept, LAST_DAY, tmp_path / "held")[1] == 0
    assert deliver_held(tmp_path / "held", tmp_path / "inbox") == 1
    (path,) = (tmp_path / "inbox").glob("F18-*.parquet")
    delivered = read_delivery(path)
    assert RECEIVED_AT not in delivered.frame.columns
    assert delivered.frame.equals(whole.drop(RECEIVED_AT).tail(1))


def called(per_second: float) -> dict[str, float]:
    return {"per_second": per_second, "cpu_us": 1e6 / per_second, "single_p50_ms": 4.0}


def test_charged_calls_are_held_against_a_bare_route_and_an_orm() -> None:
    rates = {"bare": 4000, "orm": 400, "prepared on SQLite": 2200, "prepared on PostgreSQL": 1790}
    rates |= {"live on SQLite": 1000, "live on PostgreSQL": 900}
    lines = list(call_lines({name: called(rate) for name, rate in rates.items()}))
    assert [line.holds for line in lines] == [True, False, True, True, None, None]
    assert [line.measured.split(",")[0] for line in lines[:4]] == [
        "0.55 x a bare FastAPI route",
        "0.45 x a bare FastAPI route",
        "5.50 x",
        "0.25 x a bare route",
    ]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_small_ledger_grows_and_is_called_and_billed(home: Path) -> None:
    facts = grown(lines=4_800, answer={"result": {"score": 688}}, seconds=0.5)
    assert abs(facts["statement_calls"] - 4_800 / MONTHS) < 10, "months differ in length"
    assert 0 < facts["bytes_an_answer"] < facts["bytes_a_call"]
    assert [line.holds for line in ledger_lines(facts)][1:] == [None, True]
    assert not home.exists(), "a ledger of that size stays on the disk"


def test_a_month_of_lines_is_drawn_up(home: Path) -> None:
    assert month_of_lines(lines=600)["lines"] == 600


def test_a_ledger_that_the_disk_does_not_hold_is_refused_beforehand(tmp_path: Path) -> None:
    require_room(tmp_path, 1)
    with pytest.raises(SystemExit, match=r"needs 1650000\.0 GB of disk.* ask for fewer with --ledger"):
        require_room(tmp_path, 10**12)


def test_a_schedule_that_fails_is_named() -> None:
    assert schedules(count=3)["failing"] == []
    run = scored("schedules", schedules=10_000, crashes=9, failing=[17])
    assert (schedules_line(run).holds, "[17]" in schedules_line(run).measured) == (False, True)


class Told(BaseHTTPRequestHandler):
    """Answers everything alike. sent: status, and headers besides."""

    protocol_version = "HTTP/1.1"
    sent: tuple[int, dict[str, str]] = (201, {})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, headers = self.sent
        self.send_response(status)
        for name, value in (headers | {"Content-Length": "2"}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize(
    ("sent", "counts"),
    [
        pytest.param((201, {}), True, id="a new answer"),
        pytest.param((429, {}), False, id="a refusal"),
        pytest.param((201, {"Idempotent-Replayed": "true"}), False, id="an old answer"),
    ],
)
def test_only_new_answers_count(
    sent: tuple[int, dict[str, str]], counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Told, "sent", sent)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    Thread(target=server.serve_forever, daemon=True).start()
    asked = Asked("127.0.0.1", server.server_port, "/", {}, [b"{}"])
    if counts:
        answers = call(asked, connections=3, seconds=0.1)
        assert len(answers.seconds) >= 3
        assert 0 < answers.at(0.5) <= answers.at(0.99)
    else:
        with pytest.raises(RuntimeError, match="no new answer"):
            call(asked, connections=3, seconds=0.1)
    server.shutdown()
    server.server_close()
