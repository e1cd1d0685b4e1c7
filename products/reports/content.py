"""The shape of an answer's content: what a caller reads, without charge and evidence of the call."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

SHAPE = ConfigDict(frozen=True, extra="forbid")

NOTICE = (
    "仅供参考:本结果依据截至数据日期的公共信用及授权信息生成,不构成授信承诺,使用机构应独立判断并自行承担决策责任。"
    " For reference only: the institution decides for itself."
)
"""征信业管理条例 requires results to be marked as reference only; it stands on every answer."""


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Shown = Annotated[float | int | str | None, BeforeValidator(_whole)]
"""A feature's value as it is told: a count is a whole number."""


class EvidenceRecord(BaseModel):
    """A record that entered a feature."""

    model_config = SHAPE

    record_id: str
    feed: str
    department: str
    event_date: date


class FeatureRead(BaseModel):
    model_config = SHAPE

    name: str
    value: Shown
    unit: str


class FeatureCompared(FeatureRead):
    """A feature behind a reason, and what its value is held against."""

    threshold: Shown = Field(description="nearest value at which it would no longer pull this way, all else as it is")
    peer_median: Shown = Field(description="of the firms the model was trained on, of the same industry if enough")


class Reason(BaseModel):
    """What moved the score, with the newest records behind it; `evidence_count` counts all of them."""

    model_config = SHAPE

    code: str
    direction: Literal["adverse", "favourable"]
    points: int
    text: str
    text_en: str
    features: list[FeatureCompared]
    evidence: list[EvidenceRecord]
    evidence_count: int


class Advice(BaseModel):
    """What the firm can do, and the score the same model gives once this and all advised before it is done."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    text: str
    text_en: str
    feature: str
    from_: Shown = Field(alias="from")
    to: Shown
    months: int = Field(description="until the records of a firm that does it show it, at the earliest")
    score_after: int


class ModelUsed(BaseModel):
    model_config = SHAPE

    name: str
    version: str


def _is_absent(value: object) -> bool:
    """What a product does not show is left out of its answer; null would say that it was looked for."""
    return value is None


class Mark(BaseModel):
    """Something a reader must know about the records of an answer."""

    model_config = SHAPE

    code: Literal["FEED-NOT-RECEIVED", "NO-RECORD", "FEED-STALE", "UNDER-OBJECTION", "UNDER-REVIEW", "IN-SUIT"]
    feed: str
    text: str
    text_en: str
    record_id: str | None = Field(None, exclude_if=_is_absent, description="the record marked, where it is one")


class ScoreResult(BaseModel):
    """`base_points` + the points of every reason + `other_points` = `score` (300-850)."""

    model_config = SHAPE

    score: int
    grade: Literal["A", "B", "C", "D", "E"]
    pd: float = Field(
        description="probability of default; which default is asked about is the model's own: 90 days past due within "
        "12 months of a loan's grant (P07, P08, P10 in a city), a bank's verdict (P11), a charge-off in the end (loans "
        "guaranteed in the US)"
    )
    base_points: int
    season: list[FeatureRead] | None = Field(None, exclude_if=_is_absent, description="P11 only")
    concentration: list[FeatureRead] | None = Field(None, exclude_if=_is_absent, description="P11 only")


class TableShown(BaseModel):
    """One feed's records of the firm, newest first."""

    model_config = SHAPE

    feed: str
    name: str
    name_en: str
    department: str
    received: bool = Field(description="false: this platform has never received the feed")
    count: int
    records: list[dict[str, str | int | float | bool | None]]


class BasicResult(BaseModel):
    model_config = SHAPE

    tables: list[TableShown]


class ReportContent(BaseModel):
    """The content of one report."""

    model_config = SHAPE

    result: ScoreResult | BasicResult | None
    reasons: list[Reason]
    other_points: int | None
    advice: list[Advice]
    advice_note: str | None = Field(None, exclude_if=_is_absent, description="why no advice is given")
    advice_note_en: str | None = Field(None, exclude_if=_is_absent)
    model: ModelUsed | None
    data_as_of: date | None
    marks: list[Mark]
    notice: str = NOTICE
