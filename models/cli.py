"""`bureau models`: train, judge, list and use the models."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bureau.clock import now
from bureau.errors import InvalidInput, ReleaseRefused
from bureau.grant import operator_grant
from bureau.listing import Format, FormatOption, print_rows
from bureau.progress import progress_of
from bureau.settings import Settings
from features.lake.lake import Lake, open_lake
from features.store.city_build import CityBuild
from models.artefact import read_stored
from models.baselines import BASELINES, of_kind
from models.beside import COLUMNS as COLUMNS_BESIDE
from models.beside import judge_beside
from models.champion import reading
from models.city_file import check_city_place, write_city_scores
from models.fairness.cli import fairness
from models.file_scores import check_columns, check_place, read_labels_file, score_labels, write_table
from models.keeping import keep
from models.monitoring.alarm import alarmed
from models.monitoring.cli import monitor
from models.people import Signature
from models.people_cli import people, signature_of
from models.real.cli import bench_real
from models.recalibrating import recalibrate_version
from models.rehearsal_cli import rehearse
from models.rejects.cli import rejects
from models.release import model_folder, read_release, versions
from models.release_cli import approve, history, release, rollback, shadow
from models.service import load_chosen
from models.shelf import SHELF, find_model, find_question
from models.soundness.cli import reasons_check
from models.training import Trained
from models.worth.cli import worth

models = typer.Typer(no_args_is_help=True, add_completion=False, help="Train, evaluate and use the models.")
models.add_typer(people, name="people")
models.command()(worth)
models.command()(fairness)
models.command()(monitor)
models.command("bench-real")(bench_real)
models.command()(rejects)
models.command("reasons-check")(reasons_check)
models.command()(rehearse)
for act in (release, approve, rollback, shadow, history):
    models.command()(act)

Name = Annotated[str, typer.Argument(help="The model, e.g. sme_default.")]
Version = Annotated[
    str | None, typer.Option(help="A version kept; without it the one in service, else the newest that may be.")
]
Trainer = Annotated[
    str | None, typer.Option(help="Who trains: goes into the register, proved by a secret, and cannot approve it.")
]
LIST_COLUMNS = ("name", "title", "in_service", "newest", "kind", "auc", "auc_low", "auc_high", "trained_as_of")


@models.command("list")
def list_models(form: FormatOption = Format.TABLE) -> None:
    """List the models, the version in service and what the newest version earns."""
    home = Settings().home
    print_rows([_listed(home, name) for name in SHELF], LIST_COLUMNS, form)


@models.command()
def train(
    name: Name,
    kind: Annotated[
        str | None,
        typer.Option(help="One kind alone, also a baseline: scorecard, ebm. Default: the best of its own."),
    ] = None,
    challenger: Annotated[
        bool, typer.Option("--challenger", help="A baseline that may be released, as any other version.")
    ] = False,
    by: Trainer = None,
) -> None:
    """Train a model on what this home knows, judge it at the gates of a release, keep and log it."""
    settings, shelved = Settings(), find_model(name)
    if challenger and kind not in BASELINES:
        raise InvalidInput(
            f"--challenger lets a baseline be released, as any other version may be without it: name one with --kind "
            f"({', '.join(BASELINES)}), or leave it out."
        )
    signed = None if by is None else signature_of(by, settings)
    spec = shelved.spec if kind is None else of_kind(shelved.spec, kind)
    print(f"Training {name} on what was known on {settings.feature_day}.", flush=True)
    lake, grant = _lake(settings), operator_grant("training")
    with alarmed(settings.home, settings.feature_day, "trainings"):
        trained = shelved.train(lake, settings.feature_day, grant, spec)
        model, facts = trained.model, trained.facts
        told = f"{facts['labels']:,} labels, {facts['defaults']:,} defaults, lake snapshot {model.snapshot}"
        print(f"{model.name}: {told}")
        _keep(settings, trained, lake, signed, baseline=kind in BASELINES and not challenger)


@models.command()
def recalibrate(name: Name, version: Version = None, by: Trainer = None) -> None:
    """Calibrate a version anew where the rate of defaults has drifted; keep it as a new one, to be released as any."""
    settings, question = Settings(), find_model(name).dated
    if question is None:
        raise InvalidInput(f"The outcomes of {name} have no days, so nothing can drift. Train it again on newer ones.")
    signed = None if by is None else signature_of(by, settings)
    with alarmed(settings.home, settings.feature_day, "trainings"):
        model = load_chosen(settings.home, name, version)
        stored = read_stored(model_folder(settings.home, name, model.version), name)
        lake, grant = _lake(settings), operator_grant("training")
        renewed = recalibrate_version(question, model, stored, lake, settings.feature_day, grant)
        _keep(settings, renewed, lake, signed, baseline=stored.facts.get("role") == "baseline")


@models.command()
def evaluate(
    name: Name,
    version: Version = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="Instead the one in service beside the newest version of each other kind.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Judge a version on outcomes it was not trained or calibrated on; the table says on which."""
    settings, shelved = Settings(), find_model(name)
    if beside and version is not None:
        raise InvalidInput(
            f"--beside judges the one in service beside the newest of each other kind, whichever version is named: "
            f"leave out --beside to judge version {version} alone."
        )
    if beside:
        asked = shelved.dated or find_question(name), settings.feature_day, operator_grant("training"), settings.home
        lines = judge_beside(_lake(settings), *asked)
        print_rows([_rounded(line) for line in lines] if form is Format.TABLE else lines, COLUMNS_BESIDE, form)
        return
    model = load_chosen(settings.home, name, version)
    stored = read_stored(model_folder(settings.home, name, model.version), name)
    lines = shelved.evaluate(_lake(settings), settings.feature_day, operator_grant("training"), model, stored)
    print_rows([_rounded(line) for line in lines] if form is Format.TABLE else lines, tuple(lines[0]), form)


