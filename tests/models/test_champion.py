"""A new version beside the one in service: on rows neither has seen, by firm or by fold, and what is said where not."""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.errors import ReleaseRefused
from models.artefact import read_stored
from models.baselines import of_kind, recipe_from
from models.champion import NOBODY, hold_against_champion
from models.cross_validation import Division
from models.evaluation import evaluate_pd, weighted_auc
from models.invoice_default import train as invoices
from models.invoice_default.spec import SPEC as INVOICES
from models.keeping import keep
from models.loan_training import fit_on_loans
from models.people import Signature
from models.register import read_register
from models.release import model_folder
from models.releasing import Deeds, propose, release_by_two
from models.service import load_version
from models.sme_default.spec import QUESTION, SPEC
from models.time_split import Cuts
from models.training import Trained
from tests.factories.granted_loans import labelled_loans
from tests.factories.people import signature
from tests.factories.verdicts import VERDICT_DAY, labelled_verdicts

NAME = "sme_default"
DAY = date(2023, 4, 30)
AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
LOANS = labelled_loans(3000)
QUICK = Cuts(2)


def both(home: Path) -> tuple[Signature, Signature]:
    return signature(home, "王建模"), signature(home, "李审批")


@pytest.fixture(scope="module")
def good() -> Trained:
    return fit_on_loans(QUESTION, LOANS, DAY, QUICK)


