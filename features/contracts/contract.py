"""A feed contract: the facts a reviewer checks, and the columns everything after it may trust."""

from dataclasses import dataclass
from typing import Any, Literal

import pandera.polars as pa
import polars as pl

from features.contracts.quality import QualityRule, of_amounts, of_cells, of_files, of_rows, rules, same_key
from features.contracts.use import PERMANENT, Use

Period = Literal["month", "quarter", "year"]
Cadence = Literal["daily", "weekly", "monthly", "quarterly", "yearly"]
Level = Literal["L1", "L2", "L3", "L4"]
"""L1 public, L2 shared inside government, L3 firm-confidential or personal, L4 leaves only as derived values."""

Openness = Literal["public", "on application", "closed"]
"""Whether anybody may see a record, only who applies for it, or nobody outside the platform's lawful users."""
Direction = Literal["favourable", "adverse", "veto", "mixed", "neutral", "label"]
"""What a record usually means for credit; `label` is what models predict."""

CADENCE_DAYS: dict[Cadence, int] = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
DAYS_OFF = 10
"""The longest run of days on which offices were closed and delivered nothing (Spring Festival of 2020)."""

USCC_PATTERN = "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
"""The form of a code; its two check characters are verified when a delivery lands."""
NUMBER_PATTERN = "^[0-9]{6}[0-9A-Z]{9}$"
"""A number from before the codes: registration number 注册号, or a taxpayer's number of division and organisation."""
SUBJECT_PATTERN = f"{USCC_PATTERN}|{NUMBER_PATTERN}"
"""What stands in the column for the code where a department may not know it: the code, or a number from before."""
HASH_PATTERN = "^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64})$"
"""A keyed hash of 64, 128 or 256 bits in lower-case hexadecimal: no length of a raw identity or telephone number."""


class Delivered(pa.DataFrameModel):
    """The columns every feed carries beside its own (the delivery format)."""

    record_id: str = pa.Field(
        str_length={"min_value": 1, "max_value": 128}, title="记录编号", description="The source's own key"
    )
    op: str = pa.Field(isin=["I", "U", "D"], title="操作", description="I new, U corrected, D withdrawn")
    version: pl.Int32 = pa.Field(ge=1, title="版本", description="Counts up with each change of a record")
    event_date: pl.Date = pa.Field(title="事件日期", description="Day it happened; of a period its last day")
    publish_date: pl.Date = pa.Field(title="公布日期", description="Day the department published it")

    class Config:
        strict = True


def event_date_is(column: str) -> Any:
    """A blocking rule for a schema's body: the row's event date is the day in `column`."""

    def agrees(_cls: type, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("event_date") == pl.col(column))

    return pa.dataframe_check(name=f"event_date must equal {column}")(classmethod(agrees))


def period_ends(column: str, period: Period) -> Any:
    """A blocking rule for a schema's body: `column` is the last day of a month, quarter or year."""
    length = {"month": "1mo", "quarter": "1q", "year": "1y"}[period]

    def ends(_cls: type, data: pa.PolarsData) -> pl.LazyFrame:
        following = pl.col(column).dt.offset_by("1d")
        return data.lazyframe.select(following == following.dt.truncate(length))

    return pa.dataframe_check(name=f"{column} must be the last day of a {period}")(classmethod(ends))


def not_before(later: str, earlier: str) -> Any:
    """A blocking rule for a schema's body: day `later`, where there is one, does not precede day `earlier`."""

    def follows(_cls: type, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(later).is_null() | (pl.col(later) >= pl.col(earlier)))

    return pa.dataframe_check(name=f"{later} must not precede {earlier}")(classmethod(follows))


@dataclass(frozen=True)
class Doubt:
    """A rule that warns and does not block: rows for which `expression` is true are counted and still land."""

    text: str
    expression: pl.Expr


PUBLISHED_BEFORE_EVENT = Doubt("published before it happened", pl.col("publish_date") < pl.col("event_date"))


