"""The part of `bureau feeds` that tells whose a record without a code is: links, and names that are merely alike."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bureau.clock import now
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.lake.lake import Lake, open_lake
from features.lake.links import list_links
from features.lake.review import accept, link_name, list_open, propose, refuse
from features.lake.unlinking import end_link
from features.store.dependence import depending_on_feeds

review = typer.Typer(no_args_is_help=True, add_completion=False, help="Decide on names that are merely alike.")

LimitOption = Annotated[int | None, typer.Option(min=0, help="At most so many; all unless said.")]


def links(
    end: Annotated[
        int | None, typer.Option(help="Number of a link to undo from now on, with every other of its key and firm.")
    ] = None,
    limit: LimitOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the links of records that came without a code; with --end undo one."""
    lake, settings = _open(), Settings()
    if end is not None:
        ended = end_link(lake, end, at=settings.present)
        changing = depending_on_feeds(lake, ended.enterprise_ids, ended.feeds)
        undone = " and ".join(f"link {number}" for number in ended.links) + (" is" if len(ended.links) == 1 else " are")
        told = f"{undone} undone, {ended.rows:,} rows ended; from now on {len(changing)} features can change of:"
        left = as_before(settings.home, settings.feature_day) if changing else ()
        typer.echo("\n".join((told, *ended.usccs, *left)), err=form is not Format.TABLE)
    columns = ("link_id", "key", "uscc", "name", "rule", "score", "known_from", "known_to")
    print_rows([asdict(link) for link in list_links(lake, limit)], columns, form)


def as_before(home: Path, today: date) -> tuple[str, ...]:
    """What still tells as before a link was made or undone: the newest day written, in one sentence or none."""
    written = sorted(home.glob("features/day=*")) + sorted(home.glob("scores/day=*"))
    newest = max((folder.name for folder in written), default=None)
    if newest is None:
        return ()
    models = sorted(folder.name for folder in (home / "scores" / newest).glob("*") if folder.is_dir())
    stored = f"features and the scores of {', '.join(models)}" if models else "features"
    written_day = date.fromisoformat(newest.removeprefix("day="))
    return (
        f"What is asked from now on is computed anew; the stored {stored} of {written_day} tell as before. Renew them "
        f"with: bureau close-day --day {max(written_day, today)}",
    )


@review.command("list")
def list_review(
    propose_first: Annotated[bool, typer.Option("--propose", help="Look for names alike first.")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the enterprises whose name is like one that waits; with --propose look for them first."""
    lake = _open()
    if propose_first:
        typer.echo(f"{propose(lake, at=now()):,} pairs are new", err=form is not Format.TABLE)
    print_rows([asdict(pair) for pair in list_open(lake)], ("review_id", "key", "uscc", "name", "score"), form)


@review.command("accept")
def accept_pair(number: Annotated[int, typer.Argument(help="Number of the pair in the list.")]) -> None:
    """Link a waiting name to the enterprise proposed, from now on; feeds links --end undoes it."""
    settings = Settings()
    accept(_open(), number, at=settings.present)
    typer.echo("\n".join((f"pair {number} is a link from now on", *as_before(settings.home, settings.feature_day))))


@review.command("link")
def link_a_name(
    name: Annotated[str, typer.Argument(help="The name the waiting rows bear.")],
    uscc: Annotated[str, typer.Argument(help="Code of the enterprise they belong to.")],
) -> None:
    """Say yourself whose the rows are that wait under a name, from now on; feeds links --end undoes it."""
    settings = Settings()
    link_name(_open(), name, uscc, at=settings.present)
    typer.echo("\n".join((f"{name} means {uscc} from now on", *as_before(settings.home, settings.feature_day))))


@review.command("refuse")
def refuse_pair(number: Annotated[int, typer.Argument(help="Number of the pair in the list.")]) -> None:
    """Refuse a pair; it is never proposed again."""
    refuse(_open(), number, at=now())
    typer.echo(f"pair {number} is refused")


def _open() -> Lake:
    settings = Settings()
    return open_lake(settings.home, settings.catalogue_url)