@pytest.fixture(scope="module")
def served(good: Trained, mlruns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with that version in service."""
    home = tmp_path_factory.mktemp("served")
    assert keep(home, mlruns, good, AT).refusal is None
    release_by_two(Deeds(home, mlruns, NAME), "1", *both(home), AT)
    return home


@pytest.fixture
def home(served: Path, tmp_path: Path) -> Path:
    """A copy, to act in."""
    return Path(shutil.copytree(served / "models", tmp_path / "models").parent)


def blurred(trained: Trained, share: float) -> Trained:
    """The same version, whose order of firms is in part a die's."""
    places = trained.pd.argsort().argsort() / len(trained.pd)
    drawn = (1 - share) * places + share * np.random.default_rng(3).random(len(places))
    pd, rows = np.sort(trained.pd)[drawn.argsort().argsort()], trained.judged
    return replace(trained, pd=pd, figures=evaluate_pd(pd, rows.target, rows.weight, rows.firm))


def test_a_clearly_worse_version_is_kept_and_not_released(home: Path, good: Trained, mlruns: Path) -> None:
    worse = blurred(good, 0.65)
    assert worse.figures.auc.low > 0.5
    kept = keep(home, mlruns, worse, AT)
    assert "clearly worse than what is served: AUC less that of version 1 in service -0." in str(kept.refusal)
    with pytest.raises(ReleaseRefused, match="clearly worse"):
        propose(Deeds(home, mlruns, NAME), kept.version, both(home)[0], AT)
    facts = read_stored(model_folder(home, NAME, kept.version), NAME).facts
    assert facts["held_against"]["version"] == "1"
    assert facts["held_against"]["rows"] == len(good.judged)
    assert "clearly worse" in read_register(home, NAME)[-1].reason


def test_the_difference_is_that_of_both_on_the_same_rows(home: Path, good: Trained) -> None:
    rows, worse = good.judged, blurred(good, 0.65)
    found = hold_against_champion(home, worse)
    aucs = [weighted_auc(one.pd, rows.target, rows.weight) for one in (worse, good)]
    assert found.difference is not None
    assert found.difference.value == pytest.approx(aucs[0] - aucs[1], abs=1e-5)
    assert 0 < found.difference.error < 0.1


def test_a_little_worse_may_be_chance_and_the_register_tells_how_much(home: Path, good: Trained, mlruns: Path) -> None:
    assert keep(home, mlruns, blurred(good, 0.1), AT).refusal is None
    told = read_register(home, NAME)[-1].reason
    assert told.startswith("every gate is open: AUC 0.")
    assert re.search(r"AUC less that of version 1 in service -?0\.0\d+ ± 0\.0\d+ on the same \d+ rows", told)


def test_before_the_first_release_the_register_says_that_there_was_none(served: Path, good: Trained) -> None:
    assert NOBODY.told in read_register(served, NAME)[0].reason
    assert hold_against_champion(served / "nowhere", good) == NOBODY


def test_loans_the_one_in_service_was_calibrated_on_do_not_compare(home: Path, good: Trained) -> None:
    later = _with_facts(home, test_from="2021-07-01")
    found = hold_against_champion(later, good)
    assert found.rows == good.asked.filter(pl.col("granted_on") >= date(2021, 7, 1)).height < len(good.judged)
    none = hold_against_champion(_with_facts(home, test_from="2022-02-25"), good)
    assert none.difference is None
    assert "too few are new to version 1 in service, granted from 2022-02-25" in none.told


def test_one_in_service_that_cannot_be_loaded_compares_with_nothing(home: Path, good: Trained, mlruns: Path) -> None:
    _with_facts(home, sign=False, test_from="2021-01-01")
    kept = keep(home, mlruns, good, AT)
    assert kept.refusal is None
    assert "version 1 in service cannot be asked: " in read_register(home, NAME)[-1].reason


def test_features_the_new_one_has_not_are_read_for_the_one_in_service(home: Path, good: Trained) -> None:
    fewer = replace(good, asked=good.asked.drop("tax_late_declarations_12p"))
    assert "reads features that were not at hand" in hold_against_champion(home, fewer).told

    def read(asked: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
        assert list(names) == ["tax_late_declarations_12p"]
        return asked.hstack(good.asked.select(names))

    found = hold_against_champion(home, fewer, read)
    assert found.difference is not None
    assert (found.difference.value, found.difference.error) == (0, 0)


def test_a_version_never_held_against_what_is_served_now_is_trained_anew(
    home: Path, good: Trained, mlruns: Path
) -> None:
    deeds = Deeds(home, mlruns, NAME)
    for _ in range(2):
        keep(home, mlruns, good, AT)
    release_by_two(deeds, "2", *both(home), AT)
    with pytest.raises(ReleaseRefused, match="held against version 1, and version 2 is served now: train it anew"):
        propose(deeds, "3", both(home)[0], AT)


def test_versions_fitted_on_every_firm_are_compared_by_folds(mlruns: Path, tmp_path: Path) -> None:
    """The one in service has seen all the firms: its own answers to them would beat anybody's."""
    now, earlier = (labelled_verdicts(240, rate=8.0, seed=seed) for seed in (1, 2))
    division = Division(repeats=2, folds=5, seed=1)
    trees = invoices.fit(now, earlier, VERDICT_DAY, division)
    straight = invoices.fit(now, earlier, VERDICT_DAY, division, of_kind(INVOICES, "logistic"))
    assert trees.model.predictor.kind == "boosted_trees"
    keep(tmp_path, mlruns, trees, AT)
    release_by_two(Deeds(tmp_path, mlruns, "invoice_default"), "1", *both(tmp_path), AT)
    same, worse = (hold_against_champion(tmp_path, one) for one in (trees, straight))
    assert same.difference is not None
    assert worse.difference is not None
    assert (same.difference.value, same.difference.error) == (0, 0)
    assert worse.difference.value + 1.96 * worse.difference.error < 0
    assert worse.told.endswith("on the same 240 rows, recipes on the same folds")


@pytest.mark.parametrize("kind", ["boosted_trees", "logistic", "scorecard"])
def test_a_recipe_comes_back_from_a_versions_files(kind: str) -> None:
    (recipe,) = of_kind(SPEC, kind).recipes
    assert recipe_from(kind, json.loads(json.dumps(recipe.figures()))) == recipe


def _with_facts(home: Path, *, sign: bool = True, **facts: str) -> Path:
    """The version in service with other facts; signed, as if it had been kept so."""
    import hashlib

    path = model_folder(home, NAME, "1") / "model.json"
    stored = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(stored | {"facts": stored["facts"] | facts}), "utf-8")
    if sign:
        note = model_folder(home, NAME) / "released.json"
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        note.write_text(json.dumps(json.loads(note.read_text("utf-8")) | {"sha256": sha256}), "utf-8")
        assert load_version(home, NAME, "1", sha256).version == "1"
    return home
