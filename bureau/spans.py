"""Spans of a trace: how long each step of a call took, where somebody collects that (`api.operating.traces`)."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode

_TRACER = trace.get_tracer("bureau")
_collecting = False


def collect_spans(collecting: bool) -> None:
    """Say whether spans are made; until somebody collects them they cost a microsecond and are none."""
    global _collecting  # noqa: PLW0603 - a process has one collector
    _collecting = collecting


def is_collecting() -> bool:
    return _collecting


@contextmanager
def span(name: str) -> Iterator[None]:
    """A step of the call under way. It carries no value of the call, and of an error the kind alone: its words may
    name an enterprise."""
    if not _collecting:
        yield
        return
    with _TRACER.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as step:
        try:
            yield
        except Exception as problem:  # raised on: its kind is only noted here
            step.set_status(Status(StatusCode.ERROR, type(problem).__name__))
            raise


def trace_id() -> str | None:
    """The trace under way, 32 hexadecimal digits (W3C); None where there is none."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
