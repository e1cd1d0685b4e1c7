"""A real server with a collector of traces beside it: what its log, its spans and its problems say, and do not."""

import json
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.factories.deployments import enrol, scored_home
from tests.factories.desks import CROWD
from tests.factories.server_process import serving

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


@dataclass
class Collector:
    """An OTLP collector: the spans it was sent."""

    url: str
    spans: list[Any] = field(default_factory=list)


@pytest.fixture
def collector() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
            heard.spans += [span for one in sent.resource_spans for scope in one.scope_spans for span in scope.spans]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Collector(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()


def test_a_call_is_traced_and_logged_and_nobody_is_named(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    settings = scored_home(tmp_path)
    with serving(settings) as server:
        with httpx.Client(base_url=server.base, timeout=60) as http:
            bank = enrol(settings, http, "农商银行")
            consent = bank.consent(CROWD[0], ["P07"])["consent_id"]
            body = {"subject": {"uscc": CROWD[0]}, "purpose": "pre_loan", "consent_id": consent}
            scored = bank.post("/v1/products/P07/reports", body, headers=PARENT)
            assert scored.status_code == 201, scored.text
            refused = bank.post("/v1/products/P07/reports", body | {"consent_id": "none"}, headers=PARENT)
            assert (refused.status_code, refused.json()["trace_id"]) == (403, TRACE)
            assert bank.get(f"/v1/subjects/{CROWD[0]}").status_code == 404
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
    log = (settings.home / "server.log").read_text("utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    answered = [line for line in lines if line["message"] == "answered" and line.get("trace_id") == TRACE]
    assert [(line["route"], line["status"]) for line in answered] == [
        ("/v1/products/{code}/reports", 201),
        ("/v1/products/{code}/reports", 403),
    ]
    assert answered[1]["request_id"] == refused.headers["X-Request-Id"]
    name = scored.json()["subject"]["name"]
    token = bank.headers["Authorization"].removeprefix("Bearer ")
    hidden = [CROWD[0], name, "农商银行", bank.client_secret, token, consent]
    told = [*collector.spans]
    assert [secret for secret in hidden if secret in log] == []
    assert [span for span in told if any(secret in str(span) for secret in hidden)] == []
    ours = [span.name for span in told if span.trace_id.hex() == TRACE]
    assert {"auth", "consent", "features", "score", "reasons", "commit"} <= set(ours)
    assert ours.count("POST /v1/products/{code}/reports") == 2
