"""When a name was one enterprise's alone."""

import polars as pl
import pytest

from features.lake.names import SPAN, alone_spans, match, name_key

HELD = {"enterprise_id": pl.Int32, "key": pl.String, "starts": pl.Int64, "ends": pl.Int64}


def held(*rows: tuple[int, int, int | None]) -> pl.DataFrame:
    """Who held the name X, from when, until when."""
    return pl.DataFrame([(who, "X", starts, ends) for who, starts, ends in rows], schema=HELD, orient="row")


@pytest.mark.parametrize(
    ("holders", "alone"),
    [
        pytest.param([(1, 3, None)], [(1, 3, None)], id="one enterprise, still"),
        pytest.param([(1, 3, 9)], [(1, 3, 9)], id="one enterprise, until it was renamed"),
        pytest.param([(1, 3, 5), (1, 5, None)], [(1, 3, None)], id="a new version under the same name breaks no span"),
        pytest.param([(1, 3, 5), (1, 7, None)], [(1, 3, 5), (1, 7, None)], id="renamed and back"),
        pytest.param([(1, 3, None), (2, 6, None)], [(1, 3, 6)], id="a second enterprise takes the name"),
        pytest.param([(1, 3, None), (2, 6, 8)], [(1, 3, 6), (1, 8, None)], id="and gives it up again"),
        pytest.param([(1, 3, 6), (2, 6, None)], [(1, 3, 6), (2, 6, None)], id="handed over"),
        pytest.param([(1, 3, None), (2, 3, None)], [], id="two from the start"),
        pytest.param([(1, 3, 8), (1, 5, None)], [(1, 3, None)], id="two records of one enterprise"),
    ],
)
def test_spans(holders: list[tuple[int, int, int | None]], alone: list[tuple[int, int, int | None]]) -> None:
    spans = alone_spans(held(*holders)).sort("starts")
    assert spans.columns == list(SPAN)
    assert list(spans.select("enterprise_id", "starts", "ends").iter_rows()) == alone


@pytest.mark.parametrize(
    ("received", "found"),
    [
        pytest.param(1, (1, 3), id="before the name was known: linked when it was"),
        pytest.param(5, (1, 3), id="while it was the first enterprise's"),
        pytest.param(6, (2, 8), id="while two had it: waits for the second to have it alone"),
        pytest.param(9, (2, 8), id="while it was the second's"),
    ],
)
def test_a_row_goes_to_the_first_who_bears_its_name_alone(received: int, found: tuple[int, int]) -> None:
    alone = alone_spans(held((1, 3, 8), (2, 6, None)))
    rows = pl.DataFrame({"row": [7], "key": ["X"], "received_at": [received]})
    assert match(rows, alone).select("enterprise_id", "starts").row(0) == found


def test_nobody_bears_the_name() -> None:
    rows = pl.DataFrame({"row": [7], "key": ["Y"], "received_at": [1]})
    assert match(rows, alone_spans(held((1, 3, None)))).is_empty()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("华为（深圳）有限公司", "华为(深圳)有限公司", id="full-width brackets"),
        pytest.param("ＡＢＣ 科技", "abc科技", id="full-width letters, case and blanks"),
        pytest.param("“老街”·小馆", "老街小馆", id="quotes and dots"),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    keys = pl.DataFrame({"name": [one, other]}).select(name_key(pl.col("name")))["name"]
    assert keys[0] == keys[1]


def test_two_names_stay_two() -> None:
    keys = pl.DataFrame({"name": ["甲有限公司", "甲股份有限公司"]}).select(name_key(pl.col("name")))["name"]
    assert keys[0] != keys[1]
