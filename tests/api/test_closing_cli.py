"""What `bureau close-day` refuses, in one sentence that says what to do next."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.closing_cli import close_day
from bureau.clock import now, shanghai_day
from bureau.errors import ImpossibleDate, InvalidInput
from features.contracts.tax_arrears import TAX_ARREARS
from tests.factories.lakes import ACME, deliver
from tests.factories.tax import tax_arrears

Close = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("BUREAU_HOME", str(home))
    monkeypatch.setenv("BUREAU_TODAY", "2025-07-01")
    return home


@pytest.fixture
def close(home: Path) -> Close:
    return lambda *arguments: CliRunner().invoke(close_day, arguments, catch_exceptions=False)


def test_a_home_without_records_says_how_to_get_some(close: Close, home: Path) -> None:
    for _again in range(2):
        with pytest.raises(InvalidInput, match=r"holds no enterprise yet\. Load a source .*bureau source load city"):
            close()
    assert not (home / "health").exists()


def test_rubbish_in_the_inbox_is_put_aside_with_its_reason(close: Close, home: Path) -> None:
    (home / "inbox").mkdir(parents=True)
    (home / "inbox" / "rubbish.csv").write_text("hello")
    with pytest.raises(InvalidInput, match="holds no enterprise yet"):
        close()
    assert (home / "inbox" / "refused" / "rubbish.csv.reason.txt").read_text().count("\n") == 1


def test_the_first_delivery_may_come_by_the_inbox(close: Close, home: Path) -> None:
    with pytest.raises(InvalidInput):
        close()
    (home / "inbox" / "rubbish.csv").write_text("hello")
    deliver(TAX_ARREARS, [tax_arrears(ACME)], home / "inbox")
    told = close().stdout
    assert "deliveries: deliveries 1, landed 1, quarantined 0, unchanged 0, refused 1" in told
    assert "refused files, each with its reason beside it" in told


@pytest.mark.parametrize("day", ["2023-02-29", "tomorrow", ""])
def test_a_day_that_is_none_is_refused(close: Close, day: str) -> None:
    with pytest.raises(ImpossibleDate):
        close("--day", day)


def test_a_day_to_come_is_refused(close: Close) -> None:
    with pytest.raises(InvalidInput, match=r"has not come yet\. Close a day up to"):
        close("--day", str(shanghai_day(now()) + timedelta(days=2)))
