"""The executions of the algebra that exist. They agree cell for cell."""

from enum import StrEnum


class Engine(StrEnum):
    """What computes. `duckdb` is the readable reference, `kernel` the fast one, `spark` the one for many machines."""

    KERNEL = "kernel"
    DUCKDB = "duckdb"
    SPARK = "spark"
