"""What a server process counts about itself, for Prometheus. Labels name products, feeds and routes, never anybody."""

import time
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bureau.errors import BureauError

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_CALLS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class CallUnderWay:
    """outcome: what became of it; a failure of ours until said otherwise."""

    def __init__(self, measures: "Measures", product: str, test: bool) -> None:
        self.outcome = "failed"
        self._measures, self._product, self._test = measures, product, test
        self._began = time.perf_counter()

    def __enter__(self) -> "CallUnderWay":
        return self

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, BureauError):
            self.outcome = problem.code
        if not self._test:
            self._measures.calls_of(self._product, self.outcome).inc()
            self._measures.seconds_of(self._product).observe(time.perf_counter() - self._began)


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
        # A line found once, for to find it costs as much as to count.
        self.calls_of = lru_cache(maxsize=1024)(self.calls.labels)
        self.seconds_of = lru_cache(maxsize=1024)(self.call_seconds.labels)
        self.requests_of = lru_cache(maxsize=4096)(self.requests.labels)
        self.waiting = Gauge("bureau_ledger_waiting_calls", "Calls that wait to be committed.", registry=self.registry)

    def committed(self, calls: int, seconds: float, *, succeeded: bool) -> None:
        """Count one commit of the ledger."""
        self.groups.observe(calls)
        self.commits.labels("committed" if succeeded else "failed").observe(seconds)

    def counted(self, product: str, *, test: bool) -> "CallUnderWay":
        """Count one metered call, by the outcome it is given or the code of the problem it ends with. Test mode is
        counted nowhere."""
        return CallUnderWay(self, product, test)
