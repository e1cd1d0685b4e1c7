"""The contest on real outcomes, on made-up files: who competes, how rows are judged, what the file says."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from bureau.errors import InvalidInput
from models.boosted_trees import TreeRecipe
from models.cli import models
from models.columns import Column, Columns
from models.cross_validation import Rows
from models.real.contenders import DEEPER, OURS, OWN, PLAIN, SERVED, TUNED, UNSIGNED, contenders
from models.real.contest import fit_contender
from models.real.directory import RealDirectory
from models.real.extras import PACKAGES, absent, as_objects
from models.real.judging import Judging, judge_inside, judge_unseen
from models.real.learner import Contender
from models.real.lightgbm_learner import LightGBMLearner
from models.real.loans import read_loans
from models.real.table import everyone, table
from models.real.tables import PUBLIC_SETS, plain, rows_of
from tests.factories.real import write_german, write_taiwan
from tests.factories.sba import write_sba_directory

RUN = CliRunner().invoke
FIGURES = {"auc", "ks", "brier", "slope"}
GERMAN, TAIWAN = (
    next(one for one in PUBLIC_SETS if one.name == name) for name in ("german_credit", "uci_credit_card_taiwan")
)


def german(folder: Path, seed: int = 0, rows: int = 120) -> Rows:
    return rows_of(GERMAN, pl.read_parquet(write_german(folder, rows, seed) / "german_credit.parquet"))


def test_a_table_is_read_with_its_label_signs_and_without_its_keys(tmp_path: Path) -> None:
    rows = german(tmp_path)
    assert rows.columns.names == ("duration_in_month", "credit_amount", "savings_account_and_bonds")
    assert rows.columns.signs.tolist() == [1, 0, 0]
    assert rows.columns.categorical == (2,)
    assert np.isnan(rows.matrix[:, 1]).any()
    assert 0 < rows.defaults < len(rows)
    cards = rows_of(TAIWAN, pl.read_parquet(write_taiwan(tmp_path) / "uci_credit_card_taiwan.parquet"))
    assert cards.columns.names == ("LIMIT_BAL", "PAY_0")
    assert cards.columns.signs.tolist() == [-1, 1]


def test_each_may_try_as_much_as_the_budget_says() -> None:
    for one in contenders(3, 0):
        assert len(one.learners or one.blend) == (1 if one.plain or one.name == SERVED else 3), one.name
    names = [one.name for one in contenders(1, 0)]
    assert names[:7] == [OURS, SERVED, UNSIGNED, DEEPER, PLAIN, "logistic scorecard", TUNED]
    assert [name for name in PACKAGES if name in names] == [name for name in PACKAGES if absent(name) is None]
    assert contenders(2, 7) == contenders(2, 7)


def test_what_a_release_can_hold_competes_by_itself_and_is_no_rival(tmp_path: Path) -> None:
    """The model's own recipe, bound by its signs, without the others of the blend."""
    first = TreeRecipe(trees=5)
    served = next(one for one in contenders(6, 0, (first,)) if one.name == SERVED)
    assert (served.blend, served.signed, served.plain) == ((first,), True, False)
    once = Judging(seeds=1)
    measured = judge_inside("german_credit", lambda seed: contenders(2, seed)[:6], german(tmp_path, rows=300), once)
    assert measured.contenders[SERVED] != measured.contenders[OURS]
    assert SERVED not in (measured.best_other, *measured.rivals)
    told = f"{measured.contenders[SERVED].auc:.4f}"
    head, _, row, *_ = table([measured]).splitlines()
    assert row.split(" | ")[head.split(" | ").index("AUC as served")] == told
    assert f"| german_credit | {SERVED} | {told} |" in everyone([measured])


def test_who_is_not_installed_is_named_with_the_way_to_have_it() -> None:
    for name, (_, package) in PACKAGES.items():
        assert absent(name) in (
            None,
            f"{name} is left out: run `make contenders` (or `pip install {package}`) to have it compete.",
        )


def test_names_may_hold_what_lightgbm_takes_for_its_own() -> None:
    name = '[(cash + receivables) / {costs}] * 365: "net", a year'
    frame = pl.DataFrame({name: [1.0, 2.0, 3.0, 4.0] * 30, "class": [0, 0, 1, 1] * 30})
    polish = next(one for one in PUBLIC_SETS if one.name == "polish_1year")
    rows = rows_of(polish, frame)
    assert LightGBMLearner(trees=2).fit(rows.columns, rows.matrix, rows.target, rows.weight).raw(rows.matrix).size
    assert TreeRecipe(trees=2).fit(rows.columns, rows.matrix, rows.target, rows.weight).raw(rows.matrix).size
    assert plain("a / b") != plain("a - b")


def test_a_file_without_a_column_trained_on_says_which() -> None:
    seen = rows_of(GERMAN, pl.DataFrame({"a": [1.0, 2.0], "b": [1.0, 2.0], "creditability": ["bad", "good"]}))
    with pytest.raises(InvalidInput, match="lacks the columns b"):
        rows_of(GERMAN, pl.DataFrame({"a": [1.0, 2.0], "creditability": ["bad", "good"]}), seen.columns)


def test_columns_and_rows_in_another_order_are_the_same_rows(tmp_path: Path) -> None:
    frame = pl.read_parquet(write_taiwan(tmp_path) / "uci_credit_card_taiwan.parquet")
    seen, turned = rows_of(TAIWAN, frame), frame.reverse().select(sorted(frame.columns))
    again = rows_of(TAIWAN, turned, seen.columns)
    assert np.array_equal(again.matrix[::-1], seen.matrix)
    assert np.array_equal(again.target[::-1], seen.target)


