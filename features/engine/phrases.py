"""The words a definition is told in, in both languages; feeds are named by their codes in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from features.engine.algebra import Kind, Operation
from features.engine.windows import Step


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """Forms of one language; what stands in braces is told before and put in.

    titled: whether columns are called by the titles of their contract, which are of this language.
    """

    titled: bool
    kinds: Mapping[Kind, str]
    steps: Mapping[Step, str]
    operations: Mapping[Operation, str]
    truths: Mapping[bool, str]
    leaf: str
    of: str
    where: str
    ever: str
    last: str
    earlier: str
    named: str
    peers: str
    above: str
    rate: str
    day_read: str
    day_of_use: str
    legal_day: str
    one_of: str
    known: str
    both: str
    either: str
    negation: str
    mapped: str
    comma: str


_ENGLISH = Phrases(
    titled=False,
    kinds={kind: kind.value.replace("_", " ") for kind in Kind},
    steps={step: step.value for step in Step} | {Step.PERIODS: "published periods"},
    operations={
        Operation.SUM: "({left}) plus ({right})",
        Operation.DIFFERENCE: "({left}) less ({right})",
        Operation.RATIO: "({left}) over ({right})",
        Operation.TREND: "change from ({right}) to ({left}), relative to the first",
    },
    truths={True: "True", False: "False"},
    leaf="{taken} in {feed} {window}{where}",
    of="{take} of {value}",
    where=" where {condition}",
    ever="ever",
    last="of the last {n} {step}",
    earlier="{span} ending {n} earlier",
    named="{name} ({said})",
    peers="mean of {own} over the others of the same {group}, at least {least} of them",
    above="{name} less the {mean}",
    rate="sum of {own} over that of {whole}, of the others of the same {group}, at least {least} of them",
    day_read="the day read",
    day_of_use="the day of use",
    legal_day="the legal day {rule}",
    one_of="{code} is one of {values}",
    known="{value} is known",
    both=" and ",
    either=" or ",
    negation="not ({condition})",
    mapped="{code} read as {scale}",
    comma=", ",
)

_CHINESE = Phrases(
    titled=True,
    kinds={
        Kind.COUNT: "记录数",
        Kind.DISTINCT: "不同值个数",
        Kind.TOTAL: "合计",
        Kind.SMALLEST: "最小值",
        Kind.LARGEST: "最大值",
        Kind.MEAN: "平均值",
        Kind.LATEST: "最近一次的值",
        Kind.EXISTS: "是否有记录",
        Kind.DAYS_SINCE_LAST: "距最近一次的天数",
        Kind.DAYS_SINCE_FIRST: "距第一次的天数",
        Kind.MONTHS_ACTIVE: "有记录的月数",
    },
    steps={Step.DAYS: "天", Step.MONTHS: "个月", Step.PERIODS: "个已公布期间", Step.EVER: ""},
    operations={
        Operation.SUM: "({left}) 加 ({right})",
        Operation.DIFFERENCE: "({left}) 减 ({right})",
        Operation.RATIO: "({left}) 除以 ({right})",
        Operation.TREND: "由 ({right}) 至 ({left}) 的变化率",
    },
    truths={True: "是", False: "否"},
    leaf="{feed} {window}：{taken}{where}",
    of="{value} 的{take}",
    where="，条件为 {condition}",
    ever="全部历史",
    last="近 {n} {step}",
    earlier="截至 {n} {step}前的{span}",
    named="{name}（{said}）",
    peers="同组（{group}）其他企业的 {own} 的平均值，至少 {least} 家",
    above="{name} 减去{mean}",
    rate="同组（{group}）其他企业的 {own} 之和除以 {whole} 之和，至少 {least} 家",
    day_read="读取日",
    day_of_use="使用日",
    legal_day="法定日 {rule}",
    one_of="{code} 为 {values} 之一",
    known="{value} 已知",
    both=" 且 ",
    either=" 或 ",
    negation="非 ({condition})",
    mapped="{code} 读作 {scale}",
    comma="、",
)

PHRASES: Mapping[Literal["zh", "en"], Phrases] = {"zh": _CHINESE, "en": _ENGLISH}