@models.command()
def score(
    name: Name,
    out: Annotated[Path, typer.Option(help="File to write: Parquet, or CSV where the name ends in .csv.")],
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Parquet or CSV with subject and as_of; other columns are kept. Without it the whole city is scored."
        ),
    ] = None,
    version: Version = None,
) -> None:
    """Score firms with their reasons: those of a file on its days, or the whole city today (going on after a kill)."""
    settings, _ = Settings(), find_model(name)
    with alarmed(settings.home, settings.feature_day, "scores"):
        if labels is None:
            _score_city(settings, name, version, out)
        else:
            _score_labels(settings, name, version, labels, out)


def _score_labels(settings: Settings, name: str, version: str | None, labels: Path, out: Path) -> None:
    offered = read_labels_file(labels)
    check_place(out)
    check_columns(offered, out)
    model = load_chosen(settings.home, name, version)
    scored = score_labels(_lake(settings), model, offered, operator_grant("operation"))
    write_table(scored, out)
    unknown = scored["score"].null_count()
    told = f"{len(scored) - unknown:,} of {len(scored):,} rows scored by {name} {model.version}"
    print(f"{told}, {unknown:,} unknown: {out}")


def _score_city(settings: Settings, name: str, version: str | None, out: Path) -> None:
    check_city_place(out)
    model, lake = load_chosen(settings.home, name, version), _lake(settings)
    wanted = CityBuild(model.features, settings.feature_day, lake.snapshot())
    with progress_of(f"scores of {name}") as tell:
        rows = write_city_scores(lake, model, wanted, operator_grant("operation"), out, tell)
    print(f"{rows:,} enterprises scored by {name} {model.version} as of {wanted.as_of}: {out}")


def _lake(settings: Settings) -> Lake:
    return open_lake(settings.home, settings.catalogue_url)


def _listed(home: Path, name: str) -> dict[str, Any]:
    release, kept = read_release(home, name), versions(home, name)
    line: dict[str, Any] = dict.fromkeys(LIST_COLUMNS)
    line |= {"name": name, "title": SHELF[name].spec.title, "in_service": release.version if release else None}
    if kept:
        stored = read_stored(model_folder(home, name, kept[-1]), name)
        auc = stored.facts["figures"]["auc"]
        line |= {"newest": kept[-1], "kind": stored.kind, "trained_as_of": stored.facts["trained_as_of"]}
        line |= {"auc": round(auc["value"], 3), "auc_low": round(auc["low"], 3), "auc_high": round(auc["high"], 3)}
    return line


def _keep(settings: Settings, trained: Trained, lake: Lake, by: Signature | None, *, baseline: bool = False) -> None:
    """Say what was found, judge at the gates, keep and log; raises `ReleaseRefused` where one is shut."""
    for sentence in trained.said:
        print(sentence)
    read = reading(lake, operator_grant("training"))
    kept = keep(settings.home, settings.mlruns, trained, now(), by=by, baseline=baseline, read=read)
    if baseline:
        print(f"{kept.name} version {kept.version} is kept as a baseline: bureau models evaluate {kept.name} --beside")
        return
    if kept.refusal is not None:
        raise ReleaseRefused(kept.name, kept.version, kept.refusal)
    then = f"bureau models release {kept.name} {kept.version} --by PERSON"
    print(f"{kept.name} version {kept.version} is kept and every gate is open. Two people release it: {then}")


def _rounded(line: dict[str, object]) -> dict[str, object]:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in line.items()}