def test_a_file_of_one_kind_says_nothing_of_anybody() -> None:
    with pytest.raises(InvalidInput, match="with and without a default"):
        rows_of(GERMAN, pl.DataFrame({"a": [1.0, 2.0], "creditability": ["good", "good"]}))


def test_only_the_signed_are_bound_by_signs() -> None:
    """A column whose data run against its sign."""
    chance = np.random.default_rng(0)
    x = chance.normal(size=(400, 1))
    target = (chance.random(400) < 1 / (1 + np.exp(2 * x[:, 0]))).astype(float)
    rows = Rows(Columns((Column("x", 1),)), x, target, np.ones(400), np.arange(400))
    ends = replace(rows, matrix=np.array([[-2.0], [2.0]]))
    learner = (LightGBMLearner(trees=20, parameters=(("min_data_in_leaf", 10),)),)
    bound = fit_contender(Contender("bound", learner, signed=True), rows, 0).pd(ends)
    free = fit_contender(Contender("free", learner), rows, 0).pd(ends)
    assert bound[0] <= bound[1]
    assert free[0] > free[1]


def test_a_contender_may_read_some_columns_only(tmp_path: Path) -> None:
    rows = german(tmp_path)
    one = Contender("plain", (LightGBMLearner(trees=5),), plain=True, only=("credit_amount",))
    pd = fit_contender(one, rows, 0).pd(rows)
    changed = replace(rows, matrix=rows.matrix.copy())
    changed.matrix[:, 0] = 1.0
    assert np.array_equal(pd, fit_contender(one, rows, 0).pd(changed))


def test_inside_and_unseen_rows_are_judged_by_the_same_figures(tmp_path: Path) -> None:
    seen, unseen = german(tmp_path, rows=300), german(tmp_path, 1, rows=200)

    def who(seed: int) -> list[Contender]:
        return contenders(1, seed)

    once = Judging(seeds=1)
    inside = judge_inside("german_credit", who, seen, once)
    (outside,) = judge_unseen(who, seen, {"german_credit": unseen}, once)
    assert (inside.rows, outside.rows) == (300, 200)
    for measured in (inside, outside):
        assert set(measured.line()) == {"set", "rows", "ours", "best_other", "lightgbm_default"}
        assert measured.contenders[OURS].auc > 0.6
        assert measured.best_other not in (*OWN, PLAIN)


def test_categories_are_texts_for_who_wants_texts() -> None:
    told = as_objects(np.array([[1.5, 0.0], [np.nan, np.nan]]), (1,))
    assert told[0].tolist() == [1.5, "0"]
    assert told[1, 1] == "missing"


def test_the_command_writes_the_file_and_its_table(tmp_path: Path) -> None:
    data, out = write_german(tmp_path / "data" / "benchmarks"), tmp_path / "real.json"
    command = ["bench-real", "--train-data", str(data.parent), "--out", str(out), "--budget", "1", "--seeds", "1"]
    command += ["--processes", "1"]
    done = RUN(models, [*command, "--set", "german_credit", "--set", "polish_1year"])
    assert done.exit_code == 0, done.output
    assert "polish_1year is left out" in done.stdout
    (line,) = json.loads(out.read_text("utf-8"))
    assert (line["set"], line["rows"]) == ("german_credit", 120)
    assert set(line["ours"]) == set(line["lightgbm_default"]) == FIGURES
    assert set(line["best_other"]) == FIGURES | {"name"}
    assert "| german_credit | 120 |" in out.with_suffix(".md").read_text("utf-8")
    assert "calibrated no worse than any other" in done.stdout
    (data / "polish_1year.parquet").write_text("no table")
    judged = RUN(models, [*command, "--data", str(write_german(tmp_path / "other", 40, 3))])
    assert judged.exit_code == 0, judged.output
    assert [one["rows"] for one in json.loads(out.read_text("utf-8"))] == [40]
    assert "sba is left out: its files" in judged.stdout
    assert "polish_1year is left out: " in judged.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--train-data", "nowhere", "--out", "real.json"], "no such directory", id="no directory"),
        pytest.param(["--train-data", ".", "--out", "no/where.json"], "no such directory to write", id="no place"),
        pytest.param(["--train-data", ".", "--out", "a.json", "--set", "german"], "german_credit", id="no such set"),
    ],
)
def test_a_wrong_argument_ends_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = RUN(models, ["bench-real", *arguments])
    assert done.exit_code != 0
    assert said in str(done.exception)


def test_loans_are_split_by_fiscal_year_and_judged_by_file(tmp_path: Path) -> None:
    directory = RealDirectory(write_sba_directory(tmp_path / "sba", loans=500))
    loans = read_loans(directory, None)
    assert loans is not None
    assert set(loans.judged) == {"balanced30k", "head22k"}
    assert set(np.unique(loans.judged["balanced30k"].weight)) == {10.5, 49.3}
    assert set(np.unique(loans.judged["head22k"].weight)) == {1.0}
    assert 0 < loans.ages.newest.sum() < len(loans.seen)
    assert loans.ages.fading[loans.ages.newest].min() > 0.5 >= loans.ages.fading[~loans.ages.newest].max()
    assert read_loans(RealDirectory(write_german(tmp_path / "none")), None) is None
