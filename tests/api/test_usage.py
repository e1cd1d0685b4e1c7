"""Usage equals the ledger's own lines, whoever asks and however it is grouped."""

import csv
import io
from collections import Counter
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.database import open_ledger_database
from api.metering.tables import Call, UsageLine
from api.metering.usage import MEASURES
from bureau.clock import shanghai_day
from bureau.settings import Settings
from tests.factories.deployments import Caller
from tests.factories.lakes import ACME, BETA, uscc


@pytest.fixture(scope="module", autouse=True)
def some_calls(bank: Caller, other_bank: Caller) -> None:
    """Hits, a miss, a refusal and a failure, by two banks, for two purposes."""
    bank.report(ACME)
    bank.report(BETA, purpose="post_loan")
    bank.report(uscc(999))
    bank.report(ACME, "P07")
    bank.report(ACME, "P07", consent_id=bank.consent(ACME, ["P07"])["consent_id"])
    other_bank.report(ACME)


def raw(settings: Settings, by: tuple[str, ...], institution: str | None = None) -> Counter[tuple[Any, ...]]:
    """Calls, hits and fen by group, added up line by line."""
    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        lines = session.execute(
            select(UsageLine, Institution.name).join(Institution, Institution.id == UsageLine.institution_id)
        ).all()
    engine.dispose()
    sums: Counter[tuple[Any, ...]] = Counter()
    for line, name in lines:
        if institution not in (None, name):
            continue
        facts = {
            "product": line.product_code,
            "institution": name,
            "purpose": line.purpose,
            "outcome": line.outcome,
            "day": shanghai_day(line.committed_at).isoformat(),
        }
        group = tuple(facts[dimension] for dimension in by)
        sums[*group, "calls"] += line.calls
        sums[*group, "hits"] += line.calls if line.outcome in ("found", "partial") else 0
        sums[*group, "charged_fen"] += line.amount_fen
    return +sums


def told(caller: Caller, by: tuple[str, ...], **window: str) -> Counter[tuple[Any, ...]]:
    """The same from GET /v1/usage."""
    rows = caller.get("/v1/usage", params={"by": ",".join(by), **window}).json()["rows"]
    return +Counter(
        {
            (*(row[dimension] for dimension in by), measure): row[measure]
            for row in rows
            for measure in ("calls", "hits", "charged_fen")
        }
    )


GROUPINGS = [
    (),
    ("product",),
    ("day",),
    ("product", "outcome"),
    ("institution", "product", "purpose", "outcome", "day"),
]


@pytest.mark.parametrize("by", GROUPINGS, ids=lambda by: " ".join(by) or "total")
def test_a_manager_sees_every_line(manager: Caller, settings: Settings, by: tuple[str, ...]) -> None:
    assert told(manager, by) == raw(settings, by)


@pytest.mark.parametrize("by", GROUPINGS, ids=lambda by: " ".join(by) or "total")
def test_a_bank_sees_its_own(bank: Caller, settings: Settings, by: tuple[str, ...]) -> None:
    assert told(bank, by) == raw(settings, by, "农商银行")


def test_the_calls_of_this_module(bank: Caller) -> None:
    assert told(bank, ("product", "outcome")) == Counter(
        {
            ("P01", "found", "calls"): 2,
            ("P01", "found", "hits"): 2,
            ("P01", "found", "charged_fen"): 600,
            ("P01", "not_found", "calls"): 1,
            ("P07", "refused", "calls"): 1,
            ("P07", "source_down", "calls"): 1,
        }
    )


def test_a_window_ends_before_its_last_day(bank: Caller) -> None:
    (today,) = {row["day"] for row in bank.get("/v1/usage", params={"by": "day"}).json()["rows"]}
    assert told(bank, ("product",), **{"from": today}) == told(bank, ("product",))
    assert told(bank, ("product",), to=today) == Counter()


def test_only_the_dimensions_asked_for_are_in_a_row(bank: Caller) -> None:
    rows = bank.get("/v1/usage", params={"by": "product"}).json()["rows"]
    assert {frozenset(row) for row in rows} == {frozenset({"product", *MEASURES})}


