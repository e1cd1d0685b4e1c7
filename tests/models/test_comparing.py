"""Reasons held against others: the turning point and the peers' median, in the sentence and as numbers."""

from dataclasses import replace

import numpy as np
import pytest

from features.definitions.library import find_feature
from models.comparing import compared_reasons, said_with_unit
from models.peers import Peers
from models.turning import turns_of
from tests.factories.portfolio import PLAIN_LOGISTIC, portfolio, scoring_model

PEERS = Peers({"arrears_count": 0.0, "sales_fen": 5e7, "gap_days": 20.0}, {"C": {"gap_days": 24.0}})
MODEL = replace(scoring_model(), peers=PEERS)
FIRM = {
    "sales_fen": 3e6,
    "sales_change": None,
    "gap_days": 60.0,
    "arrears_count": 3.0,
    "invoice_size_fen": 2e5,
    "tax_grade": "D",
}


def test_a_sentence_says_where_it_turns_and_what_peers_have() -> None:
    told = {reason.code: reason for reason in compared_reasons(MODEL, FIRM, MODEL.score(FIRM).reasons)}
    arrears = told["ARREARS"]
    (feature,) = arrears.features
    assert (feature.value, feature.unit, feature.peer_median) == (3.0, "notices", 0.0)
    assert feature.threshold in (0.0, 1.0, 2.0)
    zh, en = said_with_unit(feature.threshold, "notices")
    assert arrears.text == f"欠税3次(不超过{zh}时此项不再扣分;同类企业中位数0次公告)"
    assert arrears.text_en == f"3 (at most {en} it would no longer cost points; median of firms like it: 0 notices)"


def test_the_turning_point_is_true_of_the_model() -> None:
    for row in portfolio(60, seed=6)[0].to_dicts():
        for reason in compared_reasons(MODEL, row, MODEL.score(row).reasons):
            for feature in reason.features:
                if feature.threshold is None:
                    continue
                place = MODEL.features.index(feature.name)
                moved = MODEL.columns.row({**row, feature.name: feature.threshold})
                points = MODEL.points(moved)[1][0, place]
                assert points >= 0 if reason.direction == "adverse" else points <= 0


def test_a_reason_of_several_features_says_that_it_speaks_of_one() -> None:
    told = [
        reason
        for row in portfolio(60, seed=6)[0].to_dicts()
        for reason in compared_reasons(MODEL, row, MODEL.score(row).reasons)
        if "不再" in reason.text
    ]
    assert {len(reason.features) == 1 for reason in told} == {True, False}
    for reason in told:
        assert ("此项" in reason.text) is (len(reason.features) == 1)
        assert ("该指标" in reason.text) is (len(reason.features) > 1)


def test_points_and_order_stay_as_they_were() -> None:
    scored = MODEL.score(FIRM).reasons
    told = compared_reasons(MODEL, FIRM, scored)
    assert [(one.code, one.points) for one in told] == [(one.code, one.points) for one in scored]


def test_the_median_is_of_the_own_industry_where_that_has_enough_firms() -> None:
    assert PEERS.median("gap_days", {"industry_section": "C"}) == (24.0, True)
    assert PEERS.median("gap_days", {"industry_section": "I"}) == (20.0, False)
    assert PEERS.median("sales_fen", {"industry_section": "C"}) == (5e7, False)
    assert PEERS.median("gap_days", {}) == (20.0, False)
    assert PEERS.median("tax_grade", {}) == (None, False)


def test_a_category_and_a_model_without_peers_are_told_plainly() -> None:
    model = scoring_model(PLAIN_LOGISTIC)
    for reason in compared_reasons(model, FIRM, model.score(FIRM).reasons):
        assert "中位数" not in reason.text
        if reason.code == "GRADE":
            assert reason.text == "纳税等级D"
            assert (reason.features[0].threshold, reason.features[0].peer_median) == (None, None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("taxpayer_abnormal_36m", ("0次认定", "0 findings"), id="found abnormal"),
        pytest.param("taxpayer_suspended_36m", ("0次停业", "0 suspensions"), id="suspended"),
        pytest.param("tax_found_abnormal_36m", ("0次认定", "0 findings"), id="found abnormal by inspectors"),
        pytest.param("customs_certifications", ("0次认证", "0 certifications"), id="certified"),
    ],
)
def test_a_count_turns_at_a_whole_one_and_is_no_multiple(name: str, said: tuple[str, str]) -> None:
    unit = find_feature(name).unit
    (turn,) = turns_of(np.array([0.034]), unit).lower
    assert said_with_unit(float(turn), unit) == said


def test_no_reasons_stay_none() -> None:
    assert compared_reasons(MODEL, FIRM, ()) == ()


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        pytest.param(2.0, "declarations", ("2次申报", "2 declarations"), id="a count with its word"),
        pytest.param(0.5, "share", ("50.0%", "50.0%"), id="a share needs none"),
        pytest.param(3e8, "fen", ("300.0万元", "CNY 3,000,000"), id="money"),
    ],
)
def test_numbers_are_said_with_their_unit(value: float, unit: str, said: tuple[str, str]) -> None:
    assert said_with_unit(value, unit) == said