@dataclass(frozen=True)
class Contract:
    """One feed. Act, channel, openness, sharing scope, retention and cadence are the facts that the Shenzhen credit
    regulation (深圳经济特区社会信用条例) asks of a catalogue item in article 34.

    act: what a record states about the subject.
    million_rows: rows of the reference city of 4 million enterprises, the volume it is held against.
    personal: its records may concern natural persons; adverse ones then need the publisher's notice to them
        (征信业管理条例 article 15), which `notice_given` states.
    use: until when the law lets a record be used.
    grain: the columns that name one record in the department's own terms.
    freshness_days: days of silence that are ordinary for the feed, where its cadence does not tell: a list on which
        a city may have nothing to enter for weeks.
    publish_lag_days, receive_lag_days: median and 95th percentile, event to publication and publication to us.
    period: set where a row sums up a period; its last day is the event date.
    name_column: where a row may come without a code, the column by which it is matched to an enterprise.
    address_column: beside `name_column`, the column whose address tells the district.
    number_column: the column that holds another number of the enterprise, by which rows without a code find it.
    outside_key: the column whose value becomes another name of the enterprise.
    derived_from: codes of the feeds the platform makes it of; nobody delivers a derived feed.
    used_as: of a derived feed, the column that says which feed a row tells of, and the contract each of its values
        stands for: a row is used as that feed's own record is, and carries the columns its rule reads.
    feature_source: whether features may be declared on it; bank feedback is what models predict.
    """

    code: str
    name: str
    name_en: str
    department: str
    schema: type[Delivered]
    grain: tuple[str, ...]
    cadence: Cadence
    publish_lag_days: tuple[int, int]
    receive_lag_days: tuple[int, int]
    level: Level
    controller: str
    share_scope: str
    legal_basis: str
    retention: str
    act: str
    openness: Openness
    direction: Direction
    million_rows: float
    channel: str = "政务信息共享平台"
    freshness_days: int | None = None
    personal: bool = False
    notice_given: bool = False
    use: Use = PERMANENT
    period: Period | None = None
    subject: str = "uscc"
    name_column: str | None = None
    address_column: str | None = None
    number_column: str | None = None
    outside_key: str | None = None
    derived_from: tuple[str, ...] = ()
    used_as: tuple[str, tuple[tuple[str, "Contract"], ...]] | None = None
    feature_source: bool = True
    doubts: tuple[Doubt, ...] = (PUBLISHED_BEFORE_EVENT,)

    @property
    def deadline_days(self) -> int:
        """Days after the event, or a period's end, by which 95 in 100 rows have been received."""
        return self.publish_lag_days[1] + self.receive_lag_days[1]

    @property
    def fresh_for_days(self) -> int:
        """Days without a delivery after which the feed counts as stale.

        Unless declared: its cadence, a holiday, and the days 95 in 100 rows take from publication to us. How long the
        department takes to publish says nothing about how often it delivers.
        """
        if self.freshness_days is not None:
            return self.freshness_days
        return CADENCE_DAYS[self.cadence] + DAYS_OFF + self.receive_lag_days[1]

    @property
    def dtypes(self) -> dict[str, pl.DataType]:
        """Every delivered column and its type, the feed's own after the common ones."""
        columns = self.schema.to_schema().columns
        return {name: column.dtype.type for name, column in columns.items()}

    @property
    def own_columns(self) -> tuple[str, ...]:
        """The columns this feed has beside those every feed carries."""
        return tuple(name for name in self.dtypes if name not in COMMON_COLUMNS)

    @property
    def row_rules(self) -> tuple[str, ...]:
        """Blocking rules between the cells of one row."""
        return tuple(str(check.error or check.name) for check in self.schema.to_schema().checks)

    @property
    def quality_rules(self) -> tuple[QualityRule, ...]:
        """Every rule a delivery is held to, the heaviest first. Nobody delivers a derived feed: nothing blocks it."""
        blocking = () if self.derived_from else of_files(self.dtypes)
        cells = of_cells(self.schema.to_schema().columns)
        rows = of_rows(self.subject, self.use.ended_by)
        return (
            *rules("block", blocking),
            *rules("quarantine", (*cells, *self.row_rules, *of_amounts(self.dtypes), *rows)),
            *rules("warn", (*(doubt.text for doubt in self.doubts), same_key(self.grain))),
        )


COMMON_COLUMNS: tuple[str, ...] = tuple(Delivered.to_schema().columns)
