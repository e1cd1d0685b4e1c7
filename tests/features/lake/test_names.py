"""When a name was one enterprise's alone."""

from datetime import date

import polars as pl
import pytest

from features.lake.ladder import Bearers, climb
from features.lake.names import SPAN, alone_spans
from features.lake.numbers import HELD as HELD_NUMBERS
from features.lake.spelling import name_key, parent_key, trade_key

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
    assert climbed(held((1, 3, 8), (2, 6, None)), received) == [(*found, "name")]


def climbed(bearers: pl.DataFrame, received: int, happened: date = date(2030, 1, 1)) -> list[tuple[int, int, str]]:
    """What the ladder says of one row named X."""
    row: dict[str, list[object]] = {"row": [7], "key": ["X"], "received_at": [received], "event_date": [happened]}
    row |= {"trade": [None], "number": [None]}
    nobody = pl.DataFrame(schema=SPAN)
    barred = pl.DataFrame(schema={"row": pl.Int64, "enterprise_id": pl.Int32})
    known = Bearers(bearers, nobody, pl.DataFrame(schema=HELD_NUMBERS), nobody, nobody.select("key", "enterprise_id"))
    found = climb(pl.DataFrame(row, schema_overrides={"trade": pl.String, "number": pl.String}), known, barred)
    return found.select("enterprise_id", "starts", "rule").rows()


def test_nobody_bears_the_name() -> None:
    assert climbed(held((1, 3, None)).with_columns(key=pl.lit("Y")), 1) == []


EVENT = date(1970, 1, 3)
DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("bearers", "found"),
    [
        pytest.param([(1, 0, 4 * DAY)], [(1, 0, "former-name")], id="given up after the event"),
        pytest.param([(1, 0, 1 * DAY)], [], id="given up before the event"),
        pytest.param([(1, 0, 4 * DAY), (2, 5 * DAY, 6 * DAY)], [], id="another bore it since"),
        pytest.param([(1, 0, 4 * DAY), (2, 5 * DAY, None)], [(2, 5 * DAY, "name")], id="another bears it now"),
        pytest.param([(1, 0, 4 * DAY), (2, 9 * DAY, None)], [(1, 0, "former-name")], id="another bears it later"),
    ],
)
def test_a_former_name(bearers: list[tuple[int, int, int | None]], found: list[tuple[int, int, str]]) -> None:
    assert climbed(held(*bearers), received=7 * DAY, happened=EVENT) == found


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        pytest.param("甲贸易有限公司龙岗分公司", "甲贸易有限公司", id="a branch company"),
        pytest.param("甲银行福田支行", "甲银行", id="a bank's branch"),
        pytest.param("甲贸易有限责任公司第二营业部", "甲贸易有限公司", id="a sales office, the form written otherwise"),
        pytest.param("甲贸易有限公司", None, id="no branch"),
        pytest.param("龙岗分公司", None, id="a branch of nobody"),
    ],
)
def test_a_branch_names_its_parent(name: str, parent: str | None) -> None:
    assert pl.DataFrame({"name": [name]}).select(parent_key(name_key(pl.col("name")))).item() == parent


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("华为（深圳）有限公司", "华为(深圳)有限公司", id="full-width brackets"),
        pytest.param("ＡＢＣ 科技", "abc科技", id="full-width letters, case and blanks"),
        pytest.param("“老街”·小馆", "老街小馆", id="quotes and dots"),
        pytest.param("華東電機廠", "华东电机厂", id="traditional characters"),
        pytest.param("甲有限责任公司", "甲有限公司", id="the long form of a limited company"),
        pytest.param("甲股份公司", "甲股份有限公司", id="the short form of a joint-stock company"),
        pytest.param("甲中心（有限合伙）", "甲中心有限合伙", id="a partnership in brackets"),
        pytest.param("甲〔深圳〕有限公司", "甲(深圳)有限公司", id="another kind of brackets"),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    keys = pl.DataFrame({"name": [one, other]}).select(name_key(pl.col("name")))["name"]
    assert keys[0] == keys[1]


def test_two_names_stay_two() -> None:
    keys = pl.DataFrame({"name": ["甲有限公司", "甲股份有限公司"]}).select(name_key(pl.col("name")))["name"]
    assert keys[0] != keys[1]


@pytest.mark.parametrize(
    ("name", "address", "trade"),
    [
        pytest.param(
            "深圳市甲乙贸易有限公司", "深圳市南山区科苑路1号", "甲乙贸易|有限公司|南山区", id="region in front"
        ),
        pytest.param(
            "甲乙贸易(深圳)有限责任公司", "广东省深圳市南山区", "甲乙贸易|有限公司|南山区", id="region in brackets"
        ),
        pytest.param("甲乙贸易有限公司", "南山区科苑路", "甲乙贸易|有限公司|南山区", id="no region at all"),
        pytest.param("广东省深圳市甲乙股份公司", "深圳市福田区", "甲乙|股份有限公司|福田区", id="another form"),
        pytest.param("深圳市甲乙贸易有限公司", "科苑路1号", None, id="an address without a district"),
        pytest.param("深圳市甲乙贸易有限公司", None, None, id="no address"),
        pytest.param("甲乙小馆", "深圳市南山区", None, id="no form and no street"),
        pytest.param("深圳市南山区甲乙小馆", "深圳市南山区粤海街道科苑路1号", "甲乙小馆|店|南山区|科苑路", id="a shop"),
        pytest.param("甲乙小馆", "南山区科苑路2号之1", "甲乙小馆|店|南山区|科苑路", id="the same, written shorter"),
        pytest.param("甲公司科苑门店", "南山区科苑路2号", None, id="a branch is no shop"),
        pytest.param("深圳市甲有限公司", "深圳市南山区", None, id="one character tells nobody apart"),
    ],
)
def test_a_trade_name_has_its_form_and_district(name: str, address: str | None, trade: str | None) -> None:
    row = pl.DataFrame({"name": [name], "address": [address]}, schema={"name": pl.String, "address": pl.String})
    assert row.select(trade_key(name_key(pl.col("name")), pl.col("address"))).item() == trade
