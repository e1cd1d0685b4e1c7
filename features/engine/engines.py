"""The executions of the algebra that exist. They agree cell for cell."""

from enum import StrEnum


class Engine(StrEnum):
    """What computes. `duckdb` is the readable reference."""

    DUCKDB = "duckdb"
