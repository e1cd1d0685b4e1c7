"""Deliveries that wait are landed, moved aside, and refused one by one."""

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from features.closing import inbox
from features.closing.inbox import Taken, failed_files, left_over, take_in
from features.contracts.penalty import PENALTY
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.file_names import MASKED
from features.lake.lake import Lake
from features.lake.landing import Landed
from features.lake.sidecar import sidecar_path
from features.lake.stops import acknowledge, standing_stops
from tests.factories.lakes import ACME, BETA, deliver, frame_of, instant, known, make_lake
from tests.factories.penalties import penalty
from tests.factories.tax import tax_arrears

DAY, AT = date(2025, 6, 1), instant("2025-06-01T18:00")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path)


def waiting(home: Path, firm: str) -> Path:
    return deliver(PENALTY, [penalty(firm, date(2025, 5, 30))], home / "inbox").path


def say_again(path: Path, **changes: object) -> None:
    """Change what a file's sidecar says."""
    sidecar = sidecar_path(path)
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | changes))


def test_what_waits_is_landed_and_dropped_and_its_sidecar_stays(lake: Lake) -> None:
    home = lake.root.parent
    waiting(home, ACME)
    waiting(home, BETA)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=2, landed=2)
    assert known(lake, PENALTY, "2025-06-02").height == 2
    assert [path for path in (home / "inbox").iterdir() if path.is_file()] == []
    assert [path.suffix for path in (home / "inbox" / "taken" / "2025-06-01").iterdir()] == [".json"] * 2
    assert take_in(lake, home, DAY, AT) == Taken()


def test_a_file_that_is_still_being_copied_is_left_to_its_copier(lake: Lake) -> None:
    home = lake.root.parent
    path = waiting(home, ACME)
    sidecar, whole = sidecar_path(path), path.read_bytes()
    hidden = path.with_name(f".{path.name}")
    path.rename(hidden)
    hidden.write_bytes(whole[:100])
    assert take_in(lake, home, DAY, AT) == Taken()
    hidden.write_bytes(whole)
    hidden.rename(path)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1)
    assert not sidecar.exists()


def test_a_file_no_feed_can_take_is_set_aside_with_its_reason_and_the_others_go_on(lake: Lake) -> None:
    home = lake.root.parent
    good = waiting(home, ACME)
    (home / "inbox" / "A-broken.csv").write_text("what,is\nthis,?\n")
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1, refused=1)
    refused = home / "inbox" / "refused"
    (reason,) = refused.iterdir()
    assert reason.name == "A-broken.csv.reason.txt"
    assert re.search("sidecar.*send it again", reason.read_text())
    assert not good.exists()


@pytest.mark.parametrize("named", [".csv", ".parquet"])
def test_of_two_files_with_one_sidecar_the_one_it_names_lands(lake: Lake, named: str) -> None:
    home = lake.root.parent
    path = waiting(home, ACME)
    beside = path.with_suffix(".csv")
    frame_of(PENALTY, [penalty(ACME, date(2025, 5, 30))]).write_csv(beside)
    say_again(path, sha256=hashlib.sha256(path.with_suffix(named).read_bytes()).hexdigest())
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1, refused=1)
    (other,) = {".csv", ".parquet"} - {named}
    refused = [reason.name for reason in (home / "inbox" / "refused").iterdir()]
    assert refused == [f"{path.with_suffix(other).name}.reason.txt"]
    assert [left for left in (home / "inbox").iterdir() if left.is_file()] == []


def test_a_sidecar_goes_with_the_last_file_it_stands_beside(lake: Lake) -> None:
    home = lake.root.parent
    path = waiting(home, ACME)
    path.with_suffix(".csv").write_text("a,b\n1,2\n")
    say_again(path, sha256="0" * 64)
    assert take_in(lake, home, DAY, AT) == Taken(refused=2)
    assert [left for left in (home / "inbox").iterdir() if left.is_file()] == []


def test_a_file_that_says_itself_when_its_rows_were_received_is_refused(lake: Lake) -> None:
    home = lake.root.parent
    waiting(home, BETA)
    past = penalty(ACME, date(2024, 5, 30), received_at=instant("2024-06-01"))
    path = deliver(PENALTY, [past], home / "inbox").path
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1, refused=1)
    assert known(lake, PENALTY, "2025-06-02")["uscc"].to_list() == [BETA]
    assert not path.exists()
    reason = (home / "inbox" / "refused" / f"{path.name}.reason.txt").read_text()
    assert "it states itself when its rows were received; say --history to accept that" in reason
    assert "bureau feeds ingest F34 FILE --history" in reason


def test_killed_between_landing_and_dropping_it_changes_nothing_the_second_time(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = lake.root.parent
    waiting(home, ACME)
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "_drop", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_in(lake, home, DAY, AT)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, unchanged=1)
    assert known(lake, PENALTY, "2025-06-02").height == 1


