"""The contract in machine form: every route is summed up, typed, and says how it may fail."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Client

from api.app import create_app
from bureau.settings import Settings

HTTP = {"get", "post", "delete", "put", "patch"}


@pytest.fixture(scope="module")
def document(settings: Settings) -> dict[str, Any]:
    app: FastAPI = create_app(settings)
    return app.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method in HTTP
            yield f"{method} {path}", operation


def test_every_route_of_the_design_is_there(document: dict[str, Any]) -> None:
    assert {
        "/oauth/token",
        "/.well-known/certificates.pem",
        "/.well-known/jwks.json",
        "/v1/consents",
        "/v1/consents/{consent_id}",
        "/v1/products",
        "/v1/products/{code}",
        "/v1/products/{code}/reports",
        "/v1/reports/{report_id}",
        "/v1/reports/{report_id}/html",
        "/v1/reports/{report_id}/proof",
        "/v1/decisions",
        "/v1/decisions/{decision_id}/outcome",
        "/v1/loan-products",
        "/v1/needs",
        "/v1/needs/{need_id}/matches",
        "/v1/matches/{match_id}/events",
        "/v1/usage",
        "/v1/audit/roots",
        "/v1/audit/roots/latest",
        "/v1/audit/consistency",
        "/v1/audit/offline.py",
        "/verify/{code}",
        "/healthz",
        "/readyz",
    } <= document["paths"].keys()


def test_every_route_says_what_it_does_and_answers(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["tags"], name
        assert not operation["summary"].endswith("."), name
        assert operation["description"], name
        success = next(found for status, found in operation["responses"].items() if status.startswith("2"))
        schemas = [media.get("schema") for kind, media in success["content"].items() if kind == "application/json"]
        assert schemas != [{}], name


def test_every_problem_is_a_problem_document(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, found in operation["responses"].items():
            if status.startswith(("4", "5")) and name not in ("post /oauth/token", "get /verify/{code}"):
                assert "application/problem+json" in found["content"], (name, status)
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for inner in part.values():
                yield from references(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from references(inner)

    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas


def test_every_request_body_has_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, operation in operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is None:
            continue
        parts = body["schema"].get("oneOf", [body["schema"]])
        for part in parts:
            named = schemas[part["$ref"].rpartition("/")[2]]
            assert part.get("examples") or named.get("examples"), name


def test_every_v1_route_needs_a_token(document: dict[str, Any], http: Client) -> None:
    for name, operation in operations(document):
        if "/v1/" not in name:
            continue
        if "/v1/audit/" in name:  # whoever cannot be told apart cannot be shown another log
            assert "security" not in operation, name
            continue
        assert operation["security"], name
        method, path = name.split()
        answer = http.request(method, path.replace("{", "").replace("}", ""), json={})
        assert answer.status_code in (401, 422), (name, answer.text)


def test_the_reference_page_lists_routes_and_problems(http: Client, document: dict[str, Any]) -> None:
    page = http.get("/docs").text
    for path in document["paths"]:
        assert path in page
    assert 'id="consent-missing"' in page
    assert "LN-2026-000123" in page


def test_stored_answers_name_their_signature(document: dict[str, Any]) -> None:
    paths = document["paths"]
    for responses in (
        paths["/v1/products/{code}/reports"]["post"]["responses"]["201"],
        paths["/v1/decisions"]["post"]["responses"]["201"],
        paths["/v1/reports/{report_id}"]["get"]["responses"]["200"],
    ):
        assert "X-Bureau-Signature" in responses["headers"]
        assert responses["content"]["application/json"]["schema"]
