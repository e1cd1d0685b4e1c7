"""The part of `bureau feeds` that the law asks for: marks, erasure with its certificate, archive, audit of endings."""

from dataclasses import asdict
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from bureau.clock import now
from bureau.errors import InvalidInput, StateConflict, UnknownSubject
from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from bureau.uscc import clean
from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS, find_feed
from features.lake.archive import list_archive, read_archive
from features.lake.endings import ended_records, list_endings
from features.lake.erasure import Erasure, certificates, erase
from features.lake.lake import Lake, open_lake
from features.lake.marks import KINDS, mark_record, refuse_marked
from features.lake.quarantine import held_of_record, held_of_subject
from features.lake.registry import resolve
from features.lake.stops import acknowledge
from features.lake.stored import numbers_of_ids, numbers_of_subject
from features.store.days import read_day
from features.store.parquet_file import write_features
from features.store.retention import archive_expired, erase_expired, has_term, offer_expired

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
    known = {"known_at": Settings().present, "made_at": now()}
    mark_record(_open(), (feed, record), kind, from_day=first, until_day=end, basis=basis, **known)
    typer.echo(f"{record} of {feed} is under {kind} from {first}" + (f" until {end}" if end else ""))


def resume(feed: FeedArgument) -> None:
    """Let a feed go on that stopped because a file's columns were not those agreed: you have settled it."""
    acknowledge(_open(), find_feed(feed).code, at=now())
    typer.echo(f"{feed} is no longer stopped")


def erase_records(
    feed: FeedArgument,
    basis: Basis,
    subject: Annotated[str | None, typer.Option(help="All records of this enterprise, and what waits of it.")] = None,
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

        def find() -> Erasure:
            erasure = _named(lake, contract, basis, subject, record)
            if not although_marked:
                refuse_marked(lake, feed, erasure.record_ids, day)
            return erasure

        done = erase(lake, find, at=now())
    if not done.certificate:
        typer.echo("Nothing to erase; nothing changed.")
        return
    typer.echo(
        f"certificate {done.certificate}: {done.records:,} records of {feed}, {done.rows:,} rows, "
        f"{done.files} files written again, snapshot {done.snapshot}"
    )


def archive(
    feed: Annotated[str | None, typer.Argument(help="Code of the feed, for example F34.")] = None,
    basis: Basis = "",
    every: Annotated[bool, typer.Option("--all", help="Every feed whose records have a term.")] = False,
    although_marked: AlthoughMarked = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many rows would live on.")] = False,
) -> None:
    """Move records whose term is over into the de-identified archive for training, and erase them from the lake.

    With --all a feed that cannot be archived, because a record of it is marked, leaves the others to go on.
    """
    lake, day, problems, over = _open(), Settings().feature_day, [], 0
    for contract in _to_archive(feed, every):
        try:
            told = _offer(lake, contract, day) if dry_run else _archive(lake, contract, day, basis, although_marked)
        except StateConflict as problem:
            problems.append(problem)
            continue
        if told:
            typer.echo(told)
            over += 1
    for earlier in problems[:-1]:
        typer.echo(f"bureau: {earlier}", err=True)
    if problems:
        raise problems[-1]
    if not over:
        typer.echo("No record's term is over; nothing changed.")


def archived(
    feed: Annotated[str | None, typer.Argument(help="Code of the feed, for example F34.")] = None,
    out: Annotated[Path | None, typer.Option(help="Parquet file to write the feed's archived rows to.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List what the archive holds by feed; of one feed show the rows or write them to a file, for training alone."""
    lake = _open()
    if feed is None:
        if out is not None:
            raise InvalidInput("Say which feed's rows to write: bureau feeds archived FEED --out FILE")
        print_rows([asdict(line) for line in list_archive(lake)], ("feed", "rows", "files", "first", "last"), form)
        return
    rows = read_archive(lake, find_feed(feed), operator_grant("training"))
    if out is None:
        print_rows(rows.to_dicts(), rows.columns, form)
        return
    write_features(rows, out, {"archive_of": feed})
    typer.echo(f"{rows.height:,} rows of {feed} that are nobody's: {out}")


def list_certificates(form: FormatOption = Format.TABLE) -> None:
    """List what was erased, on which ground and when; as JSON with hashes, files and the report of the archive."""
    told = ("certificate", "feed", "scope", "basis", "made_at", "records", "rows", "snapshot")
    hashes = ("record_hashes_sha256", "record_hashes", "kept_by_others")
    whole = (*told, *hashes, "quarantined", "files", "deliveries", "archive")
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


def _named(lake: Lake, contract: Contract, basis: str, subject: str | None, record: str | None) -> Erasure:
    """What a person names, stored or waiting: a code no stored record ever brought may stand in a row that waits."""
    if record is not None:
        stored, held = numbers_of_ids(lake, contract, [record]), held_of_record(lake, contract, record)
        return Erasure(contract, "record", basis, stored, held)
    try:
        owner = resolve(lake, subject or "")
    except UnknownSubject:
        uscc = clean(subject or "")
        held = held_of_subject(lake, contract, uscc)
        if held.is_empty():
            raise
        return Erasure(contract, "subject", basis, numbers_of_ids(lake, contract, []), held, uscc)
    stored, held = numbers_of_subject(lake, contract, owner.enterprise_id), held_of_subject(lake, contract, owner.uscc)
    return Erasure(contract, "subject", basis, stored, held, owner.uscc)


def _to_archive(feed: str | None, every: bool) -> list[Contract]:
    if every == (feed is not None):
        raise InvalidInput("Say which feed to archive, or --all: bureau feeds archive --all --basis GROUND")
    return [find_feed(feed)] if feed is not None else [contract for contract in FEEDS if has_term(contract)]


def _offer(lake: Lake, contract: Contract, day: date) -> str:
    would = offer_expired(lake, contract, day)
    if not would.records:
        return ""
    return (
        f"{would.records:,} records of {contract.code} would be erased, {would.report.rows:,} of {would.offered:,} "
        f"rows would live on as nobody's, in {would.report.groups:,} groups of at least {would.report.k} enterprises; "
        "nothing changed"
    )


def _archive(lake: Lake, contract: Contract, day: date, basis: str, although_marked: bool) -> str:
    done = archive_expired(lake, contract, day, basis, at=now(), although_marked=although_marked)
    if not done.erased.records:
        return ""
    return (
        f"certificate {done.erased.certificate}: {done.erased.records:,} records of {contract.code} erased, "
        f"{done.rows:,} of {done.offered:,} rows live on as nobody's"
    )


def _open() -> Lake:
    settings = Settings()
    return open_lake(settings.home, settings.catalogue_url)
