"""`bureau feeds` and `bureau subjects`: check, ingest and look at what the departments deliver."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from bureau.clock import now
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.contracts.feeds import FEEDS, find_feed
from features.contracts.quality import say
from features.lake.compaction import compact
from features.lake.delivery import Delivery, agreed, read_delivery
from features.lake.doubts import doubts_told
from features.lake.due import due_feeds
from features.lake.judgement import judge
from features.lake.lake import Lake, open_lake
from features.lake.landing import land
from features.lake.quarantine import list_waiting
from features.lake.registry import enterprises
from features.lake.replay import replay
from features.lake.status import feed_statuses
from features.lake.stops import read_or_stop, standing_stops
from features.law.words import use_words
from features.store.feeds_cli import archive, archived, endings, erase_records, list_certificates, mark, resume
from features.store.links_cli import links, review

feeds = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Check, ingest and list feeds; see what waits in quarantine."
)
feeds.add_typer(review, name="review")
subjects = typer.Typer(add_completion=False)

FeedArgument = Annotated[str, typer.Argument(help="Code of the feed, for example F16.")]
HistoryOption = Annotated[bool, typer.Option("--history", help="Each row brings its own past received_at.")]
LimitOption = Annotated[int | None, typer.Option(min=0, help="At most so many; all unless said.")]


_FACTS = (
    *("department", "act", "channel", "openness", "direction", "cadence", "grain"),
    *("publish_lag_days", "receive_lag_days", "deadline_days", "fresh_for_days", "million_rows"),
    *("level", "controller", "share_scope", "legal_basis", "retention", "personal", "feature_source"),
)


@feeds.command("list")
def list_feeds(form: FormatOption = Format.TABLE) -> None:
    """List the feeds there is a contract for, and why one has stopped taking deliveries."""
    columns = ("code", "name", "name_en", "department", "cadence", "level", "deadline_days")
    stops = standing_stops(_open()) if Settings().home.exists() else {}
    rows = [{column: getattr(feed, column) for column in columns} | {"stopped": stops.get(feed.code)} for feed in FEEDS]
    print_rows(rows, (*columns, "stopped"), form)


@feeds.command()
def show(code: FeedArgument, form: FormatOption = Format.TABLE) -> None:
    """Show a feed's contract: who delivers what, when and on which ground, and every column's rule."""
    contract = find_feed(code)
    if form is Format.TABLE:
        print(f"{contract.code} {contract.name} / {contract.name_en}")
        for fact in _FACTS:
            print(f"  {fact}: {getattr(contract, fact)}")
        print(f"  usable_while: {use_words(contract)}")
        for rule in contract.quality_rules:
            print(f"  {rule.severity}: {rule.text}")
    rows = [
        {
            "column": name,
            "type": str(column.dtype.type),
            "may_be_empty": column.nullable,
            "rule": "; ".join(map(say, column.checks)),
            "title": column.title,
            "description": column.description,
        }
        for name, column in contract.schema.to_schema().columns.items()
    ]
    print_rows(rows, ("column", "type", "may_be_empty", "rule", "title", "description"), form)


@feeds.command()
def check(
    code: FeedArgument,
    file: Annotated[Path, typer.Argument(help="Parquet or CSV file, with or without its sidecar.")],
    history: HistoryOption = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Check a file against its contract without landing it: which rows would wait or are doubtful, and why."""
    delivery = _read(file, code, history)
    judged = judge(delivery.frame, delivery.contract, now())
    told = pl.concat([judged.refused, doubts_told(judged.kept, delivery.contract, history=delivery.sidecar.history)])
    reasons = told.group_by("code", "reason").agg(rows=pl.len(), first_row=pl.col("row").min() + 1)
    print_rows(reasons.sort("first_row").to_dicts(), ("rows", "first_row", "code", "reason"), form)
    if form is Format.TABLE:
        print(
            f"{file}: {delivery.frame.height:,} rows, {judged.kept.height:,} keep the contract of {code}, "
            f"{judged.refused.height:,} would wait, {judged.doubtful:,} are doubtful"
        )


