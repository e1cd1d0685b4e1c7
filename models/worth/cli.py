"""`bureau models worth`: measure what each feed is worth to a model's question."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bureau.errors import UnreadableFile
from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.progress import progress_of
from bureau.settings import Settings
from features.contracts.feeds import FEEDS, find_feed
from features.lake.lake import open_lake
from models.shelf import find_question
from models.worth.figures import Figure, Worth
from models.worth.files import write_worth
from models.worth.measuring import Window, measure
from models.worth.page import write_pages

COLUMNS = ("feed", "name", "features", "best_feature", "best_auc", "auc_alone", "loss_without")
_EXACT = ("best_auc_error", "auc_alone_error", "loss_without_error")


def worth(
    name: Annotated[str, typer.Argument(help="The model whose question is asked.")] = "sme_default",
    feed: Annotated[list[str] | None, typer.Option(help="Only this feed; repeat for more. Default: all.")] = None,
    before: Annotated[int, typer.Option(min=0, max=60, help="Months before default that are read.")] = 18,
    after: Annotated[int, typer.Option(min=0, max=60, help="Months after default that are read.")] = 6,
    out: Annotated[Path | None, typer.Option(help="Directory for a page per feed, in Markdown with a drawing.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Measure what each feed is worth: its features around default, and models with and without it."""
    settings, question = Settings(), find_question(name)
    feeds = list(dict.fromkeys(find_feed(code).code for code in feed or [one.code for one in FEEDS]))
    if out is not None and out.exists() and not out.is_dir():
        raise UnreadableFile(out, "pages need a directory, and this is a file.")
    lake = open_lake(settings.home, settings.catalogue_url)
    grant, window, measured = operator_grant("training"), Window(before, after), []
    with progress_of("Measuring the worth of feeds") as tell:
        for one in measure(lake, question, settings.feature_day, grant, feeds=feeds, window=window, tell=tell):
            write_worth(settings.home, one)
            measured.append(one)
    if out is not None:
        write_pages(out, measured)
    measured.sort(key=lambda one: one.ablation.loss.value if one.ablation else -1.0, reverse=True)
    if form is Format.TABLE:
        print_rows([_line(one, str) for one in measured], COLUMNS, form)
    else:
        print_rows([_line(one, lambda figure: figure.value) | _errors(one) for one in measured], COLUMNS + _EXACT, form)


def _line(worth: Worth, told: Any) -> dict[str, Any]:
    line: dict[str, Any] = dict.fromkeys(COLUMNS)
    line |= {"feed": worth.feed, "name": find_feed(worth.feed).name_en, "features": worth.features}
    if found := worth.ablation:
        line |= {"best_feature": found.best_feature, "best_auc": told(found.best)}
        line |= {"auc_alone": told(found.alone), "loss_without": told(found.loss)}
    return line


def _errors(worth: Worth) -> dict[str, float | None]:
    found = worth.ablation
    figures: list[Figure | None] = [found.best, found.alone, found.loss] if found else [None] * 3
    return {name: figure.error if figure else None for name, figure in zip(_EXACT, figures, strict=True)}
