"""The record of every training in mlflow on SQLite: a scientist's day is `mlflow ui`, a served answer needs none of it.

mlflow is imported inside the functions: it takes seconds, and nothing that answers a call may wait for it.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bureau.errors import UnknownName
from models.boosted_trees import BoostedTrees
from models.training import Trained

CHAMPION, CHALLENGER, SHADOW = "champion", "challenger", "shadow"
"""Aliases in mlflow: what is served, the newest version that may be, and what runs beside without being shown."""


def tracking_address(mlruns: Path) -> str:
    """Where mlflow keeps its book: pass it to `mlflow ui --backend-store-uri`."""
    return f"sqlite:///{mlruns.resolve() / 'mlflow.db'}"


def log_training(
    mlruns: Path, trained: Trained, folder: Path, reported: Mapping[str, float], *, sha256: str, refusal: str | None
) -> str:
    """Log and register a version with its parameters, figures and all its files; its run id.

    reported: the report's figures by name.
    The alias `challenger` moves to it where every gate is open.
    """
    tags = _tags(trained, sha256, refusal)
    with _quiet_mlflow(mlruns) as mlflow:
        experiment = _experiment(mlflow, mlruns, trained.spec.name)
        name = f"{trained.spec.name} {trained.model.version}"
        with mlflow.start_run(experiment_id=experiment, run_name=name, tags=tags) as run:
            mlflow.log_params(_parameters(trained))
            mlflow.log_metrics({**_metrics(trained), **reported})
            mlflow.log_artifacts(str(folder), "served")
            logged = _log_model(mlflow, trained, folder)
            _register(mlflow, trained, logged.model_uri, run.info.run_id, tags, refusal)
        return str(run.info.run_id)


@contextmanager
def _quiet_mlflow(mlruns: Path) -> Iterator[Any]:
    """mlflow bound to one folder, without its chatter and without reporting its use to anybody."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow
    import mlflow.lightgbm

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlruns.mkdir(parents=True, exist_ok=True)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(tracking_address(mlruns))
    try:
        yield mlflow
    finally:
        mlflow.set_tracking_uri(before)


def _experiment(mlflow: Any, mlruns: Path, name: str) -> str:
    found = mlflow.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    return str(mlflow.create_experiment(name, artifact_location=(mlruns.resolve() / "artifacts" / name).as_uri()))


def _log_model(mlflow: Any, trained: Trained, folder: Path) -> Any:
    """The native Booster; a logistic model as a Python function over its own files."""
    if isinstance(trained.model.predictor, BoostedTrees):
        requirements = [f"lightgbm=={version('lightgbm')}"]
        return mlflow.lightgbm.log_model(trained.model.predictor.booster, name="model", pip_requirements=requirements)
    return mlflow.pyfunc.log_model(
        name="model", loader_module="models.mlflow_flavour", data_path=str(folder), pip_requirements=["bureau"]
    )


def move_alias(mlruns: Path, name: str, alias: str, version: str, sha256: str) -> str:
    """Point an alias at a version of ours; its run id. Raises `UnknownName` where mlflow has no such version.

    Of several, which a killed training leaves when it is done again, the newest.
    """
    with _quiet_mlflow(mlruns) as mlflow:
        client = mlflow.MlflowClient()
        found = [
            registered
            for registered in client.search_model_versions(f"name = '{name}'")
            if (registered.tags.get("version"), registered.tags.get("sha256")) == (version, sha256)
        ]
        if not found:
            raise UnknownName(f"version of {name} in mlflow", version, see=f"bureau models history {name}")
        newest = max(found, key=lambda registered: int(registered.version))
        client.set_registered_model_alias(name, alias, newest.version)
        return str(newest.run_id)


def drop_alias(mlruns: Path, name: str, alias: str, version: str | None = None) -> None:
    """Take an alias away; with a version, only where it points there."""
    with _quiet_mlflow(mlruns) as mlflow:
        client = mlflow.MlflowClient()
        at = client.get_registered_model(name).aliases.get(alias)
        if at is None:
            return
        if version is None or client.get_model_version(name, at).tags.get("version") == version:
            client.delete_registered_model_alias(name, alias)


def _register(mlflow: Any, trained: Trained, uri: str, run_id: str, tags: dict[str, str], refusal: str | None) -> None:
    client, name = mlflow.MlflowClient(), trained.spec.name
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name, description=trained.spec.title_en)
    registered = client.create_model_version(name, uri, run_id, tags=tags, model_id=uri.split("/")[-1])
    if refusal is None:
        client.set_registered_model_alias(name, CHALLENGER, registered.version)


def _tags(trained: Trained, sha256: str, refusal: str | None) -> dict[str, str]:
    return {
        "version": trained.model.version,
        "sha256": sha256,
        "kind": trained.model.predictor.kind,
        "definition_hash": trained.model.definition_hash,
        "snapshot": str(trained.model.snapshot),
        "refusal": refusal or "none",
    }


def _parameters(trained: Trained) -> dict[str, Any]:
    facts = {key: value for key, value in trained.facts.items() if isinstance(value, str | int)}
    return {**trained.facts["recipe"], **facts, "features": len(trained.model.features)}


def _metrics(trained: Trained) -> dict[str, float]:
    figures = {key: value for key, value in asdict(trained.figures).items() if key != "auc"}
    auc = trained.figures.auc
    compared = {f"cv_auc_{v.kind}": v.auc for v in trained.validations}
    spread = {f"cv_auc_spread_{v.kind}": v.spread for v in trained.validations}
    return {**figures, "auc": auc.value, "auc_low": auc.low, "auc_high": auc.high, **compared, **spread}
