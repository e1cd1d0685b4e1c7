"""A model in service measured on a day, from what the day's closing has built."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from bureau.errors import InvalidInput
from bureau.grant import ReadGrant
from features.health.alerts import MODELS, Alert, keep_alerts
from features.lake.lake import Lake
from features.store.city_build import built_parts, snapshot_of
from models.artefact import read_stored
from models.monitoring.days import alerts_of, keep_measures
from models.monitoring.measures import Measure, measure_shift, measure_vintages
from models.monitoring.population import Population, read_population
from models.monitoring.watched import borrowers, matured_loans, watched_firms
from models.release import model_folder
from models.scoring import ScoringModel
from models.service import load_released
from models.shelf import find_model


def monitor_released(lake: Lake, home: Path, names: Sequence[str], day: date, grant: ReadGrant) -> list[Alert]:
    """Measure and keep a day of every named model whose training population is known; all alerts, kept too."""
    told: list[Alert] = []
    for name in names:
        model = load_released(home, name)
        if population_of(home, model) is None:
            told.append(Alert(name, "retrain", f"its training population was not kept: bureau models train {name}"))
            continue
        measures = monitor(lake, home, model, day, grant)
        told += alerts_of(name, model.version, measures)
    keep_alerts(home / "health", MODELS, day, told)
    return told


def monitor(lake: Lake, home: Path, model: ScoringModel, day: date, grant: ReadGrant) -> list[Measure]:
    """Measure a model on a closed day, from the snapshot its features were built from, and keep it.

    Raises `InvalidInput` without the day, its features, or the population.
    """
    population, built = population_of(home, model), built_parts(home / "features" / f"day={day}")
    if population is None:
        raise InvalidInput(
            f"{model.name} {model.version} was trained before training populations were kept. "
            f"Train it again: bureau models train {model.name}"
        )
    if not built:
        raise InvalidInput(f"The features of {day} are not built. Close the day first: bureau close-day --day {day}")
    _require_features(model, built, day)
    snapshot = snapshot_of(built)
    question = find_model(model.name).dated
    new = question.maturity_months if question is not None and question.spec.population.newcomers else None
    firms = watched_firms(model, built, borrowers(lake, day, grant, snapshot, new_within_months=new))
    measures = measure_shift(model, population, firms)
    if question is not None:
        measures += measure_vintages(matured_loans(lake, question, model, day, grant, snapshot))
    keep_measures(home, model.name, model.version, day, measures)
    return measures


def population_of(home: Path, model: ScoringModel) -> Population | None:
    """The training population stored with a model; None for one trained before it was kept."""
    return read_population(read_stored(model_folder(home, model.name, model.version), model.name).facts)


def _require_features(model: ScoringModel, built: Sequence[Path], day: date) -> None:
    """Raise `InvalidInput` where a day was built before a feature of the model was."""
    held = [pl.read_parquet_schema(part) for part in built]
    lacking = [name for name in model.features if any(name not in schema for schema in held)]
    if lacking:
        more = f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else ""
        raise InvalidInput(
            f"The features of {day} lack {', '.join(lacking[:3])}{more}, which {model.name} {model.version} reads: the "
            "day was closed before they were published. Close a later day, then measure that one: "
            "bureau close-day --day DAY"
        )
