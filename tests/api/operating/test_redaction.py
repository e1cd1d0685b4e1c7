"""A log names nobody: codes, numbers, addresses and tokens are masked, and what is none of these stays."""

import json
import logging
import sys

import pytest

from api.operating.logs import JsonLines
from api.operating.redaction import MASK, redacted
from tests.factories.lakes import ACME

JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJjbGllbnQifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(ACME, id="an enterprise's code"),
        pytest.param(ACME.lower(), id="in small letters"),
        pytest.param("11010519491231002X", id="an identity number"),
        pytest.param("440301106123456", id="an old registration number"),
        pytest.param("13800138000", id="a mobile number"),
        pytest.param("li.wei@example.cn", id="an address"),
        pytest.param(JWT, id="a token"),
        pytest.param("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id="a webhook's secret"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "GET /v1/subjects/{}?x=1", "企业{}未授权", "'{}'"])
def test_whoever_is_named_is_masked(named: str, around: str) -> None:
    assert redacted(around.format(named)) == around.format(MASK)


@pytest.mark.parametrize(
    "text",
    [
        "request 5f0c1d6f0f5b4b21a8a2 failed: ZeroDivisionError",
        "call 019a5c1e-7a00-7000-8000-000000000000 of P07",
        "2026-11-23T04:00:00+00:00 took 1234567890 µs",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert redacted(text) == text


def test_rows_that_a_database_quotes_are_left_out() -> None:
    said = "duplicate key\nDETAIL:  Key (name)=(阿克美贸易有限公司) already exists.\nHINT: none"
    assert redacted(said) == f"duplicate key\n{MASK}\nHINT: none"


def test_a_line_is_one_object_with_its_facts_and_its_failure() -> None:
    try:
        raise ValueError(f"{ACME} is unknown")
    except ValueError:
        record = logging.LogRecord("bureau.api", logging.ERROR, "", 0, "of %s:\nlost", (ACME,), sys.exc_info())
    record.facts = {"route": "/v1/x", "status": 500, "trace_id": None}
    written = JsonLines().format(record)
    line = json.loads(written)
    assert "\n" not in written
    assert ACME not in written
    assert (line["level"], line["message"], line["status"]) == ("error", f"of {MASK}:\nlost", 500)
    assert f"ValueError: {MASK} is unknown" in line["error"]
    assert "trace_id" not in line
