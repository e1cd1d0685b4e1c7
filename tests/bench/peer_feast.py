"""Feast's side of the peer workload; runs in an environment of its own: `python peer_feast.py FOLDER STEP`.

Steps: `apply`, `historical` (all 20 features of the entity rows, into `feast.parquet`), `materialize`, `online`
(one entity after the other). Each prints a line of JSON.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feast
import pandas as pd
import pyarrow.parquet as pq
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
from feast.types import Int64

VIEWS = {"tax": 7, "court": 7, "social": 6}
REFERENCES = [f"{view}:{view}_f{k}" for view, count in VIEWS.items() for k in range(count)]
ENTITIES = 100_000


def main(folder: Path, step: str) -> None:
    store = open_store(folder)
    begun = time.perf_counter()
    told = {"apply": apply, "historical": historical, "materialize": materialize, "online": online}[step](store, folder)
    print(json.dumps({"seconds": time.perf_counter() - begun} | (told or {})))


def open_store(folder: Path) -> FeatureStore:
    place = folder / "repository"
    place.mkdir(exist_ok=True)
    return FeatureStore(
        config=RepoConfig(
            project="peer",
            provider="local",
            registry=str(place / "registry.db"),
            offline_store={"type": "duckdb"},
            online_store={"type": "sqlite", "path": str(place / "online.db")},
            entity_key_serialization_version=3,
        )
    )


def apply(store: FeatureStore, folder: Path) -> None:
    entity = Entity(name="ent", join_keys=["ent_id"], value_type=ValueType.INT64)
    views = []
    for view, count in VIEWS.items():
        source = FileSource(
            name=f"{view}_source",
            path=str(folder / f"{view}.parquet"),
            timestamp_field="event_timestamp",
            created_timestamp_column="created",
        )
        fields = [Field(name="ent_id", dtype=Int64), *(Field(name=f"{view}_f{k}", dtype=Int64) for k in range(count))]
        views.append(
            FeatureView(name=view, entities=[entity], ttl=timedelta(0), source=source, online=True, schema=fields)
        )
    store.apply([entity, *views])


def historical(store: FeatureStore, folder: Path) -> dict[str, float]:
    entities = pd.read_parquet(folder / "entities.parquet")
    begun = time.perf_counter()
    found = store.get_historical_features(entity_df=entities, features=REFERENCES).to_arrow()
    took = time.perf_counter() - begun
    pq.write_table(found, folder / "feast.parquet")
    return {"seconds": took}


def materialize(store: FeatureStore, folder: Path) -> None:
    store.materialize(start_date=datetime(2021, 1, 1, tzinfo=UTC), end_date=datetime(2025, 1, 1, tzinfo=UTC))


def online(store: FeatureStore, folder: Path) -> dict[str, float | str]:
    took = []
    for call in range(505):
        rows = [{"ent_id": call * 7_919 % ENTITIES}]
        begun = time.perf_counter()
        store.get_online_features(features=REFERENCES, entity_rows=rows).to_dict()
        took.append(1e3 * (time.perf_counter() - begun))
    took = sorted(took[5:])
    return {"version": feast.__version__, "p50_ms": took[len(took) // 2], "p99_ms": took[int(len(took) * 0.99)]}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
