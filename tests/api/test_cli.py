"""What a wrong setting or path leads to at the top of the street: one sentence on standard error, exit code 2."""

import gc
import sys
from pathlib import Path

import pytest

from api import cli
from api.cli import main


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        pytest.param(
            "BUREAU_HOME", "a_file", "Check the path, its rights, the disk and BUREAU_HOME.", id="no directory"
        ),
        pytest.param("BUREAU_TODAY", "yesterday", "write a day as YYYY-MM-DD.", id="no day"),
        pytest.param("BUREAU_TODAY", "2023-02-29", "write a day as YYYY-MM-DD.", id="a day the year has not"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a_file").write_text("no home")
    monkeypatch.setenv(setting, value)
    monkeypatch.setattr(sys, "argv", ["bureau", "feeds", "catalogue"])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert told.startswith("bureau: ")
    assert told.endswith(f"{said}\n")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["clients", "create", "\udcff"], ["contracts", "pay-in", "X", "5", "--reference", "a\udcff"]]
)
def test_bytes_of_no_text_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bureau", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert (ended.value.code, told.count("\n")) == (2, 1)
    assert "udcff' is no text in UTF-8" in told


def test_what_a_command_imports_is_out_of_the_collectors_rounds_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    monkeypatch.setattr(cli, "app", lambda: held.append(gc.get_freeze_count()))
    monkeypatch.setattr(sys, "argv", ["bureau", "law"])
    main()
    assert held[0] > len(sys.modules["features.law.cli"].__dict__)
    assert gc.get_freeze_count() == 0
