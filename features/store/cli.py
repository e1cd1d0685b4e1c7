"""`bureau features`: look at the library, compute it, and trace a value to its records."""

import json
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from bureau.errors import InvalidInput, UnknownName
from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.progress import progress_of
from bureau.settings import Settings
from features.definitions.entry import Entry
from features.definitions.library import definition_hash, find_feature, published
from features.engine.engines import Engine
from features.engine.sentence import sentence
from features.engine.spark.machine import spark_missing
from features.engine.spark.session import spark_session
from features.lake.lake import Lake, open_lake
from features.lake.registry import resolve
from features.lake.tabular import open_table
from features.store.city_build import CityBuild, stale_of, write_city
from features.store.comparison import REFERENCE, compare, never_known, summary
from features.store.correlation import likeness
from features.store.days import read_day, read_past_day
from features.store.evidence import Evidence
from features.store.lineage import explain
from features.store.marked import read_marks
from features.store.parquet_file import check_writable
from features.store.staleness import StaleInput
from features.store.training_set import write_training_set

features = typer.Typer(
    no_args_is_help=True, add_completion=False, help="List, build and explain point-in-time features."
)

Name = Annotated[str, typer.Argument(help="The feature, e.g. tax_arrears_count_24m.")]
AsOf = Annotated[str, typer.Option(help="Only what was known on this day counts: YYYY-MM-DD.")]
Out = Annotated[Path, typer.Option(help="Parquet file to write.")]
Only = Annotated[list[str] | None, typer.Option("--feature", help="Only this feature; repeat for more. Default: all.")]
Computing = Annotated[Engine, typer.Option(help="Which execution computes; all agree cell for cell.")]
LIST_COLUMNS = ("name", "label", "label_en", "unit", "sign", "feeds", "missing", "consent")


@features.command("list")
def list_features(form: FormatOption = Format.TABLE) -> None:
    """List the published features."""
    print_rows([_line(entry) for entry in published()], LIST_COLUMNS, form)


@features.command()
def show(name: Name, form: FormatOption = Format.TABLE) -> None:
    """Show one feature: what it computes, what it means, and on what ground."""
    entry = find_feature(name)
    facts = _line(entry) | {
        "computes": sentence(entry.definition),
        "categories": " ".join(entry.categories),
        "purposes": " ".join(entry.purposes),
        "reason": entry.reason.code,
        "adverse": f"{entry.reason.adverse} / {entry.reason.adverse_en}",
        "favourable": f"{entry.reason.favourable} / {entry.reason.favourable_en}",
        "reference": entry.reference,
        "definition_hash": definition_hash([name]),
        "replaced_by": entry.replaced_by or "",
    }
    if form is Format.TABLE:
        print_rows([{"fact": fact, "value": value} for fact, value in facts.items()], ("fact", "value"), form)
    else:
        print_rows([facts], tuple(facts), form)


@features.command()
def build(
    as_of: AsOf,
    out: Out,
    only: Only = None,
    engine: Computing = Engine.KERNEL,
) -> None:
    """Compute features of every enterprise known on one day."""
    names, day, lake = _names(only), read_past_day(as_of, "--as-of"), _open()
    check_writable(out)
    wanted = CityBuild(tuple(names), day, lake.snapshot(), engine=engine)
    with _session(engine), progress_of("features") as tell:
        rows = write_city(lake, wanted, operator_grant(), out, tell)
    _warn(stale_of(lake, wanted), out)
    print(f"{rows:,} enterprises, {len(names)} features as of {day} by {engine}: {out}")


@features.command("training-set")
def build_training_set(
    labels: Annotated[Path, typer.Option(help="Parquet or CSV with subject and as_of; other columns are kept.")],
    out: Out,
    only: Only = None,
    engine: Computing = Engine.KERNEL,
) -> None:
    """Add features to labelled rows, each as it could have been known on its own day."""
    names, offered = _names(only), open_table(labels).frame
    check_writable(out)
    lake = _open()
    with _session(engine):
        made = write_training_set(lake, offered, names, operator_grant("training"), out, engine)
    _warn(made.stale, out)
    print(
        f"{offered.height:,} rows, {made.unknown:,} of unknown subjects, {len(names)} features, "
        f"definition {made.definition_hash[:12]}, snapshot {made.snapshot}: {out}"
    )


@features.command("explain")
def explain_feature(
    name: Name,
    subject: Annotated[str, typer.Option(help="Unified social credit code, or the key of the source.")],
    as_of: AsOf,
    form: FormatOption = Format.TABLE,
) -> None:
    """Print a value and the records it was computed from; as JSON one object holds all of it."""
    entry, day, lake = find_feature(name), read_past_day(as_of, "--as-of"), _open()
    enterprise = resolve(lake, subject)
    explained = explain(lake, name, enterprise.enterprise_id, day, operator_grant())
    if form is Format.JSON:
        facts = {"feature": name, "uscc": enterprise.uscc, "as_of": day, "unit": entry.unit} | asdict(explained)
        del facts["name"]
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1, default=str))
        return
    said = "unknown" if explained.value is None else f"{explained.value} ({entry.unit})"
    count = len(explained.records)
    told = f"{name} of {enterprise.uscc} as of {day}: {said}, from {count:,} record{'' if count == 1 else 's'}"
    if explained.cohort is not None:
        shared = ", ".join(f"{part} {value}" for part, value in explained.cohort.shared)
        told += f" of its own and {explained.cohort.size:,} other firms ({shared})"
    typer.echo(told, err=form is not Format.TABLE)
    read = dict.fromkeys(column for record in explained.records for column in record.values)
    columns = ("record_id", "feed", "department", "event_date", *(column for column in read if column != "event_date"))
    print_rows([_evidence(record, columns) for record in explained.records], columns, form)
    for mark in explained.marks:
        typer.echo(f"{mark.record_id} of {mark.feed} is under {mark.kind} since {mark.from_day}", err=True)
    for late in explained.stale:
        typer.echo(f"{late.feed} is stale: it last came on {late.newest} and was due by {late.due_by}", err=True)