def test_a_filter_leaves_out_the_rest(bank: Caller) -> None:
    rows = bank.get("/v1/usage?by=outcome&product=P01&outcome=found&outcome=refused").json()["rows"]
    assert [(row["outcome"], row["calls"]) for row in rows] == [("found", 2)]
    assert bank.get("/v1/usage", params={"test": "true"}).json()["rows"] == []


def test_files_hold_the_same_rows(bank: Caller) -> None:
    asked = {"by": "product,outcome,hour"}
    rows = bank.get("/v1/usage", params=asked).json()["rows"]
    written = csv.DictReader(io.StringIO(bank.get("/v1/usage/csv", params=asked).text))
    assert [{name: value or None for name, value in row.items()} for row in written] == [
        {name: None if value is None else str(value) for name, value in row.items()} for row in rows
    ]
    answer = bank.get("/v1/usage/parquet", params=asked)
    assert pq.read_table(io.BytesIO(answer.content)).to_pylist() == rows


def test_a_call_knows_how_old_its_data_were(bank: Caller, settings: Settings) -> None:
    """ACME's records landed on 25 June 2025."""
    given = bank.report(ACME).json()
    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        call = session.get_one(Call, given["report_id"])
        line = session.get_one(UsageLine, given["report_id"])
        missed = session.scalars(select(UsageLine).where(UsageLine.outcome == "not_found")).first()
        assert missed is not None
    engine.dispose()
    assert call.data_as_of == date(2025, 6, 25)
    assert given["data_as_of"] == "2025-06-25"
    assert line.data_age_days == (date.fromisoformat(given["as_of"]) - call.data_as_of).days
    assert missed.data_age_days is None


def test_a_forecast_needs_a_history(bank: Caller, manager: Caller) -> None:
    for caller in (bank, manager):
        (row,) = caller.get("/v1/usage/forecast").json()["rows"]
        assert set(row.values()) == {None}
    for asked in ({"by": "day"}, {"hour": "3"}):
        assert bank.get("/v1/usage/forecast", params=asked).status_code == 400


def test_a_forecast_takes_the_filters_of_usage(bank: Caller) -> None:
    bank.report(ACME)
    for only, count in (("P01", 1), ("P99", 0)):
        rows = bank.get("/v1/usage/forecast", params={"by": "product", "product": only}).json()["rows"]
        assert [row["product"] for row in rows] == [only] * count


def test_what_files_are_is_declared(bank: Caller) -> None:
    declared = bank.http.get("/openapi.json").json()["paths"]
    for path in ("/v1/usage/csv", "/v1/usage/parquet"):
        (content_type,) = declared[path]["get"]["responses"]["200"]["content"]
        assert bank.get(path).headers["Content-Type"].partition(";")[0] == content_type


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        pytest.param({"by": "colour"}, 400, "unknown-name", id="no such dimension"),
        pytest.param({"hour": "noon"}, 400, "invalid-input", id="no such hour"),
        pytest.param({"hour": "24"}, 400, "invalid-input", id="an hour after the last"),
        pytest.param({"hour": "9" * 20}, 400, "invalid-input", id="an hour of more than 64 bits"),
        pytest.param({"version": "-1"}, 400, "invalid-input", id="a version below all"),
        pytest.param({"version": "9" * 20}, 400, "invalid-input", id="a version of more than 64 bits"),
        pytest.param(
            {"from": "2026-02-02", "to": "2026-02-01"}, 400, "invalid-input", id="an end before the beginning"
        ),
        pytest.param({"from": "2026-13-01"}, 422, "malformed-request", id="no such day"),
    ],
)
def test_what_cannot_be_meant_is_refused(bank: Caller, query: dict[str, str], status: int, code: str) -> None:
    answer = bank.get("/v1/usage", params=query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/csv", "/parquet", "/forecast"])
@pytest.mark.parametrize("name", ["hour", "version"])
def test_a_number_of_more_than_64_bits_is_refused_wherever_usage_is_asked_for(
    bank: Caller, path: str, name: str
) -> None:
    answer = bank.get(f"/v1/usage{path}", params={name: "9" * 20})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
