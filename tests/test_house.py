"""What a newcomer relies on: the README's commands exist, the lock names no host, nothing points at one machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import COMMANDS, load_command, main

ROOT = Path(__file__).parents[1]
Captured = pytest.CaptureFixture[str]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITTEN = sorted(
    path
    for top in (
        "*",
        "bureau/**/*",
        "features/**/*",
        "models/**/*",
        "products/**/*",
        "api/**/*",
        "tests/**/*",
        "notebooks/*",
    )
    for path in ROOT.glob(top)
    if path.suffix in {".py", ".md", ".yaml", ".toml", ".lock", ".html", ".css", ""} and path.is_file()
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_line_in_the_readme(name: str) -> None:
    assert re.search(rf"`bureau {name}\b", README)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_its_parts_have_help(name: str) -> None:
    command = load_command(name)
    assert command.help or COMMANDS[name].help
    for part in getattr(command, "commands", {}).values():
        assert part.help, f"bureau {name} {part.name} has no help"


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-uv.lock", "requirements-spark.lock", "requirements-contenders.lock"]
)
def test_locks_carry_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert "://" not in text
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(pins) > 0


def test_nothing_written_names_the_home_of_one_machine() -> None:
    naming = [path for path in WRITTEN if re.search(rb"/(root|home)/\w", path.read_bytes())]
    assert naming == []


def test_the_list_of_commands_imports_no_layer() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from api.cli import app; "
        "result = CliRunner().invoke(app, ['--help']); assert result.exit_code == 0, result.output; "
        "heavy = {'polars', 'duckdb', 'lightgbm', 'pandera', 'fastapi', 'mlflow', 'shap'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        pytest.param("BUREAU_HOME", "/proc/nowhere", "/proc/nowhere", id="a home that cannot be written"),
        pytest.param("BUREAU_TODAY", "2023-02-30", "BUREAU_TODAY cannot be", id="a day there is not"),
        pytest.param("BUREAU_DATABASE_URL", "rubbish", "BUREAU_DATABASE_URL", id="no address of a database"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_2(
    setting: str, value: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path))
    monkeypatch.setenv(setting, value)
    monkeypatch.setattr(sys, "argv", ["bureau", "subjects"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("bureau: ")
    assert len(told.splitlines()) == 1
    assert sentence in told
