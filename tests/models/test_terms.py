"""A spec is the one declaration of a model's question: whatever is changed in it changes the training."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.lake.lake import Lake
from models.card import card_text
from models.cross_validation import Division
from models.gates import judge_gates
from models.invoice_default.spec import SPEC as INVOICE
from models.invoice_default.train import fit as fit_verdicts
from models.labels import read_labels, read_others
from models.loan_training import fit_on_loans
from models.logistic import LogisticRecipe
from models.question import Question
from models.report import build_report
from models.sba_default.spec import SPEC as SBA
from models.shelf import SPECS
from models.sme_default.spec import SPEC
from models.spec import ModelSpec
from models.terms import AfterMonths, AtEnd, AtVerdict, Population, Weights
from models.time_split import TimeSplit
from models.training import Trained
from tests.factories.granted_loans import labelled_loans
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.loans import loan_feedback
from tests.factories.verdicts import VERDICT_DAY, labelled_verdicts

DAY = date(2023, 4, 30)
GRANT = operator_grant("training")
LOGISTIC = (LogisticRecipe(penalty=10.0),)


def loan(number: int, uscc: str, granted: date | None, **months: int) -> list[dict[str, Any]]:
    """The reports of one loan: m2020_06=60 says 60 days past due in June 2020."""
    told = {"loan_no_hash": f"{number:016x}", "granted_on": granted}
    periods = {name[1:].replace("_", "-"): dpd for name, dpd in months.items()}
    return [
        loan_feedback(uscc, period, dpd) | told | {"record_id": f"F60-{number}-{period}"}
        for period, dpd in periods.items()
    ]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Four loans of three firms: in default after half a year, 60 days late, in default after a year, and a young one.

    The fifth has no day.
    """
    lake = make_lake(tmp_path_factory.mktemp("terms"))
    rows = [
        *loan(1, ACME, date(2019, 5, 10), m2019_11=95, m2020_04=95),
        *loan(2, ACME, date(2020, 6, 10), m2020_12=60, m2021_05=0),
        *loan(3, BETA, date(2020, 8, 10), m2021_07=0, m2022_01=120),
        *loan(4, GAMMA, date(2022, 1, 10), m2022_06=0, m2022_12=0),
        *loan(5, GAMMA, None, m2019_12=45),
    ]
    land_rows(lake, LOAN_FEEDBACK, rows, received_at="2023-04-20")
    return lake


def told(lake: Lake, spec: ModelSpec) -> dict[int, float]:
    """Outcome by number of the loan."""
    labels = read_labels(lake, spec, DAY, GRANT)
    return {int(number, 16): target for number, target in labels.select("loan", "target").iter_rows()}


TARGET = SPEC.target
DATED = [pytest.param(spec, id=spec.name) for spec in SPECS.values() if isinstance(spec.maturity, AfterMonths)]


@pytest.mark.parametrize("spec", DATED)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, {1: 1, 2: 0, 3: 0, 4: 0}, id="as declared"),
        pytest.param({"target": replace(TARGET, dpd=60)}, {1: 1, 2: 1, 3: 0, 4: 0}, id="60 days are a default"),
        pytest.param({"target": replace(TARGET, months=6)}, {1: 0, 2: 0, 3: 0, 4: 0}, id="within half a year"),
        pytest.param({"maturity": AfterMonths(18)}, {1: 1, 2: 0, 3: 0}, id="known after 18 months"),
        pytest.param(
            {"target": replace(TARGET, months=18), "maturity": AfterMonths(18)}, {1: 1, 3: 1}, id="within 18 months"
        ),
        pytest.param({"maturity": AtEnd()}, {1: 1, 3: 1}, id="known at the end"),
        pytest.param({"population": Population("", granted_from=date(2020, 1, 1))}, {2: 0, 3: 0, 4: 0}, id="from 2020"),
        pytest.param({"population": Population("", newcomers=True)}, {1: 1, 3: 0}, id="first loans of known histories"),
    ],
)
def test_labels_are_those_the_spec_declares(
    lake: Lake, spec: ModelSpec, change: dict[str, Any], expected: dict[int, float]
) -> None:
    asked = replace(spec, population=Population(""))
    assert told(lake, replace(asked, **change)) == expected


def test_first_loans_are_first_loanss_own_declaration(lake: Lake) -> None:
    assert told(lake, SPECS["first_loan"]) == {1: 1, 3: 0}
    assert told(lake, SPECS["sme_default"]) == {1: 1, 2: 0, 3: 0, 4: 0}


def test_the_loans_of_others_teach_where_that_is_declared(lake: Lake) -> None:
    spec = SPECS["first_loan"]
    own = read_labels(lake, spec, DAY, GRANT)
    others = read_others(lake, spec, own, DAY, GRANT)
    assert others is not None
    assert {int(number, 16) for number in others["loan"]} == {2, 4}
    assert others.columns == own.columns
    assert read_others(lake, SPECS["sme_default"], own, DAY, GRANT) is None
    assert "all other loans teach a fit besides" in spec.declared["population"]


