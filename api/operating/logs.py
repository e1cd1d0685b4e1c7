"""Logs as JSON, one object a line, in which nobody is named; each line says which request and trace it belongs to."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from api.operating.redaction import redacted
from bureau.spans import trace_id

REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request under way."""
_QUIET = {"procrastinate": "WARNING", "apscheduler": "ERROR", "httpx": "WARNING", "alembic": "WARNING"}
"""Libraries that tell each step; of them only what went wrong is kept, and no work that is skipped under load."""


class JsonLines(logging.Formatter):
    """One record as one line. `record.facts`: a dictionary whose entries become entries of the object."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        facts = {"request_id": REQUEST.get(), "trace_id": trace_id()} | getattr(record, "facts", {})
        line |= {name: value for name, value in facts.items() if value is not None}
        if record.exc_info:
            line["error"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def log_as_json() -> None:
    """Send all logs of the process to standard error in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
