"""Traces by OpenTelemetry, collected only where its own variables say where to (`OTEL_EXPORTER_OTLP_ENDPOINT`)."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from bureau.spans import collect_spans

_ADDRESSES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@contextmanager
def tracing(variables: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Collect and send spans while the block runs, as OpenTelemetry's variables say; without an address do nothing."""
    off = variables.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if off or not any(variables.get(name) for name in _ADDRESSES):
        yield
        return
    named = {} if "OTEL_SERVICE_NAME" in variables else {"service.name": "bureau"}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    collect_spans(True)
    try:
        yield
    finally:
        collect_spans(False)
        provider.shutdown()