@pytest.mark.parametrize(("dpd", "outcome"), [pytest.param(90, 0.0, id="90 days"), pytest.param(45, 1.0, id="45 days")])
def test_a_verdict_is_judged_by_the_declared_days_past_due(lake: Lake, dpd: int, outcome: float) -> None:
    assert told(lake, replace(INVOICE, target=replace(INVOICE.target, dpd=dpd))) == {5: outcome}


def test_the_loans_of_sba_are_cut_off_and_end_as_declared(lake: Lake) -> None:
    assert told(lake, SBA) == {1: 1, 3: 1}
    assert told(lake, replace(SBA, population=Population("", granted_from=date(2020, 1, 1)))) == {3: 1}
    assert told(lake, replace(SBA, target=replace(SBA.target, dpd=100))) == {3: 1}


def fitted(**changes: Any) -> Trained:
    return fit_on_loans(Question(replace(SPEC, recipes=LOGISTIC, **changes)), labelled_loans(600, rate=0.2), DAY)


def says(trained: Trained) -> np.ndarray:
    return trained.model.predictor.raw(labelled_loans(50, seed=3).rows.matrix)


@pytest.mark.parametrize(
    "weights",
    [pytest.param(Weights("equal"), id="equal"), pytest.param(Weights(half_life_days=180), id="fading")],
)
def test_a_fit_weighs_as_the_spec_declares_and_the_judgement_as_ever(weights: Weights) -> None:
    plain, other = fitted(), fitted(weights=weights)
    assert not np.allclose(says(plain), says(other))
    assert np.array_equal(plain.judged.weight, other.judged.weight)
    assert other.facts["declared"]["weights"] == weights.told != plain.facts["declared"]["weights"]


def test_verdicts_are_weighed_as_the_spec_declares() -> None:
    now = labelled_verdicts(size=1.0)
    now = replace(now, rows=replace(now.rows, weight=np.linspace(1, 9, len(now.rows))))
    spec = replace(INVOICE, recipes=LOGISTIC)
    both = (spec, replace(spec, weights=Weights("equal")))
    plain, equal = (fit_verdicts(now, now, VERDICT_DAY, Division(2, 3, 1), one) for one in both)
    assert not np.allclose(plain.model.predictor.raw(now.rows.matrix), equal.model.predictor.raw(now.rows.matrix))


def test_a_loan_a_half_life_older_counts_half() -> None:
    loans = labelled_loans(50)
    days = loans.frame["granted_on"]
    weight = Weights(half_life_days=365).to_fit(loans.rows, days).weight / loans.rows.weight
    assert weight.max() == 1.0
    assert weight == pytest.approx(0.5 ** np.array([(days.max() - day).days / 365 for day in days]))  # type: ignore[operator]


def test_the_split_of_the_spec_divides_the_loans() -> None:
    split = TimeSplit(calibrate_from=date(2019, 1, 1), test_from=date(2020, 1, 1))
    plain, other = fitted(), fitted(split=split)
    assert other.facts["test_from"] == "2020-01-01"
    assert other.figures.rows > plain.figures.rows
    assert not np.allclose(says(plain), says(other))


def test_what_the_spec_declares_is_on_the_card_and_in_the_files() -> None:
    trained = fitted(weights=Weights(half_life_days=180), target=replace(TARGET, months=6))
    card = card_text(trained, judge_gates(trained), build_report(trained))
    assert set(trained.facts["declared"]) == {
        "target", "features", "population", "label maturity", "weights", "split",
    }  # fmt: skip
    assert all(f"| {term} | {told} |" in card for term, told in trained.facts["declared"].items())
    assert "放款后6个月内逾期90天及以上" in card
    assert "half as much for every 180 days" in card


@pytest.mark.parametrize(
    ("spec", "changes", "says"),
    [
        pytest.param(SPEC, {"split": INVOICE.split}, "split by time", id="days in shuffled folds"),
        pytest.param(INVOICE, {"split": SPEC.split}, "without days by folds", id="a split without days"),
        pytest.param(SPEC, {"maturity": AfterMonths(11)}, "cannot be known before", id="known before it can be"),
        pytest.param(SPEC, {"maturity": AtVerdict()}, "without days by folds", id="verdicts split by time"),
        pytest.param(INVOICE, {"weights": Weights(half_life_days=9)}, "nor fade", id="verdicts that fade"),
    ],
)
def test_terms_that_do_not_agree_are_refused(spec: ModelSpec, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(spec, **changes)


def test_a_question_without_days_or_trees_says_what_is_missing() -> None:
    with pytest.raises(InvalidInput, match="declares folds, no days"):
        _ = Question(INVOICE).split
    with pytest.raises(InvalidInput, match="add a TreeRecipe"):
        _ = Question(replace(SPEC, recipes=LOGISTIC)).recipe
