"""The platform's side before a bank calls: records in, features built, the home's model trained and in service."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from bureau.clock import now
from bureau.errors import InvalidInput, ReleaseRefused, TooFewLabels
from bureau.grant import operator_grant
from bureau.settings import Settings
from features.definitions.library import published
from features.lake.lake import Lake, open_lake
from features.sources.loading import LoadReport, SourceOptions, load_source
from features.store.build import build_features
from models.artefact import read_stored
from models.keeping import keep
from models.people import add_person
from models.release import model_folder, read_release
from models.releasing import Deeds, release_by_two
from models.scoring import ScoringModel
from models.service import load_released
from models.shelf import find_model

Say = Callable[[str], None]
PROPOSER, APPROVER = "示范建模员", "示范审批员"
"""Who releases the demonstration's model: on the register of people as played by it, with secrets nobody is told."""


def load_records(lake: Lake, home: Path, source: str, options: SourceOptions, say: Say) -> LoadReport:
    """Load the source and say what became of each feed's rows."""
    started = time.monotonic()
    report = load_source(lake, home, source, options, at=now())
    for feed in report.feeds:
        counts = f"{feed.landed:>9,} landed {feed.quarantined:>6,} quarantined {feed.unchanged:>6,} unchanged"
        say(f"  {feed.feed:<5} {counts}")
    landed, held = sum(feed.landed for feed in report.feeds), sum(feed.quarantined for feed in report.feeds)
    say(f"  {landed:,} records landed, {held:,} quarantined in {time.monotonic() - started:.0f} s")
    return report


def build_city(lake: Lake, as_of: date, say: Say) -> pl.DataFrame:
    """Every published feature of every enterprise as of a day."""
    started = time.monotonic()
    names = [entry.name for entry in published()]
    city = build_features(lake, names, as_of, operator_grant())
    say(f"  {len(names)} features of {city.height:,} enterprises as of {as_of} in {time.monotonic() - started:.1f} s")
    return city


def train_model(lake: Lake, settings: Settings, name: str, as_of: date, say: Say) -> ScoringModel:
    """Train a model and let two people release it, unless a version is in service already. Raises `ReleaseRefused`."""
    if read_release(settings.home, name) is None:
        trained = find_model(name).train(lake, as_of, operator_grant("training"))
        kept = keep(settings.home, settings.mlruns, trained, now())
        if kept.refusal is not None:
            raise ReleaseRefused(kept.name, kept.version, kept.refusal)
        one, other = (add_person(settings.home, who, now(), demonstration=True) for who in (PROPOSER, APPROVER))
        release_by_two(Deeds(settings.home, settings.mlruns, name), kept.version, one, other, now())
    model = load_released(settings.home, name)
    facts = read_stored(model_folder(settings.home, name, model.version), name).facts
    say(
        f"  {name} version {model.version}, trained as of {facts['trained_as_of']} on {facts['labels']:,} labels"
        f" with {facts['defaults']} defaults, {len(model.features)} features"
    )
    for sentence in facts["said"]:
        say(f"  {sentence}")
    say(f"  {_figures(facts['figures'])}")
    return model


@contextmanager
def large_enough(enterprises: int | None, enough: int) -> Iterator[None]:
    """Tell whoever asked for a city of fewer than `enough` enterprises how many a model needs, if it fails on them."""
    try:
        yield
    except (TooFewLabels, ReleaseRefused) as problem:
        if enterprises is None or enterprises >= enough:
            raise
        raise InvalidInput(
            f"{enterprises:,} enterprises have too few defaults to train on and judge by; {enough:,} have enough. "
            f"Set BUREAU_HOME to an empty directory and ask for --enterprises {enough} or more. ({problem})"
        ) from problem


def _figures(found: dict[str, Any]) -> str:
    """What the model earned on the rows it had not seen."""
    judged = f"Judged on {found['rows']:,} unseen rows with {found['defaults']} defaults"
    brier = f"Brier {found['brier']:.4f} against {found['brier_constant']:.4f} for the constant"
    return f"{judged}: KS {found['ks']:.2f}, {brier}, calibration slope {found['calibration_slope']:.2f}"


def open_prepared_lake(settings: Settings) -> Lake:
    """The lake of the settings' home."""
    return open_lake(settings.home, settings.catalogue_url)


def subject_to_show(model: ScoringModel, city: pl.DataFrame) -> str:
    """The firm of median risk among those with the most known features: neither the best nor the worst."""
    known = pl.sum_horizontal(pl.col(name).is_not_null() for name in model.features)
    told = city.filter(known == city.select(known.max()).item())
    ranked = sorted((scored.pd, uscc) for scored, uscc in zip(model.score_many(told), told["uscc"], strict=True))
    return str(ranked[len(ranked) // 2][1])
