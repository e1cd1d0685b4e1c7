"""`bureau models rehearse`: what calibrating anew would have brought in a drift that is over."""

from dataclasses import asdict, fields
from typing import Annotated

import typer

from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.lake.lake import open_lake
from features.store.days import read_day
from models.baselines import of_kind
from models.rehearsal import Rehearsed
from models.rehearsal import rehearse as gone_through
from models.shelf import find_model

COLUMNS = tuple(field.name for field in fields(Rehearsed))


def rehearse(
    name: Annotated[str, typer.Argument(help="A model whose outcomes have days.")] = "sme_default",
    since: Annotated[str, typer.Option(help="The first day of grant of the drift, 2020-01-31.")] = "2019-02-01",
    until: Annotated[str, typer.Option(help="Its last.")] = "2020-01-31",
    kind: Annotated[str, typer.Option(help="The kind of model fitted on the loans of before.")] = "logistic",
    form: FormatOption = Format.TABLE,
) -> None:
    """Show, in hindsight, whether recalibrating helps in a drift: half of the firms tell of it, the others judge.

    The days unless said: loans in whose first year the city's shock of February 2020 fell.
    """
    settings, question = Settings(), find_model(name).dated
    if question is None:
        raise InvalidInput(f"The outcomes of {name} have no days, so nothing can drift. Name a model of dated loans.")
    days = read_day(since, "--since"), read_day(until, "--until")
    (recipe,) = of_kind(question.spec, kind).recipes
    lake = open_lake(settings.home, settings.catalogue_url)
    labelled = question.read(lake, settings.feature_day, operator_grant("training"))
    lines = [asdict(line) for line in gone_through(question, labelled, recipe, *days)]
    if form is Format.TABLE:
        lines = [{k: round(v, 4) if isinstance(v, float) else v for k, v in line.items()} for line in lines]
    print_rows(lines, COLUMNS, form)