def test_killed_between_dropping_a_file_and_moving_its_sidecar_the_next_run_moves_it(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = lake.root.parent
    sidecar = sidecar_path(waiting(home, ACME))
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_in(lake, home, DAY, AT)
    assert left_over(home, ()).strange == (sidecar,)
    assert take_in(lake, home, DAY, AT) == Taken()
    assert left_over(home, ()).strange == ()
    assert (home / "inbox" / "taken" / "2025-06-01" / sidecar.name).exists()


def test_a_sidecar_whose_file_has_not_come_yet_waits_for_it(lake: Lake) -> None:
    home = lake.root.parent
    path = waiting(home, ACME)
    content = path.read_bytes()
    path.unlink()
    (home / "inbox" / "notes.json").write_text("[]")
    assert take_in(lake, home, DAY, AT) == Taken()
    path.write_bytes(content)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1)
    assert (home / "inbox" / "notes.json").exists()


def drifted(home: Path, name: str) -> None:
    """A file made after every other, with a column too many."""
    sent = deliver(PENALTY, [penalty(ACME)], home / "sent")
    path = home / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.read_parquet(sent.path).with_columns(surprise=1).write_parquet(path)
    told = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "produced_at": "2025-05-31T00:00:00Z"}
    path.with_suffix(".json").write_text(json.dumps(sent.sidecar.model_dump(mode="json") | told), "utf-8")


def test_a_good_file_of_a_stopped_feed_lies_until_the_stop_ends(lake: Lake) -> None:
    home = lake.root.parent
    drifted(home, "A-drifted.parquet")
    good = waiting(home, ACME)
    deliver(TAX_ARREARS, [tax_arrears(ACME)], home / "inbox")
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1, refused=1, held=1)
    assert good.exists()
    assert sidecar_path(good).exists()
    left = left_over(home, standing_stops(lake))
    assert (left.late, left.held, left.strange) == ((), (good,), ())
    assert take_in(lake, home, DAY, AT) == Taken(held=1)
    acknowledge(lake, "F34", at=AT)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1)
    assert not good.exists()


def test_a_file_that_ends_the_stop_frees_those_before_it(lake: Lake) -> None:
    home = lake.root.parent
    drifted(home, "A-drifted.parquet")
    waiting(home, ACME)
    mended = waiting(home, BETA)
    said = json.loads(sidecar_path(mended).read_text())
    last = mended.rename(mended.with_name("Z-mended.parquet"))
    sidecar_path(mended).unlink()
    sidecar_path(last).write_text(json.dumps(said | {"produced_at": "2025-06-01T00:00:00Z"}))
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=2, landed=2, refused=1)
    assert known(lake, PENALTY, "2025-06-02").height == 2


