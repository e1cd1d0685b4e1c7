"""`bureau models fairness`: approval and error by size and district, and what is unfair in them."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from bureau.clock import now
from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.lake.lake import Lake, open_lake
from features.lake.tabular import open_table
from models.artefact import read_stored
from models.fairness.auditing import join_traits, read_applications, read_judged, traits_of
from models.fairness.check import check, questions
from models.fairness.groups import APPROVE_BELOW, GROUPINGS, GroupLine, group_lines
from models.people_cli import signature_of
from models.release import model_folder
from models.releasing import Deeds, note_audit
from models.scoring import ScoringModel
from models.service import load_chosen
from models.shelf import find_dated

AGAINST_ALL = "against_all"
COLUMNS = (
    "grouping",
    "group",
    "rows",
    "firms",
    "approved",
    "refused_good",
    "approved_bad",
    "expected",
    "bad",
    AGAINST_ALL,
)
_SHARES = ("approved", "refused_good", "approved_bad", "bad")
_INTERVALS = (*_SHARES, AGAINST_ALL)


def fairness(
    name: Annotated[str, typer.Argument(help="The model that is audited.")] = "sme_default",
    version: Annotated[str | None, typer.Option(help="A version kept; unless said the one in service.")] = None,
    traits: Annotated[
        Path | None,
        typer.Option(help="An auditor's file: subject and a column for each trait no feature may carry. Not kept."),
    ] = None,
    applications: Annotated[
        Path | None, typer.Option(help="Past applications: subject, as_of, granted (1 or 0). Not kept.")
    ] = None,
    approve_below: Annotated[
        float, typer.Option(min=0, max=1, help="Probability of default from which the model's word alone refuses.")
    ] = APPROVE_BELOW,
    by: Annotated[
        str | None,
        typer.Option(help="The auditor: the result goes into the register, and what is unfair is not released."),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Report approval and error by size and district, and check what no feature may carry; exit code 1 if unfair."""
    settings, question = Settings(), find_dated(name)
    if applications is not None and traits is None:
        raise InvalidInput("Past applications are judged by trait: give --traits FILE too.")
    offered = None if traits is None else open_table(traits).frame
    named = [] if offered is None else traits_of(offered)
    if by is not None and not named:
        raise InvalidInput("An audit for the register holds the model against traits: give --traits FILE.")
    if by is not None and approve_below != APPROVE_BELOW:
        raise InvalidInput(f"An audit for the register judges by {APPROVE_BELOW}: leave out --approve-below or --by.")
    signed = None if by is None else signature_of(by, settings)
    lake, model = open_lake(settings.home, settings.catalogue_url), load_chosen(settings.home, name, version)
    grant, since = operator_grant("training"), _unseen_from(settings.home, model)
    judged = read_judged(lake, question, model, settings.feature_day, grant, since)
    asked = None if applications is None else _applications(lake, model, applications)
    if offered is not None:
        judged = join_traits(judged, offered)
        asked = None if asked is None else join_traits(asked, offered)
    audit = check(model, judged, traits=named, applications=asked, approve_below=approve_below)
    lines = [line for one in (*GROUPINGS, *named) for line in group_lines(audit.rows, one, judged[one])]
    print_rows([_told(line) if form is Format.TABLE else _exact(line) for line in lines], _columns(form), form)
    for finding in audit.found:
        typer.echo(
            f"{'unfair' if finding.refuses else 'look at'} {finding.kind}: {finding.text}", err=form is not Format.TABLE
        )
    answers = questions(audit.found, audit.groups)
    if signed is not None:
        note_audit(Deeds(settings.home, settings.mlruns, name), model.version, signed, now(), answers)
    if any(answer.unfair for answer in answers.values()):
        raise typer.Exit(1)


def _unseen_from(home: Path, model: ScoringModel) -> date:
    """The first grant the model was judged on and not trained on."""
    facts = read_stored(model_folder(home, model.name, model.version), model.name).facts
    return date.fromisoformat(facts["test_from"])


def _applications(lake: Lake, model: ScoringModel, path: Path) -> pl.DataFrame:
    return read_applications(lake, model, open_table(path).frame, operator_grant("training"))


def _told(line: GroupLine) -> dict[str, Any]:
    shares = {name: str(getattr(line, name) or "") for name in _SHARES}
    return asdict(line) | shares | {"expected": f"{line.expected:.1%}", AGAINST_ALL: f"{line.against_all.value:.2f}"}


def _columns(form: Format) -> tuple[str, ...]:
    if form is Format.TABLE:
        return COLUMNS
    return (*COLUMNS, *(f"{name}_{end}" for name in _INTERVALS for end in ("low", "high")))


def _exact(line: GroupLine) -> dict[str, Any]:
    exact: dict[str, Any] = asdict(line)
    for name in _INTERVALS:
        found = getattr(line, name)
        exact |= {name: found and found.value, f"{name}_low": found and found.low, f"{name}_high": found and found.high}
    return exact