@features.command("compare")
def compare_engines(
    rows: Annotated[int, typer.Option(min=1, help="Records of each feed, before their corrections.")] = 120,
    seed: Annotated[int, typer.Option(help="Another seed draws other records.")] = 1,
    only: Only = None,
    named: Annotated[
        str | None, typer.Option("--engines", help="Those that must run: kernel,duckdb,spark. Default: all that can.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Hold every engine against the reference on made-up records full of edges; exit code 1 where a cell differs.

    An engine that is named and cannot run here ends with exit code 2 before anything is compared.
    """
    engines = _engines(named)
    with TemporaryDirectory(prefix="bureau-compare-") as folder, _session(engines[-1]):
        compared = list(compare(Path(folder), _names(only), rows, seed, engines))
    columns = ("engine", "form", "cells", "known", "peers", "varying", "unknown", "differing", "example")
    print_rows([asdict(one) | {"unknown": len(one.unknown)} for one in compared], columns, form)
    typer.echo(summary(compared), err=form is not Format.TABLE)
    if empty := never_known(compared):
        told = f"No cell was known, so nothing was compared, of {len(empty)} features: {' '.join(empty)}"
        typer.echo(told, err=form is not Format.TABLE)
    if Engine.SPARK not in engines and named is None:
        typer.echo(f"Spark was left out. {spark_missing()}", err=True)
    if any(one.differing for one in compared):
        raise typer.Exit(1)


@features.command()
def correlated(
    as_of: Annotated[str | None, typer.Option(help="The day compared, YYYY-MM-DD. Default: today.")] = None,
    above: Annotated[float, typer.Option(min=0.0, max=1.0, help="The correlation above which two count once.")] = 0.98,
    form: FormatOption = Format.TABLE,
) -> None:
    """Print the groups of features that say the same on a day, and how many count when each group counts once."""
    day = Settings().feature_day if as_of is None else read_day(as_of, "--as-of")
    found = likeness(_open(), [entry.name for entry in published()], day, above, operator_grant())
    rows = [
        {"features": " ".join(group.features), "size": len(group.features), "weakest": round(group.weakest, 4)}
        for group in found.groups
    ]
    print_rows(rows, ("size", "weakest", "features"), form)
    if found.constant:
        typer.echo(f"The same for every enterprise: {' '.join(found.constant)}", err=form is not Format.TABLE)
    told = (
        f"{found.features} features, {found.counting} counting once, on {found.enterprises:,} enterprises as of {day}"
    )
    typer.echo(told, err=form is not Format.TABLE)


def _line(entry: Entry) -> dict[str, Any]:
    line = {column: getattr(entry, column) for column in LIST_COLUMNS}
    return line | {"sign": entry.sign.name.lower(), "feeds": " ".join(entry.feeds)}


def _evidence(record: Evidence, columns: tuple[str, ...]) -> dict[str, Any]:
    line = {column: record.values.get(column) for column in columns}
    return line | {name: getattr(record, name) for name in ("record_id", "feed", "department", "event_date")}


def _names(only: list[str] | None) -> list[str]:
    """Those asked for, each once; without any all."""
    named = map(find_feature, dict.fromkeys(only)) if only else published()
    return [entry.name for entry in named]


def _engines(named: str | None) -> list[Engine]:
    """Those named with commas; without any all that can run here."""
    if named is None:
        return [engine for engine in Engine if engine is not Engine.SPARK or spark_missing() is None]
    words = [word.strip() for word in named.split(",")]
    for word in words:
        if word not in [*Engine]:
            raise UnknownName("engine", word, Engine)
    if {*words} == {REFERENCE}:
        raise InvalidInput(f"{REFERENCE} is what the others are held against: name another engine with --engines.")
    if Engine.SPARK in words and (missing := spark_missing()):
        raise InvalidInput(missing)
    return [engine for engine in Engine if engine in words]


def _warn(stale: Iterable[StaleInput], written: Path) -> None:
    """Name on standard error the feeds that were silent too long, and the features that read them; count the marks."""
    for late in stale:
        typer.echo(str(late), err=True)
    marked = {(line["feed"], line["record_id"]) for line in read_marks(written)}
    if marked:
        records = "1 record" if len(marked) == 1 else f"{len(marked):,} records"
        told = f"{records} under objection, review or suit entered the file; its metadata says whose and what features"
        typer.echo(told, err=True)


def _session(engine: Engine) -> AbstractContextManager[Any]:
    """What an execution needs to be open while it computes."""
    return spark_session(Settings().spark_master) if engine is Engine.SPARK else nullcontext()


def _open() -> Lake:
    settings = Settings()
    lake = open_lake(settings.home, settings.catalogue_url)
    if lake.snapshot() == 0:
        raise InvalidInput(f"{settings.home} holds no records yet. Load a source first: bureau source load city")
    return lake
