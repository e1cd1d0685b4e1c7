"""Rows as nobody's: none stands alone, whatever a feed is made of."""

from datetime import date

import polars as pl
import pytest

from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS
from features.contracts.financial_statement import FINANCIAL_STATEMENT
from features.lake.anonymity import SMALLEST_GROUP, de_identify

DAY = date(2020, 3, 31)
ITEMS = [name for name, dtype in FINANCIAL_STATEMENT.dtypes.items() if name.endswith("_fen")]


def statements(firms: int, quarters: int = 1) -> pl.DataFrame:
    """Statements of firms of every size, each firm in every quarter; every tenth item is not shown."""
    rows = [
        {"enterprise_id": firm, "event_date": DAY, "period": DAY.replace(year=2020 + quarter)}
        | {name: None if (firm + n) % 10 == 0 else 1_234_567 * (firm + 1) + n for n, name in enumerate(ITEMS)}
        for firm in range(firms)
        for quarter in range(quarters)
    ]
    return pl.DataFrame(rows, schema=FINANCIAL_STATEMENT.dtypes | {"enterprise_id": pl.Int32})


def enterprises_alike(contract: Contract, rows: pl.DataFrame) -> int:
    """The fewest rows that share everything an archive says, its own number of the row aside."""
    kept, report = de_identify(contract, rows)
    assert set(kept.columns) == {*report.alike, "nobody"}
    return int(kept.group_by(report.alike).len()["len"].min() or 0)


def test_no_statement_of_forty_figures_stands_alone() -> None:
    rows = statements(firms=200)
    kept, report = de_identify(FINANCIAL_STATEMENT, rows)
    assert (report.rows, report.suppressed) == (200, 0)
    assert enterprises_alike(FINANCIAL_STATEMENT, rows) >= SMALLEST_GROUP
    assert report.groups >= 8
    assert kept["assets_fen"].max() > 5 * kept["assets_fen"].min()
    assert all(value == pytest.approx(float(f"{value:.1e}"), rel=1e-9) for value in kept["assets_fen"].drop_nulls())


def test_many_rows_of_one_enterprise_are_one_enterprise() -> None:
    few = pl.concat([statements(SMALLEST_GROUP - 1)] * 5)
    assert de_identify(FINANCIAL_STATEMENT, few)[1].rows == 0
    enough = pl.concat([statements(SMALLEST_GROUP)] * 5)
    assert de_identify(FINANCIAL_STATEMENT, enough)[1].smallest_group == SMALLEST_GROUP


def test_nothing_chains_the_rows_of_one_enterprise() -> None:
    kept, _ = de_identify(FINANCIAL_STATEMENT, statements(firms=20, quarters=5))
    assert kept.height == 100
    assert kept["nobody"].n_unique() == kept.height


def test_a_quarter_of_its_own_does_not_live_on() -> None:
    rows = statements(firms=20)
    alone = rows.head(1).with_columns(event_date=pl.lit(date(2019, 3, 31)))
    kept, report = de_identify(FINANCIAL_STATEMENT, pl.concat([rows, alone]))
    assert (report.suppressed, kept["event_date"].unique().to_list()) == (1, [date(2020, 1, 1)])


def test_a_figure_few_state_is_not_told() -> None:
    rows = statements(firms=20).with_columns(research_fen=pl.when(pl.col("enterprise_id") < 3).then(7_777_777))
    kept, _ = de_identify(FINANCIAL_STATEMENT, rows)
    assert kept["research_fen"].null_count() == kept.height


def test_no_row_at_all() -> None:
    nothing, report = de_identify(FINANCIAL_STATEMENT, statements(firms=0))
    assert (nothing.height, report.rows, report.groups, report.smallest_group) == (0, 0, 0, None)


@pytest.mark.parametrize("contract", FEEDS, ids=lambda contract: contract.code)
def test_every_feed_can_be_divided(contract: Contract) -> None:
    """No column of a feed bears a name that the dividing needs."""
    nothing = pl.DataFrame(schema={"event_date": pl.Date} | contract.dtypes | {"enterprise_id": pl.Int32})
    kept, report = de_identify(contract, nothing)
    assert set(kept.columns) == {*report.alike, "nobody"}
    assert not {"part", "above", "nobody", "enterprise_id"} & set(contract.dtypes)
