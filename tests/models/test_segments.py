"""Segments at the ends of their bands; what is not known has no name."""

import polars as pl
import pytest

from models.segments import SEGMENT_FEATURES, features_beside, segments_of


@pytest.mark.parametrize(
    ("staff", "expected"),
    [
        pytest.param(0.0, "0 insured", id="nobody insured"),
        pytest.param(1.0, "1-9 insured", id="one"),
        pytest.param(9.0, "1-9 insured", id="the last of a band"),
        pytest.param(10.0, "10-99 insured", id="the first of the next"),
        pytest.param(100.0, "100 or more insured", id="the largest"),
        pytest.param(None, "", id="unknown"),
        pytest.param(float("nan"), "", id="not a number"),
    ],
)
def test_size_follows_insured_staff(staff: float | None, expected: str) -> None:
    frame = pl.DataFrame({"insured_staff": [staff]}, schema={"insured_staff": pl.Float64})
    assert segments_of(frame)["size"].tolist() == [expected]


def test_industry_and_district_are_named_and_age_is_banded() -> None:
    frame = pl.DataFrame(
        {"industry_section": ["C", None], "registration_district": ["440303", "440305"], "age_days": [364.0, 365.0]}
    )
    found = {by: groups.tolist() for by, groups in segments_of(frame).items()}
    assert found["industry"] == ["C", ""]
    assert found["district"] == ["440303", "440305"]
    assert found["age"] == ["under 1 year", "1 to 3 years"]
    assert "size" not in found


def test_only_what_a_model_does_not_read_itself_is_read_beside() -> None:
    assert features_beside(["age_days", "sales_amount_12p"]) == tuple(x for x in SEGMENT_FEATURES if x != "age_days")
