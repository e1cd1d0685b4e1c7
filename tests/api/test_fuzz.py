"""Requests nobody thought of, made from the OpenAPI document: none of them is our own fault."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation

from api.app import create_app
from api.errors import Problem
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol, public_home
from tests.factories.server_process import serving

DOCUMENT = create_app(Settings(home=Path("never-opened"), _env_file=None)).openapi()
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()]
EXAMPLES = 12
"""For each of thirty routes, well-formed and malformed ones: a few seconds in all."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A bank calling a real server, as over the network."""
    settings = public_home(Path(tmp_path_factory.mktemp("fuzzed")))
    with serving(settings) as server, httpx.Client(base_url=server.base) as http:
        yield enrol(settings, http, "农商银行")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
@bounded(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_no_request_is_our_own_fault(operation: APIOperation, bank: Caller, data: st.DataObject) -> None:
    mode = data.draw(st.sampled_from(list(GenerationMode)))
    case = data.draw(operation.as_strategy(generation_mode=mode))
    own = {} if operation.path == "/oauth/token" else bank.headers
    answer = case.call(base_url=str(bank.http.base_url), headers={"Idempotency-Key": uuid4().hex} | own)
    assert answer.status_code != 500, answer.text
    assert answer.headers["x-request-id"]
    if answer.status_code >= 400 and operation.path != "/oauth/token":
        Problem.model_validate(answer.json())


def test_every_route_is_tried() -> None:
    assert {operation.path for operation in OPERATIONS} == DOCUMENT["paths"].keys()
