"""Progress is a line with the time that remains where there is no terminal, and a bar where there is one."""

from io import StringIO

from rich.console import Console

from bureau.progress import progress_of


def told(*, terminal: bool, done: float = 0.5) -> str:
    written = StringIO()
    with progress_of("Loading", Console(file=written, force_terminal=terminal, width=100)) as tell:
        tell("F01 landed: 5 of 5 rows", done)
    return written.getvalue()


def test_a_line_elsewhere() -> None:
    assert told(terminal=False) == "F01 landed: 5 of 5 rows (50%, 0 s left)\n"


def test_nothing_done_yet_tells_no_remaining_time() -> None:
    assert told(terminal=False, done=0.0) == "F01 landed: 5 of 5 rows (0%)\n"


def test_a_bar_on_a_terminal() -> None:
    assert "F01 landed: 5 of 5 rows" in told(terminal=True)
    assert " 50%" in told(terminal=True)
