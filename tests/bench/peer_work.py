"""Our side of the peer workload: a million rows in three views, 100,000 entity rows, 20 features, point in time.

The views become feeds of a contract each and hot rows in memory, as a lake's feeds do; the features are the newest
value of each of 20 columns. Events lie on whole days, because a feature here is read as of a day.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.use import PERMANENT
from features.engine.algebra import Feature, latest
from features.engine.kernel.binding import Bound, FeedRows, bind
from features.engine.kernel.expressions import day_number
from features.engine.kernel.program import Program, compile_program
from features.engine.kernel.running import Spine, run
from features.engine.rows import col
from features.engine.windows import ever
from features.lake.hot.segment import UNKNOWN, Rows, Segment, make_segment, packed

VIEWS = {"tax": 7, "court": 7, "social": 6}
ROWS, ENTITIES, ASKED = 1_000_000, 100_000, 100_000
THREADS = 2
_DAYS = 730


def generate(folder: Path) -> None:
    """Write the three views and the entity rows; the same content each time."""
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for number, (view, count) in enumerate(VIEWS.items()):
            values = ", ".join(
                f"(hash(i * 31 + {1_000 * number + k}) % 100000000)::BIGINT AS {view}_f{k}" for k in range(count)
            )
            day = f"(hash(i * 13 + {number}) % {_DAYS})::BIGINT"
            connection.execute(
                f"COPY (SELECT (CASE WHEN i < {ENTITIES} THEN i ELSE hash(i * 17 + {number}) % {ENTITIES} END)::BIGINT"
                f" AS ent_id, TIMESTAMPTZ '2022-01-01' + to_days({day}::INT) AS event_timestamp,"
                f" TIMESTAMPTZ '2022-01-01' + to_days({day}::INT) + to_microseconds(i) AS created, {values}"
                f" FROM range({ROWS // 3 + 1}) t(i) ORDER BY i) TO '{folder / view}.parquet' (FORMAT parquet)"
            )
        connection.execute(
            f"COPY (SELECT (hash(i * 23) % {ENTITIES})::BIGINT AS ent_id, i AS row_id,"
            " TIMESTAMPTZ '2022-07-01 23:59:59' + to_days((hash(i * 29) % 547)::INT) AS event_timestamp"
            f" FROM range({ASKED}) t(i) ORDER BY i) TO '{folder / 'entities.parquet'}' (FORMAT parquet)"
        )


def historical(folder: Path, rounds: int = 3) -> dict[str, Any]:
    """Seconds of the whole join from hot rows, of making those, and the answer beside Feast's."""
    begun = time.perf_counter()
    segments = {view: _segment(folder, view) for view in VIEWS}
    made = time.perf_counter() - begun
    bound = bind(_program(), {view: FeedRows((segment,), 0) for view, segment in segments.items()})
    answers = [_answer(folder, bound) for _ in range(rounds)]
    differing = _differing(folder, *answers[0][1:])
    return {"seconds": min(took for took, _, _ in answers), "making_seconds": made, "differing": differing}


def _answer(folder: Path, bound: Bound) -> tuple[float, pl.DataFrame, Any]:
    """Seconds, the rows asked for, and their features."""
    begun = time.perf_counter()
    asked = pl.read_parquet(folder / "entities.parquet")
    spine = _spine(bound.program, asked)
    out = np.empty((len(bound.program.outputs), asked.height))
    with ThreadPoolExecutor(THREADS) as pool:
        shares = np.array_split(spine.order, THREADS)
        list(pool.map(lambda share: run(bound, replace(spine, order=share), out), shares))
    return time.perf_counter() - begun, asked, out


def _program() -> Program:
    contracts = {
        view: replace(TAX_ARREARS, code=view, use=PERMANENT, personal=False, direction="neutral") for view in VIEWS
    }
    wanted = {
        f"{view}_f{k}": Feature(feed=contracts[view], take=latest(col(f"{view}_f{k}")), within=ever())
        for view, count in VIEWS.items()
        for k in range(count)
    }
    types = {contracts[view].code: {f"{view}_f{k}": pl.Int64() for k in range(count)} for view, count in VIEWS.items()}
    return compile_program(wanted, lambda contract: types[contract.code])


def _segment(folder: Path, view: str) -> Segment:
    rows = pl.read_parquet(folder / f"{view}.parquet")
    days = rows["event_timestamp"].dt.date().to_physical().cast(pl.Int64).to_numpy() + 25_567
    columns = {"event_day": days, "known_from_day": days, "known_to_day": np.full(len(days), UNKNOWN)}
    columns |= {f"{view}_f{k}": rows[f"{view}_f{k}"].to_numpy() for k in range(VIEWS[view])}
    known = rows["created"].dt.epoch("us").to_numpy()
    place = rows["ent_id"].to_numpy()
    return packed(make_segment(Rows(place, known, np.arange(len(days)), columns, {}), 0, ENTITIES))


def _spine(program: Program, asked: pl.DataFrame) -> Spine:
    as_of = asked["event_timestamp"].dt.date()
    listed = as_of.unique().sort()
    days, bounds = program.day_facts([(day, day) for day in listed])
    enterprises = asked["ent_id"].to_numpy()
    return Spine(
        enterprises=enterprises,
        known_on=np.full(asked.height, day_number(listed[0])),
        day_of=listed.search_sorted(as_of).cast(pl.Int64).to_numpy(),
        order=np.argsort(enterprises, kind="stable"),
        days=days,
        bounds=bounds,
    )


def _differing(folder: Path, asked: pl.DataFrame, out: Any) -> int | None:
    """Cells that differ from Feast's answer; None without one."""
    if not (folder / "feast.parquet").exists():
        return None
    theirs = asked.select("row_id").join(pl.read_parquet(folder / "feast.parquet"), on="row_id", maintain_order="left")
    names = [f"{view}_f{k}" for view, count in VIEWS.items() for k in range(count)]
    ours = (pl.Series(values).fill_nan(None) for values in out)
    return sum(
        int((~mine.eq_missing(theirs[name].cast(pl.Float64))).sum()) for mine, name in zip(ours, names, strict=True)
    )
