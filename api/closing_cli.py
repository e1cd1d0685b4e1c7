"""`bureau close-day`: the day's deliveries in, everything that depends on them renewed, what is odd told."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bureau.clock import now, shanghai_day
from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from bureau.progress import progress_of
from bureau.settings import Settings
from features.closing.inbox import FAILED, INBOX, REFUSED, failed_files, left_over, take_in
from features.closing.journal import Facts, Journal, open_journal
from features.definitions.library import find_feature, published
from features.health.alerts import FILES, Alert, alerts, file_alerts, keep_alerts, stop_alerts, term_alerts
from features.health.feature_days import measure_features
from features.health.feed_days import keep_feeds, measure_feeds
from features.lake.due import compact_due
from features.lake.lake import Lake, open_lake
from features.lake.links import links_changed
from features.lake.locking import alone
from features.lake.raw_identity import masked_sentence
from features.lake.registry import enterprises
from features.lake.stops import standing_stops
from features.sources.source import read_source
from features.store.city_build import CityBuild, built_parts, is_built, write_parts
from features.store.days import read_day
from features.store.hot_rows import renew_hot_files
from features.store.retention import count_expired
from models.city_scores import caveats_of, is_city_scored, score_city
from models.monitoring.alarm import alarmed
from models.monitoring.monitoring import monitor_released
from models.release import read_release
from models.scoring import ScoringModel
from models.service import load_released
from products.serving import read_serving

close_day = typer.Typer(add_completion=False)

FROM_SNAPSHOT = ("snapshot", "hot files", "features", "scores", "monitoring", "health")
"""The steps that tell of what was known in the day's snapshot."""
KEPT_DAYS = 3
"""Built days that stay on disk; an older one is built again from its snapshot in a minute."""
KEPT_SCORES = 31
"""Days whose scores stay, so that a month can be looked back on; an older one is scored again from its features."""


@close_day.command()
def run(
    day: Annotated[str | None, typer.Option(help="YYYY-MM-DD; the day features are read as of unless said.")] = None,
) -> None:
    """Close a day: land what waits in the inbox, renew features and scores, measure health. Killed, it goes on.

    A closed day whose links were ended or accepted since is computed anew.
    """
    settings = Settings()
    chosen = settings.feature_day if day is None else read_day(day, "--day")
    last = max(settings.feature_day, shanghai_day(now()))
    if chosen > last:
        raise InvalidInput(f"{chosen} has not come yet. Close a day up to {last}.")
    folder = settings.home / "closing"
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / ".closing"):
        close(settings, open_journal(folder, chosen, typer.echo), chosen)


def close(settings: Settings, journal: Journal, day: date) -> None:
    """Every step of a day's closing that its journal does not hold yet, all from one snapshot once it has landed.

    Where links were ended or accepted since that snapshot, the day takes a new one, and no new deliveries.
    """
    home, lake = settings.home, open_lake(settings.home, settings.catalogue_url)
    _forget_former_links(lake, journal, day)
    journal.step("deliveries", lambda: _take_in(lake, home, day))
    journal.step("compaction", lambda: {"feeds": len(compact_due(lake, at=now()))})
    snapshot = int(journal.step("snapshot", lambda: {"number": lake.snapshot()})["number"])
    journal.step("hot files", lambda: {"feeds": renew_hot_files(lake, snapshot)})
    wanted = CityBuild(_names(home, day), day, snapshot)
    folder = home / "features" / f"day={day}"
    last = "health"
    over = partial(journal.is_done, last)  # then nobody needs what was built, and it may have gone
    journal.step("features", lambda: _build(lake, wanted, folder), lambda: over() or is_built(wanted, folder))
    scored = partial(_is_scored, home, wanted, folder)
    journal.step("scores", lambda: _score(lake, home, wanted, folder), lambda: over() or scored())
    journal.step("monitoring", lambda: _monitor(lake, home, wanted))
    journal.step(last, lambda: _measure(lake, home, wanted, folder))
    _forget_older(folder, KEPT_DAYS)
    _forget_older(home / "scores" / folder.name, KEPT_SCORES)
    _tell_what_waits(lake, home)


def _forget_former_links(lake: Lake, journal: Journal, day: date) -> None:
    """Give up the steps of a day that tell of it by links that no longer are, or without those made since."""
    taken = journal.facts("snapshot")
    if taken is None:
        return
    changed = links_changed(lake, int(taken["number"]), day)
    if changed:
        journal.forget(FROM_SNAPSHOT)
        journal.tell(
            f"links: {changed.ended:,} ended and {changed.accepted:,} accepted since snapshot {taken['number']}; "
            "features, scores and what follows of them are done anew"
        )


