"""`bureau source`: load the records of a source into this home, and check what it holds."""

from pathlib import Path
from typing import Annotated

import typer

from bureau.clock import now
from bureau.listing import Format, FormatOption, print_rows
from bureau.progress import progress_of
from bureau.settings import Settings
from features.lake.lake import open_lake
from features.sources.checking import check_source
from features.sources.loading import DEMO_CITY, KEPT_UP_TO, SOURCES, SourceOptions, load_source
from features.sources.source import Pace

TARGET_ROWS_A_SECOND, TARGET_CORES = 2_000_000, 2
"""Of generating alone."""

source = typer.Typer(no_args_is_help=True, add_completion=False)


@source.command()
def load(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(SOURCES)}; a home holds one.")],
    data: Annotated[Path | None, typer.Option(help="Directory of the source's files, for a source that reads.")] = None,
    enterprises: Annotated[int | None, typer.Option(help=f"How many to generate; {DEMO_CITY} unless said.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed generates the same records.")] = None,
    parameters: Annotated[Path | None, typer.Option(help="YAML file that replaces parameters of the city.")] = None,
    keep: Annotated[
        bool | None,
        typer.Option(
            "--keep/--drop", help=f"Keep deliveries that landed; unless said, up to {KEPT_UP_TO:,} enterprises."
        ),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Write a source's deliveries into this home and land them. Again with other files: the records add up.

    A load that was cut off goes on when it is asked for again: what is not kept is not drawn again once it landed.
    """
    settings = Settings()
    lake = open_lake(settings.home, settings.catalogue_url)
    options = SourceOptions(data, enterprises, seed, parameters, keep)
    with progress_of(f"Loading {name}") as tell:
        report = load_source(lake, settings.home, name, options, at=now(), tell=tell)
    rows = [vars(feed) for feed in report.feeds]
    print_rows(rows, ("feed", "rows", "landed", "quarantined", "unchanged"), form)
    if form is Format.TABLE:
        print(f"{name} up to {report.last_day}, snapshot {report.snapshot}")
        if report.pace is not None and report.pace.rows:
            print(_pace_told(report.pace))


def _pace_told(pace: Pace) -> str:
    return (
        f"drew {pace.rows:,} rows in {pace.seconds:,.1f} s of the drawing processes' own time: "
        f"{pace.rows_a_second(TARGET_CORES):,.0f} rows/s on {TARGET_CORES} cores, before writing and landing "
        f"(target at full size: {TARGET_ROWS_A_SECOND:,})"
    )


@source.command()
def check(
    data: Annotated[Path | None, typer.Option(help="Directory of real invoices to hold a city's against.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Check that the records of this home's source are whole, agree, and are what the source promises.

    Ends with 1 only where something is missed and no reason for it is known.
    """
    settings = Settings()
    checks = check_source(open_lake(settings.home, settings.catalogue_url), settings.home, data)
    print_rows([vars(one) for one in checks], ("rule", "target", "found", "room", "verdict", "note"), form)
    if any(one.fails for one in checks):
        raise typer.Exit(1)