@feeds.command()
def ingest(
    code: FeedArgument,
    files: Annotated[list[Path], typer.Argument(help="Parquet or CSV files of this feed.")],
    history: HistoryOption = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Land files of one feed. A file that cannot be read as the feed changes nothing; the others land all the same.

    A file without a sidecar is a batch named by its own hash, so the same file again changes nothing.
    """
    find_feed(code)
    lake, landed, problems = _open(), [], []
    for file in files:
        try:
            delivery = read_or_stop(lake, file, at=now(), feed=code, history=history)
            landed.append(asdict(land(lake, delivery, received_at=now())))
        except InvalidInput as problem:
            problems.append(problem)
    columns = ("feed", "batch_id", "rows", "landed", "quarantined", "unchanged", "doubtful", "snapshot")
    if landed:
        print_rows(landed, columns, form)
    if any(one["doubtful"] for one in landed):
        typer.echo(f"Some rows are doubtful; see why with: bureau feeds check {code} FILE", err=True)
    for earlier in problems[:-1]:
        typer.echo(f"bureau: {earlier}", err=True)
    if problems:
        raise problems[-1]


@feeds.command()
def quarantine(
    again: Annotated[bool, typer.Option("--replay", help="Try every waiting row again first.")] = False,
    feed: Annotated[str | None, typer.Option(help="Only this feed.")] = None,
    limit: LimitOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the rows that wait, each with its reason; with --replay try them again."""
    if feed is not None:
        find_feed(feed)
    lake = _open()
    if again:
        replayed = replay(lake, at=now(), feed=feed)
        told = f"{replayed.landed:,} rows landed, {replayed.unchanged:,} were there, {replayed.waiting:,} still wait"
        typer.echo(told, err=form is not Format.TABLE)
    columns = ("feed", "batch_id", "record_id", "code", "reason", "received_at")
    print_rows([asdict(row) for row in list_waiting(lake, feed, limit)], columns, form)


@feeds.command()
def catalogue(form: FormatOption = Format.TABLE) -> None:
    """Show what each feed holds, when it was last heard of, and whether it has gone stale."""
    day = Settings().feature_day
    lake = _open()
    stops = standing_stops(lake)
    rows = [asdict(status) | {"stopped": stops.get(status.feed)} for status in feed_statuses(lake, day)]
    columns = ("feed", "name", "batches", "files", "rows", "waiting", "received_at", "due_by", "stale", "stopped")
    print_rows(rows, columns, form)


@feeds.command("compact")
def compact_feeds(
    codes: Annotated[list[str] | None, typer.Argument(help="Feeds; all unless said.")] = None,
    if_due: Annotated[bool, typer.Option("--if-due", help="Only feeds with enough new files to be worth it.")] = False,
) -> None:
    """Fold the deltas of feeds into one file a bucket. Nothing visible changes; reading gets quicker."""
    contracts = [find_feed(code) for code in codes] if codes else FEEDS
    lake = _open()
    due = due_feeds(lake) if if_due else [contract.code for contract in contracts]
    for contract in contracts:
        if contract.code not in due:
            continue
        done = compact(lake, contract.code, at=now())
        print(f"{done.feed}: {done.files} files, {done.rows:,} rows written")


feeds.command("links")(links)
feeds.command("resume")(resume)
feeds.command("mark")(mark)
feeds.command("erase")(erase_records)
feeds.command("archive")(archive)
feeds.command("archived")(archived)
feeds.command("certificates")(list_certificates)
feeds.command("endings")(endings)


@subjects.command()
def list_subjects(limit: LimitOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the enterprises of this home, one code a line."""
    known = enterprises(_open()).slice(0, limit)
    if form is not Format.TABLE:
        print_rows(known.to_dicts(), ("uscc", "name"), form)
        return
    for code in known["uscc"]:
        print(code)


def _open() -> Lake:
    settings = Settings()
    return open_lake(settings.home, settings.catalogue_url)


def _read(file: Path, code: str, history: bool) -> Delivery:
    find_feed(code)
    return agreed(read_delivery(file, code, history=history), history=history)
