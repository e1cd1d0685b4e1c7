"""Where a feature's part turns: the nearest value that is shown, true of the model to the last digit."""

import math

import numpy as np
import pytest

from models.binned import BinnedModel, Bins
from models.logistic import Logistic
from models.scoring import ScoringModel
from models.turning import Turning, TurningPoints, turns_of
from tests.factories.portfolio import COLUMNS, PLAIN_LOGISTIC, SMALL_TREES, portfolio, scoring_model

TREES, LOGISTIC = scoring_model(SMALL_TREES), scoring_model(PLAIN_LOGISTIC)
ARREARS, SALES = COLUMNS.names.index("arrears_count"), COLUMNS.names.index("sales_fen")


def just_below(value: float) -> float:
    """The cut of a scorecard or an EBM whose bins begin at a value."""
    return float(np.nextafter(value, -np.inf))


@pytest.mark.parametrize(
    ("cut", "unit", "below", "above"),
    [
        pytest.param(2.5, "cases", 2, 3, id="between two counts"),
        pytest.param(2.0, "cases", 2, 3, id="on a count, which lies below"),
        pytest.param(just_below(2.0), "cases", 1, 2, id="just below a count, which lies above"),
        pytest.param(just_below(0.3), "share", 0.299, 0.3, id="just below a share"),
        pytest.param(just_below(1e6), "fen", 999_900, 1_000_000, id="just below where money is told in tenths of 万元"),
        pytest.param(just_below(-2.0), "cases", -3, -2, id="just below a fall"),
        pytest.param(just_below(0.0), "cases", -1, 0, id="just below nothing"),
        pytest.param(1e-35, "cases", 0, 1, id="LightGBM's zero"),
        pytest.param(0.12345, "share", 0.123, 0.124, id="a share, in tenths of a percent"),
        pytest.param(-0.12345, "change", -0.124, -0.123, id="a fall"),
        pytest.param(2_551.0, "bp", 2_550, 2_560, id="basis points, in tenths of a percent"),
        pytest.param(99_950.0, "fen", 99_900, 100_000, id="small money, in yuan"),
        pytest.param(321_456_750.0, "fen", 321_400_000, 321_500_000, id="money, in tenths of 万元"),
        pytest.param(12_345_678_900.0, "fen", 12_300_000_000, 12_400_000_000, id="money, in hundredths of 亿元"),
    ],
)
def test_a_cut_is_told_as_it_is_shown_on_either_side(cut: float, unit: str, below: float, above: float) -> None:
    turns = turns_of(np.array([cut]), unit)
    assert (turns.lower.tolist(), turns.upper.tolist()) == ([below], [above])
    assert turns.lower[0] <= cut < turns.upper[0]


def test_infinite_cuts_are_not_told() -> None:
    assert turns_of(np.array([-np.inf, 1.5, np.inf]), "days").upper.tolist() == [2]


def test_the_nearest_come_first() -> None:
    turns = turns_of(np.array([1.5, 4.5, 8.5]), "days")
    assert (turns.below(5).tolist(), turns.above(5).tolist()) == ([4, 1], [9])
    assert turns.below(1).tolist() == []


@pytest.mark.parametrize("model", [TREES, LOGISTIC], ids=["trees", "logistic"])
def test_parts_at_are_those_of_the_whole_row(model: ScoringModel) -> None:
    predictor = model.predictor
    assert isinstance(predictor, Turning)
    row = COLUMNS.matrix(portfolio(seed=6)[0])[7]
    for place in range(len(COLUMNS.names) - 1):
        values = np.append(predictor.cuts(place), np.nan)
        rows = np.repeat(row[None], len(values), axis=0)
        rows[:, place] = values
        whole = predictor.parts(rows)[1][:, place]
        assert predictor.parts_at(place, row, values) == pytest.approx(whole, abs=1e-12)


@pytest.mark.parametrize("model", [TREES, LOGISTIC], ids=["trees", "logistic"])
def test_at_the_turn_the_part_pulls_no_longer_and_just_before_it_does(model: ScoringModel) -> None:
    matrix, turning = COLUMNS.matrix(portfolio(seed=6)[0][:60]), model.turning
    assert turning is not None
    found = 0
    for row, parts in zip(matrix, model.predictor.parts(matrix)[1], strict=True):
        for place in (SALES, ARREARS):
            turn = turning.nearest(place, row, parts[place])
            if turn is None:
                continue
            found += 1
            assert turning.predictor.parts_at(place, row, np.array([turn]))[0] * parts[place] <= 0
            passed = (
                turning.turns[place].below(row[place]) if turn < row[place] else turning.turns[place].above(row[place])
            )
            nearer = passed[np.abs(passed - row[place]) < abs(turn - row[place])]
            assert (turning.predictor.parts_at(place, row, nearer) * parts[place] > 0).all()
    assert found > 60


class _Unseparated:
    """A logistic model that does not say that its terms look at no other feature."""

    def __init__(self, model: Logistic) -> None:
        self.cuts, self.parts_at = model.cuts, model.parts_at


def test_a_turn_found_beforehand_is_the_one_found_for_the_row() -> None:
    turning, predictor = LOGISTIC.turning, LOGISTIC.predictor
    assert turning is not None
    assert isinstance(predictor, Logistic)
    searched = TurningPoints(_Unseparated(predictor), turning.units, turning.signs)
    matrix = COLUMNS.matrix(portfolio(seed=6)[0][:60])
    numbers = [place for place, column in enumerate(COLUMNS.columns) if column.categories is None]
    turns = [
        (turning.nearest(place, row, parts[place]), searched.nearest(place, row, parts[place]))
        for row, parts in zip(matrix, predictor.parts(matrix)[1], strict=True)
        for place in numbers
    ]
    assert [one for one, _ in turns] == [other for _, other in turns]
    assert sum(one is not None for one, _ in turns) > 100


def test_of_a_table_whose_bin_begins_at_a_round_value_the_turn_is_below_it() -> None:
    """Two cases cost, fewer do not."""
    table = BinnedModel(0.0, (Bins((just_below(2.0),), (-0.4, 0.4, 0.0)),), "ebm")
    turning = TurningPoints(table, ("cases",), (1,))
    assert turning.nearest(0, np.array([5.0]), 0.4) == 1.0
    assert table.own_parts(0, np.array([1.0, 2.0])).tolist() == [-0.4, 0.4]


def test_what_is_missing_or_counts_nothing_turns_nowhere() -> None:
    row, turning = COLUMNS.matrix(portfolio(seed=6)[0])[0].copy(), TREES.turning
    assert turning is not None
    assert turning.nearest(SALES, row, 0.0) is None
    row[SALES] = math.nan
    assert turning.nearest(SALES, row, 0.4) is None


def test_a_category_has_no_cuts() -> None:
    for model in (TREES, LOGISTIC):
        assert isinstance(model.predictor, Turning)
        assert model.predictor.cuts(COLUMNS.names.index("tax_grade")).size == 0