def _take_in(lake: Lake, home: Path, day: date) -> Facts:
    """Refuses a home without a record before the step is done, so that the same day can be closed once it has some."""
    taken = take_in(lake, home, day, now())
    if taken.refused:
        typer.echo(f"  {home / INBOX / REFUSED}: refused files, each with its reason beside it")
    failed = file_alerts(failed_files(home))
    _tell(failed, day)
    if enterprises(lake).is_empty():
        raise InvalidInput(
            f"{home} holds no enterprise yet. Load a source (bureau source load city), "
            f"or put deliveries with their sidecars into {home / INBOX}, then close the day again."
        )
    keep_alerts(home / "health", FILES, day, failed)
    return asdict(taken)


def _build(lake: Lake, wanted: CityBuild, folder: Path) -> Facts:
    with progress_of("features") as tell:
        parts = write_parts(lake, wanted, operator_grant(), folder, tell)
    return {"parts": len(parts), "features": len(wanted.names)}


def _forget_older(folder: Path, kept: int) -> None:
    """Give up all but the newest days beside a day's folder, once its closing is done; never this one."""
    for older in sorted(folder.parent.glob("day=*"))[:-kept]:
        if older != folder:
            shutil.rmtree(older)


def _tell_what_waits(lake: Lake, home: Path) -> None:
    """What lies in the inbox once the day is closed: stopped, failed, come too late for it, or no delivery at all."""
    found = left_over(home, standing_stops(lake))
    for path in found.held:
        typer.echo(f"  {_shown(path)}: its feed has stopped; it lands on the first day closed after the stop ended")
    for path in found.failed:
        typer.echo(
            f"  {_shown(path)}: it could not be landed and is tried again the next day; why: {home / INBOX / FAILED}"
        )
    if found.late:
        count = f"{len(found.late):,} file{'' if len(found.late) == 1 else 's'}"
        typer.echo(f"  {home / INBOX}: {count} came after this day took its deliveries; the next day takes them")
    for path in found.strange:
        typer.echo(f"  {_shown(path)}: neither a delivery (.parquet, .csv) nor the sidecar of one; nothing takes it")


def _shown(path: Path) -> str:
    """A file that nobody has looked at yet may be called after a person."""
    return str(path.with_name(masked_sentence(path.name)))


def _released(home: Path) -> list[str]:
    """Every model that serves here and is released."""
    source = read_source(home)
    serving = {} if source is None else read_serving(home, source.source)
    return [name for name in dict.fromkeys(serving.values()) if read_release(home, name)]


def _names(home: Path, day: date) -> tuple[str, ...]:
    """Every published feature, then those retired since that a released model reads, each once."""
    names = [entry.name for entry in published()]
    for name in _released(home):
        with alarmed(home, day, "scores"):
            names += load_released(home, name).features
    return tuple(dict.fromkeys(names))


def _score(lake: Lake, home: Path, wanted: CityBuild, folder: Path) -> Facts:
    """Each of them over the whole city."""
    scored, grant = {}, operator_grant()
    for name in _released(home):
        with alarmed(home, wanted.as_of, "scores"):
            model = load_released(home, name)
            out = _scores_of(home, folder, model)
            scored[name] = score_city(model, built_parts(folder), out, caveats_of(lake, model, wanted, grant))
    return scored


def _is_scored(home: Path, wanted: CityBuild, folder: Path) -> bool:
    """Whether the versions that are released by now have scored the city: another may have been since."""
    for name in _released(home):
        with alarmed(home, wanted.as_of, "scores"):
            model = load_released(home, name)
        if not is_city_scored(model, built_parts(folder), _scores_of(home, folder, model), wanted):
            return False
    return True


def _scores_of(home: Path, folder: Path, model: ScoringModel) -> Path:
    return home / "scores" / folder.name / f"{model.name}-{model.version}"


def _monitor(lake: Lake, home: Path, wanted: CityBuild) -> Facts:
    """Each of them beside the population it was trained on."""
    names, grant = _released(home), operator_grant("training")
    found = monitor_released(lake, home, names, wanted.as_of, grant)
    _tell(found, wanted.as_of)
    return {"models": len(names), "alerts": len(found)}


def _measure(lake: Lake, home: Path, wanted: CityBuild, folder: Path) -> Facts:
    entries = [find_feature(name) for name in wanted.names]
    features = measure_features(home / "health", built_parts(folder), entries, wanted.as_of)
    feeds = measure_feeds(lake, wanted.as_of)
    keep_feeds(home / "health", feeds, wanted.as_of)
    standing = stop_alerts(standing_stops(lake)) + term_alerts(count_expired(lake, wanted.as_of))
    found = standing + alerts(features, feeds)
    _tell(found, wanted.as_of)
    return {"alerts": len(found)}


def _tell(found: Sequence[Alert], day: date) -> None:
    for alert in found[:20]:
        typer.echo(f"  {alert.subject} {alert.code}: {alert.text}")
    if len(found) > 20:
        typer.echo(f"  and {len(found) - 20} more: bureau health alerts --day {day}")
