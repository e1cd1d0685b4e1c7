"""F04 主要人员: who acts for an enterprise, in which office, from when to when."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    HASH_PATTERN,
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    not_before,
)

OFFICER_ROLES = ("法人", "董事", "监事", "经理", "联络员")
LEGAL_REP, DIRECTOR, SUPERVISOR, MANAGER, LIAISON = OFFICER_ROLES


class Officer(Delivered):
    """F04: one record per enterprise, person, office and day of appointment. Publisher: market regulation, daily.

    Event date: the appointment. Persons are keyed hashes. A resignation is often never reported.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    person_hash: str = pa.Field(str_matches=HASH_PATTERN, title="人员(密钥散列)")
    role: str = pa.Field(isin=OFFICER_ROLES, title="职务")
    appointed_on: pl.Date = pa.Field(title="任职日期")
    resigned_on: pl.Date = pa.Field(nullable=True, title="离任日期", description="Missing while in office")

    happened = event_date_is("appointed_on")
    resigned = not_before("resigned_on", "appointed_on")


_NEWEST = pl.col("version") == pl.col("version").max().over("record_id")
_IN_OFFICE = (pl.col("role") == LEGAL_REP) & pl.col("resigned_on").is_null() & _NEWEST

OFFICER = Contract(
    code="F04",
    name="主要人员",
    name_en="Officer",
    department="市场监管",
    schema=Officer,
    grain=("uscc", "person_hash", "role", "appointed_on"),
    cadence="daily",
    publish_lag_days=(1, 7),
    receive_lag_days=(1, 2),
    level="L3",
    controller="市场监督管理局",
    share_scope="by consent; persons as keyed hashes only",
    legal_basis="公司法; 市场主体登记管理条例",
    retention="permanent",
    act="董事、监事、高级管理人员等的任职",
    openness="on application",
    direction="neutral",
    million_rows=11,
    personal=True,
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("two legal representatives in office: one who resigned was left open", _IN_OFFICE.sum().over("uscc") > 1),
    ),
)
