"""`bureau health`: how feeds came and how features look on a day, and what a person should look at."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.definitions.library import find_feature
from features.health.alerts import ANSWERS, FILES, MODELS, alerts, kept_alerts, stop_alerts, term_alerts
from features.health.bins import forget_baseline
from features.health.feature_days import BASELINE, measured_days, read_feature_days
from features.health.feed_days import FeedDay, measure_feeds
from features.lake.lake import Lake, open_lake
from features.lake.stops import standing_stops
from features.store.days import read_day
from features.store.retention import count_expired

health = typer.Typer(
    no_args_is_help=True, add_completion=False, help="How feeds came and features look on a day; what to look at."
)

DayOption = Annotated[str | None, typer.Option(help="YYYY-MM-DD; the day features are read as of unless said.")]
FEED_COLUMNS = ("feed", "rows", "usual", "late", "late_share", "silent_days", "fresh_for_days", "stale")
FEATURE_COLUMNS = ("feature", "rows", "missing_rate", "baseline_missing_rate", "psi", "baseline_day", "new_categories")


@health.command("feeds")
def list_feeds(day: DayOption = None, form: FormatOption = Format.TABLE) -> None:
    """How each feed came by a day: volume beside what is usual, late rows, silence."""
    rows = [
        asdict(one) | {"late_share": round(one.late_share, 4), "stale": one.is_stale}
        for one in measure_feeds(_open(), _day(day))
    ]
    print_rows(rows, FEED_COLUMNS, form)


@health.command("features")
def list_features(day: DayOption = None, form: FormatOption = Format.TABLE) -> None:
    """How each feature looked on a day that was closed: what is unknown, and how far it moved since its baseline."""
    chosen = _day(day)
    measured = read_feature_days(_folder(), chosen)
    if not measured:
        days = ", ".join(map(str, measured_days(_folder())[-5:])) or "none yet"
        raise InvalidInput(
            f"No features were measured on {chosen} (measured: {days}); run: bureau close-day --day {chosen}"
        )
    rows = [asdict(one) | {"new_categories": " ".join(one.new_categories)} for one in measured]
    rows = [
        row | {name: round(row[name], 4) for name in ("psi", "missing_rate", "baseline_missing_rate")} for row in rows
    ]
    print_rows(rows, FEATURE_COLUMNS, form)


@health.command("alerts")
def list_alerts(day: DayOption = None, form: FormatOption = Format.TABLE) -> None:
    """What a person should look at on a day: feeds, files, features, models in service, answers they withheld."""
    chosen = _day(day)
    lake = _open()
    feeds: list[FeedDay] = measure_feeds(lake, chosen)
    found = stop_alerts(standing_stops(lake)) + term_alerts(count_expired(lake, chosen))
    found += alerts(read_feature_days(_folder(), chosen), feeds) + kept_alerts(_folder(), MODELS, chosen)
    found += kept_alerts(_folder(), ANSWERS, chosen) + kept_alerts(_folder(), FILES, chosen)
    print_rows([asdict(alert) for alert in found], ("subject", "code", "text"), form)


@health.command("rebase")
def rebase(
    only: Annotated[
        list[str] | None, typer.Option("--feature", help="Only this; repeat for more. Default: all.")
    ] = None,
) -> None:
    """Give up the baseline of features, once a change was looked at: the next day closed is the new one."""
    names = [find_feature(name).name for name in dict.fromkeys(only or ())]
    given_up = forget_baseline(_folder() / BASELINE, names or None)
    typer.echo(f"{given_up:,} features have no baseline now; the next day that is closed becomes theirs.")


def _day(text: str | None) -> date:
    return Settings().feature_day if text is None else read_day(text, "--day")


def _folder() -> Path:
    return Settings().home / "health"


def _open() -> Lake:
    settings = Settings()
    return open_lake(settings.home, settings.catalogue_url)
