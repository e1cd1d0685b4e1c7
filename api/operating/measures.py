"""What a server process counts about itself, for Prometheus. Labels name products, feeds and routes, never anybody."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bureau.errors import BureauError

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_CALLS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass
class CallUnderWay:
    """outcome: what became of it; a failure of ours until said otherwise."""

    outcome: str = "failed"


class Measures:
    """One a process; `registry` holds them all, so that two applications in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            "bureau_calls", "Metered calls by what became of them.", ("product", "outcome"), registry=self.registry
        )
        self.call_seconds = Histogram(
            "bureau_call_seconds",
            "From the beginning of a metered call's work to its commit.",
            ("product",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.requests = Counter(
            "bureau_requests", "Requests by route and status.", ("method", "route", "status"), registry=self.registry
        )
        self.groups = Histogram(
            "bureau_ledger_group_calls", "Calls in one commit.", buckets=_CALLS, registry=self.registry
        )
        self.commits = Histogram(
            "bureau_ledger_commit_seconds",
            "Commits of the ledger by how they ended.",
            ("result",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.waiting = Gauge("bureau_ledger_waiting_calls", "Calls that wait to be committed.", registry=self.registry)

    def committed(self, calls: int, seconds: float, *, succeeded: bool) -> None:
        """Count one commit of the ledger."""
        self.groups.observe(calls)
        self.commits.labels("committed" if succeeded else "failed").observe(seconds)

    @asynccontextmanager
    async def counted(self, product: str, *, test: bool) -> AsyncIterator[CallUnderWay]:
        """Count one metered call, by the outcome it is given or the code of the problem it ends with. Test mode is
        counted nowhere."""
        call, began = CallUnderWay(), time.perf_counter()
        try:
            yield call
        except BureauError as problem:
            call.outcome = problem.code
            raise
        finally:
            if not test:
                self.calls.labels(product, call.outcome).inc()
                self.call_seconds.labels(product).observe(time.perf_counter() - began)
