"""`bureau models monitor` says in a sentence why it cannot measure."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from bureau.errors import BureauError, ImpossibleDate, InvalidInput, ModelNotReleased, UnknownName
from features.store.parquet_file import write_features
from models.artefact import MODEL_FILE, read_stored
from models.cli import models
from models.keeping import Kept, keep
from models.monitoring.days import keep_measures
from models.monitoring.measures import Measure
from models.monitoring.population import read_population, shown_points
from models.release import model_folder
from models.service import load_released
from models.training import Trained
from tests.factories.releases import AT


def env_of(home: Path) -> dict[str, str]:
    return {"BUREAU_HOME": str(home), "BUREAU_TODAY": "2020-02-22"}


def refused(home: Path, *words: str) -> BureauError:
    result = CliRunner().invoke(models, list(words), env=env_of(home))
    assert isinstance(result.exception, BureauError), result.output
    return result.exception


def test_a_kept_model_holds_its_training_population(kept: tuple[Path, Kept]) -> None:
    home, model = kept
    folder = model_folder(home, model.name, model.version)
    stored = read_stored(folder, model.name)
    population = read_population(stored.facts)
    assert population is not None
    assert population.rows == stored.facts["labels"]
    assert set(population.features) == {column.name for column in stored.columns}
    assert "population" in json.loads((folder / MODEL_FILE).read_text("utf-8"))["facts"]


def test_rows_of_the_training_population_count_by_their_weights(plain: Trained, mlruns: Path, tmp_path: Path) -> None:
    rows = replace(plain.judged, weight=1 + 9 * plain.judged.target)
    keep(tmp_path, mlruns, replace(plain, population=rows), AT)
    population = read_population(read_stored(model_folder(tmp_path, "invoice_default", "1"), "invoice_default").facts)
    assert population is not None
    points = shown_points(plain.model, rows.matrix)
    assert population.mean_score == pytest.approx(np.average(points, weights=rows.weight))
    assert abs(population.mean_score - points.mean()) > 5


def test_what_another_version_was_measured_at_is_not_shown_as_that_of_the_one_in_service(
    kept: tuple[Path, Kept], tmp_path: Path
) -> None:
    home = Path(shutil.copytree(kept[0] / "models", tmp_path / "models").parent)
    measures = [Measure("score", "score", 900, 0.05, 0.09, 0.4, 0.25, breach=True)]
    keep_measures(home, "invoice_default", "0", date(2020, 2, 22), measures)
    assert "bureau close-day" in str(refused(home, "monitor", "invoice_default"))
    keep_measures(home, "invoice_default", kept[1].version, date(2020, 2, 22), measures)
    told = CliRunner().invoke(models, ["monitor", "invoice_default"], env=env_of(home))
    assert "1 measure of version 1 beyond the limit" in told.output


def test_a_day_closed_before_a_feature_was_published_says_so(kept: tuple[Path, Kept], tmp_path: Path) -> None:
    home = Path(shutil.copytree(kept[0] / "models", tmp_path / "models").parent)
    names = load_released(home, "invoice_default").features
    for number, held in enumerate((names, names[:-1])):
        write_features(pl.DataFrame(schema=["enterprise_id", *held]), part(home, number), {"snapshot": "0"})
    error = refused(home, "monitor", "invoice_default")
    assert isinstance(error, InvalidInput)
    assert f"The features of 2020-02-22 lack {names[-1]}, which invoice_default 1 reads" in str(error)
    write_features(pl.DataFrame(schema=["enterprise_id"]), part(home, 0), {"snapshot": "0"})
    assert f"lack {', '.join(names[:3])} and {len(names) - 3} more" in str(refused(home, "monitor", "invoice_default"))


def part(home: Path, number: int) -> Path:
    """A part of a built day, in a folder that is there."""
    folder = home / "features" / "day=2020-02-22"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"part-{number:04d}.parquet"


@pytest.mark.parametrize(
    ("words", "kind", "says"),
    [
        pytest.param(["monitor", "invoice_defualt"], UnknownName, "invoice_default", id="a name that is none"),
        pytest.param(["monitor", "sme_default"], ModelNotReleased, "bureau models train", id="not in service"),
        pytest.param(["monitor", "invoice_default", "--day", "2020-02-30"], ImpossibleDate, "--day", id="no day"),
        pytest.param(
            ["monitor", "invoice_default"], InvalidInput, "bureau close-day --day 2020-02-22", id="not closed"
        ),
        pytest.param(
            ["fairness", "invoice_default"], InvalidInput, "outcomes have no days", id="no outcomes to judge by"
        ),
    ],
)
def test_what_cannot_be_measured_is_told(
    kept: tuple[Path, Kept], words: list[str], kind: type[BureauError], says: str
) -> None:
    error = refused(kept[0], *words)
    assert isinstance(error, kind)
    assert says in str(error)
