"""How far long work is: a bar with the time that remains on a terminal, a line for each step elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Tell = Callable[[str, float], None]
"""Hears of each step a line and the share of the work that is done."""


@contextmanager
def progress_of(title: str, console: Console | None = None) -> Iterator[Tell]:
    """What to tell of each step: a line and the share that is done."""
    console = console or Console(stderr=True, soft_wrap=True)
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda line, done: bar.update(task, description=line, completed=done)


def _lines(console: Console) -> Tell:
    started = monotonic()

    def tell(line: str, done: float) -> None:
        left = f", {_remaining(monotonic() - started, done)} left" if done else ""
        console.print(f"{line} ({done:.0%}{left})", highlight=False)

    return tell


def _remaining(seconds: float, done: float) -> str:
    """The time the rest takes at the pace so far."""
    left = round(seconds * (1 - done) / done)
    return f"{left} s" if left < 120 else f"{round(left / 60)} min"
