"""The part of `bureau feeds` that the law asks for: marks, erasure with its certificate, archive, audit of endings."""

from dataclasses import asdict
from datetime import date, datetime, time
from itertools import islice
from typing import Annotated

import polars as pl
import typer

from bureau.clock import SHANGHAI, now
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.contracts.contract import Contract
from features.contracts.feeds import find_feed
from features.lake.endings import ended_records, list_endings
from features.lake.erasure import Erasure, certificates, erase
from features.lake.lake import Lake, open_lake
from features.lake.marks import KINDS, mark_record, refuse_marked
from features.lake.registry import resolve
from features.lake.stops import acknowledge
from features.lake.stored import numbers_of_ids, numbers_of_subject
from features.store.days import read_day
from features.store.retention import archive_expired, erase_expired, offer_expired

FeedArgument = Annotated[str, typer.Argument(help="Code of the feed, for example F34.")]
AlthoughMarked = Annotated[
    bool, typer.Option("--although-marked", help="Also what is under objection, review or suit.")
]
Basis = Annotated[str, typer.Option(help="The ground: a rule, a decision, a request and its number.")]


def mark(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    feed: Annotated[str, typer.Option(help="Code of its feed.")],
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS)}.")],
    from_day: Annotated[str, typer.Option("--from", help="First day it is under the mark: YYYY-MM-DD.")],
    until: Annotated[str | None, typer.Option(help="Day from which it no longer is; open unless said.")] = None,
    basis: Annotated[str | None, typer.Option(help="Number of the objection, review or case.")] = None,
) -> None:
    """Mark a record as under objection, review or suit. It is still used; every answer that rests on it says so."""
    first, end = read_day(from_day, "--from"), None if until is None else read_day(until, "--until")
    known_at = _present()
    mark_record(
        _open(), (feed, record), kind, from_day=first, until_day=end, known_at=known_at, made_at=now(), basis=basis
    )
    typer.echo(f"{record} of {feed} is under {kind} from {first}" + (f" until {end}" if end else ""))


def resume(feed: FeedArgument) -> None:
    """Let a feed go on that stopped because a file's columns were not those agreed: you have settled it."""
    acknowledge(_open(), find_feed(feed).code, at=now())
    typer.echo(f"{feed} is no longer stopped")


def erase_records(
    feed: FeedArgument,
    basis: Basis,
    subject: Annotated[str | None, typer.Option(help="All records of this enterprise.")] = None,
    record: Annotated[str | None, typer.Option(help="This record.")] = None,
    expired: Annotated[bool, typer.Option("--expired", help="Every record whose term is over.")] = False,
    although_marked: AlthoughMarked = False,
) -> None:
    """Erase records from every file and every earlier state of the lake, and leave a certificate."""
    contract, lake = find_feed(feed), _open()
    if sum((subject is not None, record is not None, expired)) != 1:
        raise InvalidInput("Say what to erase with one of --subject CODE, --record ID and --expired.")
    day = Settings().feature_day
    if expired:
        done = erase_expired(lake, contract, day, basis, at=now(), although_marked=although_marked)
    else:
        scope, records = _named(lake, contract, subject, record)
        erasure = Erasure(contract, scope, basis, records)
        if not although_marked:
            refuse_marked(lake, feed, erasure.records["record_id"], day)
        done = erase(lake, erasure, at=now())
    if not done.records:
        typer.echo("Nothing to erase; nothing changed.")
        return
    typer.echo(
        f"certificate {done.certificate}: {done.records:,} records of {feed}, {done.rows:,} rows, "
        f"{done.files} files written again, snapshot {done.snapshot}"
    )


def archive(
    feed: FeedArgument,
    basis: Basis = "",
    although_marked: AlthoughMarked = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many rows would live on.")] = False,
) -> None:
    """Move records whose term is over into the de-identified archive for training, and erase them from the lake."""
    contract, day = find_feed(feed), Settings().feature_day
    if dry_run:
        would = offer_expired(_open(), contract, day)
        typer.echo(
            f"{would.records:,} records of {feed} would be erased, {would.report.rows:,} of {would.offered:,} rows "
            f"would live on as nobody's, in {would.report.groups:,} groups of at least {would.report.k} enterprises; "
            "nothing changed"
        )
        return
    done = archive_expired(_open(), contract, day, basis, at=now(), although_marked=although_marked)
    if not done.erased.records:
        typer.echo("No record's term is over; nothing changed.")
        return
    typer.echo(
        f"certificate {done.erased.certificate}: {done.erased.records:,} records of {feed} erased, "
        f"{done.rows:,} of {done.offered:,} rows live on as nobody's"
    )


def list_certificates(form: FormatOption = Format.TABLE) -> None:
    """List what was erased, on which ground and when; as JSON with hashes, files and the report of the archive."""
    told = ("certificate", "feed", "scope", "basis", "made_at", "records", "rows", "snapshot")
    whole = (*told, "record_hashes_sha256", "record_hashes", "quarantined", "files", "deliveries", "archive")
    rows = [{name: line.get(name) for name in whole} for line in certificates(_open())]
    print_rows(rows, whole if form is Format.JSON else told, form)


def endings(
    feed: Annotated[str | None, typer.Option(help="Only this feed.")] = None,
    records: Annotated[bool, typer.Option("--records", help="Name each record and the day its use ended.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="At most so many lines.")] = 1000,
    form: FormatOption = Format.TABLE,
) -> None:
    """List which deliveries ended the use of records: repairs, revocations, removals, withdrawals.

    Records erased since are named no more.
    """
    lake, code = _open(), None if feed is None else find_feed(feed).code
    lines = list_endings(lake, code)
    said, of_batch = ("feed", "cause"), ("publisher", "batch_id", "snapshot", "made_at")
    if not records:
        print_rows([asdict(line) for line in lines[:limit]], (*said, "rows", "first_day", "last_day", *of_batch), form)
        return
    named = (asdict(line) | asdict(record) for line in lines for record in ended_records(lake, line))
    print_rows([*islice(named, limit)], (*said, "record_id", "on", *of_batch), form)


def _named(lake: Lake, contract: Contract, subject: str | None, record: str | None) -> tuple[str, pl.DataFrame]:
    if record is not None:
        return "record", numbers_of_ids(lake, contract, [record])
    return "subject", numbers_of_subject(lake, contract, resolve(lake, subject or "").enterprise_id)


def _present() -> datetime:
    """The instant from which readers are told: now, or in a home that lives on another day the start of that day."""
    settings = Settings()
    day: date | None = settings.today
    return now() if day is None else datetime.combine(day, time(), SHANGHAI)


def _open() -> Lake:
    settings = Settings()
    return open_lake(settings.home, settings.catalogue_url)
