"""`bureau models rejects`: what a model says of refused applications, and which way to learn from them helps."""

from dataclasses import asdict, fields
from typing import Annotated, Any

import typer

from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.lake.lake import open_lake
from features.sources.loading import city_folder
from models.baselines import of_kind
from models.rejects.measuring import Judged, measure_rejects
from models.shelf import find_question

COLUMNS = tuple(field.name for field in fields(Judged))


def rejects(
    name: Annotated[str, typer.Argument(help="The model whose question is asked.")] = "sme_default",
    kind: Annotated[str, typer.Option(help="The kind of model that learns.")] = "logistic",
    form: FormatOption = Format.TABLE,
) -> None:
    """Compare ways to learn from refused applications by the truth of a synthetic city, refused firms included."""
    settings, question = Settings(), find_question(name)
    (recipe,) = of_kind(question.spec, kind).recipes
    city = city_folder(settings.home)
    if city is None:
        raise InvalidInput("Only a synthetic city knows how refused loans would have gone: bureau source load city")
    lake, grant = open_lake(settings.home, settings.catalogue_url), operator_grant("training")
    judged = measure_rejects(lake, question, settings.feature_day, grant, recipe, city)
    print_rows([_line(one, form) for one in judged], COLUMNS, form)
    if form is Format.TABLE:
        print(verdict(judged))


def verdict(judged: list[Judged]) -> str:
    """Whether any way beats learning from granted loans alone, on all applications, and which says the level best."""
    first, *others = everyone = [one for one in judged if one.applications == "all"]
    best = max(others, key=lambda one: one.auc)
    nearest = min(everyone, key=lambda one: abs(one.said - one.true))
    level = f"{first.true:.2%} of all would default: {first.method} says {first.said:.2%}, nearest is {nearest.method}"
    level = f"{level} with {nearest.said:.2%}."
    if best.auc <= first.auc:
        return f"None separates better than {first.method} (AUC {first.auc:.3f}). {level}"
    return f"{best.method} separates better than {first.method} by {best.auc - first.auc:.3f} AUC. {level}"


def _line(one: Judged, form: Format) -> dict[str, Any]:
    line = asdict(one)
    if form is not Format.TABLE:
        return line
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in line.items()}
