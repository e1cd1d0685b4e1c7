"""`bureau models monitor`: how a model in service stands to the population it was trained on."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.lake.lake import open_lake
from features.store.days import read_day
from models.monitoring.days import alerts_of, read_measures
from models.monitoring.measures import Measure
from models.monitoring.monitoring import monitor as measure_day
from models.service import load_released
from models.shelf import find_model

COLUMNS = ("what", "subject", "rows", "expected", "found", "figure", "limit", "breach")
SHOWN = 5
"""Inputs and reasons in the short table: those that moved most, and every breach."""


def monitor(
    name: Annotated[str, typer.Argument(help="The model in service.")] = "sme_default",
    day: Annotated[str | None, typer.Option(help="A closed day, YYYY-MM-DD; the day features are read as of.")] = None,
    again: Annotated[bool, typer.Option(help="Measure again though the day was measured.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Every input and reason, not only those that moved most.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show how far inputs, score and reasons moved since training, and realised bad rates beside the expected."""
    settings, _ = Settings(), find_model(name)
    chosen = settings.feature_day if day is None else read_day(day, "--day")
    model = load_released(settings.home, name)
    measures = [] if again else read_measures(settings.home, name, chosen, model.version)
    if not measures:
        lake = open_lake(settings.home, settings.catalogue_url)
        measures = measure_day(lake, settings.home, model, chosen, operator_grant("training"))
    shown = measures if every or form is not Format.TABLE else short(measures)
    print_rows([_told(one) if form is Format.TABLE else asdict(one) for one in shown], COLUMNS, form)
    for alert in alerts_of(name, model.version, measures) if form is Format.TABLE else ():
        typer.echo(f"{alert.subject} {alert.code}: {alert.text}")


def short(measures: list[Measure]) -> list[Measure]:
    """The score, the vintages, and of inputs and reasons those that moved most and all breaches, in this order."""
    chosen = [one for one in measures if one.what == "score"]
    for what in ("feature", "reason"):
        most = sorted((one for one in measures if one.what == what), key=lambda one: -abs(one.figure))
        chosen += [one for place, one in enumerate(most) if place < SHOWN or one.breach]
    return chosen + [one for one in measures if one.what == "vintage"]


def _told(measure: Measure) -> dict[str, Any]:
    rounded = {key: round(value, 3) for key, value in asdict(measure).items() if isinstance(value, float)}
    return asdict(measure) | rounded | {"breach": "yes" if measure.breach else ""}
