"""The ledger's fault schedules, as many as are asked for: `tests.factories.simulation` says what goes wrong in one.

`python -m tests.bench.schedules NAME OPTIONS` runs one work and prints a line of JSON.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.factories.simulation import Crash, Simulation

Facts = dict[str, Any]


def schedules(count: int) -> Facts:
    """failing: the seeds whose books were wrong; each is replayed with `Simulation(seed).run()`."""
    begun, cpu = time.perf_counter(), time.process_time()
    crashes, failing = 0, []
    for seed in range(count):
        try:
            crashes += Simulation(seed).run().crashes
        except (Exception, Crash):
            failing.append(seed)
    took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
    return took | {"schedules": count, "crashes": crashes, "failing": failing}


WORKS: dict[str, Callable[..., Facts]] = {"schedules": schedules}

if __name__ == "__main__":
    logging.disable()  # every refused commit would be told
    print(json.dumps(WORKS[sys.argv[1]](**json.loads(sys.argv[2]))))
