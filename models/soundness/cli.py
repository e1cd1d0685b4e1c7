"""`bureau models reasons-check`: hold a model's reasons against retrains of it and, on a city, against the truth."""

from typing import Annotated, Any

import typer

from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.progress import progress_of
from bureau.settings import Settings
from features.lake.lake import open_lake
from features.sources.loading import city_folder
from models.artefact import read_stored
from models.question import Question
from models.release import model_folder
from models.service import load_chosen
from models.shelf import find_model
from models.soundness.measuring import Soundness, measure_soundness
from models.soundness.retraining import RETRAINS
from models.soundness.truth import MOVES, Share, Truth

COLUMNS = ("check", "target", "measured", "by_chance", "met", "reasons")
OVERLAP, TRUE = 0.8, 0.7
"""Of the principal reasons: how many two retrains share, and how many move the probability when intervened on."""


def reasons_check(
    name: Annotated[str, typer.Argument(help="The model whose reasons are asked.")] = "sme_default",
    version: Annotated[str | None, typer.Option(help="A version kept; without it the one in service.")] = None,
    retrains: Annotated[int, typer.Option(min=2, max=100, help="Fits to bootstrap samples of the firms.")] = RETRAINS,
    by_code: Annotated[bool, typer.Option("--by-code", help="Also a line for each reason code (city only).")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Check that reasons are stable (retrains tell the same) and, on a city, true (their causes move its defaults)."""
    settings, question = Settings(), Question(find_model(name).spec)
    model, lake = load_chosen(settings.home, name, version), open_lake(settings.home, settings.catalogue_url)
    stored = read_stored(model_folder(settings.home, name, model.version), name)
    with progress_of(f"reasons of {name}") as tell:
        found = measure_soundness(
            lake,
            question,
            settings.feature_day,
            operator_grant("training"),
            model,
            stored,
            city=city_folder(settings.home),
            retrains=retrains,
            tell=tell,
        )
    lines = lines_of(found, by_code=by_code)
    print_rows([_rounded(line) for line in lines] if form is Format.TABLE else lines, COLUMNS, form)
    if form is Format.TABLE:
        print(_notes(f"{name} {model.version}", found))


def lines_of(found: Soundness, *, by_code: bool = False) -> list[dict[str, Any]]:
    """A line for each figure; those without a target are for the reader's judgement."""
    same, truth = found.stability, found.truth
    lines = [
        _line("adverse reasons two retrains share", OVERLAP, same.overlap),
        _line("adverse reasons a retrain shares with the model", None, same.with_model),
    ]
    if truth is None:
        return lines
    lines += [
        _of(truth.moved, "reasons whose cause moves the default probability", TRUE),
        _of(truth.lowered, "reasons whose cause, eased, lowers it, of firms above the average risk", TRUE),
        _of(truth.lowered_of_all, "the same, of all firms", None),
        _of(truth.raised, "favourable ones whose cause, made ordinary, raises it, of firms below that risk", None),
    ]
    return lines + [_of(share, code, None) for code, share in truth.by_code.items() if by_code]


def _line(check: str, target: float | None, measured: float) -> dict[str, Any]:
    met = None if target is None else "yes" if measured >= target else "no"
    line = {"check": check, "target": target, "measured": measured, "met": met}
    return dict.fromkeys(COLUMNS) | line


def _of(share: Share, check: str, target: float | None) -> dict[str, Any]:
    return _line(check, target, share.moved) | {"by_chance": share.by_chance, "reasons": share.told}


def _notes(model: str, found: Soundness) -> str:
    same = found.stability
    pairs = f"{model}: pairs of {same.retrains} retrains share {same.lowest:.2f} to {same.highest:.2f}."
    return f"{pairs} {_said_of(found.truth)}"


def _said_of(truth: Truth | None) -> str:
    if truth is None:
        return (
            "Whether reasons are true was not asked: causes can be changed in a synthetic city alone "
            "(a home of its own: bureau source load city)."
        )
    unmeasured = f" {truth.unmeasured:,} reasons could not be asked." if truth.unmeasured else ""
    return (
        f"A cause moves the probability that changes by {MOVES:.0%} of itself once the cause is what it is on average "
        f"among the firms asked about; by chance: the same reasons asked of firms drawn blindly.{unmeasured}"
    )


def _rounded(line: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in line.items()}