FAULTS = (PermissionError("x"), MemoryError(), RuntimeError(""), pl.exceptions.PanicException("x"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_file_whose_landing_fails_lies_with_the_reason_and_the_others_go_on(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    home = lake.root.parent
    odd, _good = sorted((waiting(home, ACME), waiting(home, BETA)))
    landing = inbox.take

    def fails(lake: Lake, path: Path, **how: Any) -> Landed:
        if path == odd:
            raise fault
        return landing(lake, path, **how)

    with monkeypatch.context() as broken:
        broken.setattr(inbox, "take", fails)
        for taken in (Taken(deliveries=1, landed=1, failed=1), Taken(failed=1)):
            assert take_in(lake, home, DAY, AT) == taken
            assert failed_files(home) == {odd.name: f"{type(fault).__name__}: {fault}".rstrip(": ")}
            assert (odd.exists(), sidecar_path(odd).exists()) == (True, True)
    left = left_over(home, ())
    assert (left.late, left.held, left.failed, left.strange) == ((), (), (odd,), ())
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1)
    assert failed_files(home) == {}


def test_a_reason_that_quotes_a_person_is_masked(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lake.root.parent
    odd = waiting(home, ACME)
    fault = RuntimeError(f"身份证{IDENTITY}")
    monkeypatch.setattr(inbox, "take", lambda *_, **__: (_ for _ in ()).throw(fault))
    take_in(lake, home, DAY, AT)
    assert IDENTITY not in failed_files(home)[odd.name]


def test_a_file_damaged_anywhere_is_refused_before_it_is_parsed(lake: Lake) -> None:
    home = lake.root.parent
    path = waiting(home, ACME)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"revoked_on", b"revoked_\xff\xff"))
    assert path.read_bytes() != whole
    assert take_in(lake, home, DAY, AT) == Taken(refused=1)
    (reason,) = (home / "inbox" / "refused").iterdir()
    assert "its SHA-256 is not the one in its sidecar" in reason.read_text()


def test_a_file_that_is_taken_away_after_it_landed_was_landed(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lake.root.parent
    path = waiting(home, ACME)
    landing = inbox.take

    def and_away(lake: Lake, path: Path, **how: Any) -> Landed:
        landed = landing(lake, path, **how)
        path.unlink()
        sidecar_path(path).unlink()
        return landed

    monkeypatch.setattr(inbox, "take", and_away)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1)
    assert not path.exists()


def test_a_file_that_goes_while_it_is_read_is_refused_and_no_trouble(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = lake.root.parent
    waiting(home, ACME)
    landing = inbox.take

    def gone(lake: Lake, path: Path, **how: Any) -> Landed:
        path.unlink()
        return landing(lake, path, **how)

    monkeypatch.setattr(inbox, "take", gone)
    assert take_in(lake, home, DAY, AT) == Taken(refused=1)


IDENTITY = "11010519491231002X"


@pytest.mark.parametrize(
    "headless",
    [
        pytest.param(f"{','.join(PENALTY.dtypes)},{IDENTITY}\n", id="a column that is not the feed's"),
        pytest.param(f'record_id\n"{IDENTITY}\n{IDENTITY}"x,y\n', id="no CSV at all"),
    ],
)
def test_nothing_raw_stays_of_a_file_that_was_refused(lake: Lake, headless: str) -> None:
    home = lake.root.parent
    sent = waiting(home, ACME).with_suffix(".csv")
    said = json.loads(sent.with_suffix(".json").read_text())
    sent.with_suffix(".parquet").unlink()
    sent.write_text(headless, "utf-8")
    digest = hashlib.sha256(sent.read_bytes()).hexdigest()
    sent.with_suffix(".json").write_text(json.dumps(said | {"sha256": digest, "rows": headless.count("\n") - 1}))
    assert take_in(lake, home, DAY, AT) == Taken(refused=1)
    assert holding(IDENTITY, home) == []


def test_nothing_raw_stays_of_a_row_that_waits(lake: Lake) -> None:
    home = lake.root.parent
    deliver(PENALTY, [penalty(ACME, act=f"出借身份证{IDENTITY}"), penalty(BETA)], home / "inbox")
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1, quarantined=1)
    assert holding(IDENTITY, home) == []


def holding(text: str, home: Path) -> list[str]:
    return [path.name for path in home.rglob("*") if path.is_file() and text.encode() in content(path)]


def content(path: Path) -> bytes:
    if path.suffix != ".parquet":
        return path.read_bytes()
    return pl.read_parquet(path, hive_partitioning=False).write_csv().encode()


def test_no_name_that_tells_of_a_person_stays(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lake.root.parent
    drifted(home, f"张三_{IDENTITY}.parquet")
    (home / "inbox" / f"{IDENTITY}.csv").write_text("what,is\nthis,?\n")
    for firm, stem in ((ACME, "电话13912345678"), (BETA, "li.si@example.com")):
        lands = deliver(TAX_ARREARS, [tax_arrears(firm)], home / "inbox").path
        sidecar_path(lands).rename(home / "inbox" / f"{stem}.json")
        lands.rename(home / "inbox" / f"{stem}.parquet")
    landing = inbox.take

    def fails(lake: Lake, path: Path, **how: Any) -> Landed:
        if path.name.startswith("电话"):
            raise RuntimeError("x")
        return landing(lake, path, **how)

    monkeypatch.setattr(inbox, "take", fails)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1, refused=2, failed=1)
    (failed,) = left_over(home, standing_stops(lake)).failed
    assert [*failed_files(home)] == [failed.name]
    assert sidecar_path(failed).exists()
    names = "\n".join(str(path) for path in (home / "inbox").rglob("*"))
    assert names.count(MASKED) == 6, "two refused, a failed one, its sidecar and reason, one taken"
    for raw in (IDENTITY, "13912345678", "li.si"):
        assert raw not in names + standing_stops(lake)["F34"]
        assert holding(raw, home) == []


@pytest.mark.parametrize(
    "said", [{"publisher": f"张三{IDENTITY}"}, {"publisher": "li.si@example.com"}, {"batch_id": IDENTITY}]
)
def test_a_sidecar_that_tells_of_a_person_is_refused_with_its_file(lake: Lake, said: dict[str, str]) -> None:
    home = lake.root.parent
    say_again(waiting(home, ACME), **said)
    assert take_in(lake, home, DAY, AT) == Taken(refused=1)
    (reason,) = (home / "inbox" / "refused").iterdir()
    assert "it holds an identity number, a telephone number or an e-mail address" in reason.read_text()
    for raw in said.values():
        assert holding(raw, home) == []


def test_an_inbox_that_never_was_is_empty(lake: Lake) -> None:
    assert take_in(lake, lake.root.parent, DAY, AT) == Taken()
