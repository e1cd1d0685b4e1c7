"""Requests nobody thought of, made from the OpenAPI document: none of them is our own fault."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as bounded
from schemathesis import Case
from schemathesis.schemas import BaseSchema

from api.errors import Problem
from tests.factories.deployments import Caller, enrol, public_home
from tests.factories.server_process import serving

EXAMPLES = 6
"""For each of about thirty routes: a few seconds in all."""


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A bank calling a real server, as over the network."""
    settings = public_home(Path(tmp_path_factory.mktemp("fuzzed")))
    with serving(settings) as server, httpx.Client(base_url=server.base) as http:
        yield enrol(settings, http, "农商银行")


@pytest.fixture(scope="module")
def api_schema(fuzzed: Caller) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{fuzzed.http.base_url}openapi.json")


schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
@bounded(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_request_is_our_own_fault(case: Case, fuzzed: Caller) -> None:
    headers = {"Idempotency-Key": uuid4().hex} | ({} if case.path == "/oauth/token" else fuzzed.headers)
    answer = case.call(headers=headers)
    assert answer.status_code != 500, answer.text
    if answer.status_code >= 400 and case.path not in ("/oauth/token",):
        Problem.model_validate(answer.json())
    assert answer.headers["X-Request-Id"]
