"""Erasure by law: records leave every file of every snapshot, and a certificate stays that names none of them.

A new version cannot do this: what the law orders deleted must not be readable in an older view either. Answers already
given keep what they told.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, delete, insert, select, update

from bureau.errors import InvalidInput
from features.contracts.contract import Contract
from features.contracts.registration import REGISTRATION
from features.lake.digest import record_numbers
from features.lake.entry import Entry, make_snapshot, stored_in
from features.lake.erased import erasure_key, keyed_hash, note_erased
from features.lake.erased_keys import erase_keys
from features.lake.files import exclusive, sweep, write_again
from features.lake.hot.manifest import without_hot
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.memory import forget
from features.lake.quarantine import HELD
from features.lake.query import query
from features.lake.registered_name import register
from features.lake.renaming import SETTLED
from features.lake.sent import erase_from_deliveries, replace_deliveries
from features.lake.stored import kept_by_others, numbers_of_ids
from features.lake.tables import (
    Alias,
    Certificate,
    EnterpriseNumber,
    EnterpriseRow,
    LakeFile,
    Mark,
    Quarantined,
    Setting,
)
from features.lake.writing import tell_registry

LISTED = 10_000
"""Hashes of records that stand in a certificate one by one; of more, one hash over all."""
_PORTION = 5_000
_ROW_NO = {"row_no": pl.Int64}

Also = Callable[[Connection, int], dict[str, Any]]
"""What else happens in the transaction and snapshot of an erasure; returns what its certificate says of it."""


@dataclass(frozen=True)
class Erasure:
    """What is to be erased. scope: record | subject | expired. records: as `stored` finds them.

    waiting: rows of the quarantine that go whatever becomes of their record, with the columns of `HELD`. uscc: of a
    subject, whose rows leave the kept deliveries with them.

    Raises `InvalidInput` for a basis without a word: an erasure cannot be undone, and is proved by its ground.
    """

    contract: Contract
    scope: str
    basis: str
    records: pl.DataFrame
    waiting: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=HELD))
    uscc: str | None = None

    def __post_init__(self) -> None:
        if not any(character.isalnum() for character in self.basis):
            raise InvalidInput("Say the ground with --basis: the rule, decision or request, with its number.")

    @property
    def record_ids(self) -> pl.Series:
        """The id of every record it concerns, once."""
        return pl.concat([self.records["record_id"], self.waiting["record_id"].drop_nulls()]).unique()


Find = Callable[[], Erasure]
"""What finds the records of an erasure, and refuses where they must stay."""


@dataclass(frozen=True)
class Erased:
    """certificate: its number; 0 where there was nothing to erase. rows: of all versions. files: written again."""

    certificate: int
    records: int
    rows: int
    files: int
    snapshot: int


def erase(lake: Lake, wanted: Erasure | Find, *, at: datetime, also: Also | None = None) -> Erased:
    """Remove records from every file, the quarantine, the marks and the kept deliveries, and leave a certificate.

    wanted: what goes, or how to find it: asked once no other writer is at work, so that nothing lands in between.

    A record that another enterprise has too, by a corrected code or a link made anew, loses the named owner's rows
    alone: it keeps its marks, what waits of it and its deliveries, and its later versions land.

    Killed before the end of its one transaction it has changed nothing; killed after it, the next writer removes the
    former files and replaces the deliveries that are left. Hot files under way are waited for and none are made
    meanwhile. Readers that hold an older file open finish with it; what a process keeps in memory it forgets when it
    next asks for the newest snapshot.
    """
    with exclusive(lake):
        erasure = wanted if isinstance(wanted, Erasure) else wanted()
        if erasure.records.is_empty() and erasure.waiting.is_empty():
            return Erased(0, 0, 0, 0, lake.snapshot())
        return _erase(lake, erasure, at, also)


def _erase(lake: Lake, erasure: Erasure, at: datetime, also: Also | None) -> Erased:
    feed = erasure.contract.code
    with without_hot(lake):
        sweep(lake)
        gone = _gone(lake, erasure)
        pairs = _pairs(lake, erasure, gone)
        with lake.catalogue.begin() as connection:
            _overwrite_deleted(connection)
            snapshot = make_snapshot(connection, "erase", at, feed)
            more = {} if also is None else also(connection, snapshot)
            files = _rewrite_files(lake, connection, erasure.contract, pairs, snapshot)
            sent = erase_from_deliveries(lake, connection, erasure.contract, gone, erasure.uscc)
            waiting = _erase_from_catalogue(connection, erasure, gone)
            _tell_again(lake, connection, erasure, snapshot)
            erase_keys(lake, connection, _owners(connection, erasure), decided=erasure.scope != "expired")
            key = erasure_key(connection)
            hashes = sorted(keyed_hash(key, record_id) for record_id in gone)
            body = {
                "feed": feed,
                "scope": erasure.scope,
                "basis": erasure.basis,
                "made_at": at.isoformat(),
                "snapshot": snapshot,
                **_hashed(hashes),
                "kept_by_others": len(erasure.record_ids) - len(gone),
                "quarantined": waiting,
                "files": files,
                "deliveries": sent,
                **more,
            }
            rows = sum(file["rows_before"] - file["rows_after"] for file in files if file["kind"] == "rows")
            values = {"records": len(erasure.record_ids), "rows": rows, "added_in": snapshot}
            number = connection.execute(
                insert(Certificate)
                .values(
                    feed=feed,
                    scope=erasure.scope,
                    basis=erasure.basis,
                    made_at=at,
                    body=json.dumps(body, ensure_ascii=False),
                    **values,
                )
                .returning(Certificate.id)
            ).scalar_one()
            note_erased(connection, feed, hashes, number)
        replace_deliveries(lake)
        _remove_former(lake)
    return Erased(number, values["records"], rows, len(files), snapshot)


def _gone(lake: Lake, erasure: Erasure) -> pl.Series:
    """Ids of the records of which nothing is left that counts, each once."""
    ids = erasure.record_ids
    numbers = record_numbers(ids, erasure.contract.code)
    others = kept_by_others(lake, erasure.contract, numbers, erasure.records)
    return ids.filter(~numbers.is_in(others.implode()))


def _pairs(lake: Lake, erasure: Erasure, gone: pl.Series) -> pl.DataFrame:
    """The records and owners whose rows go: those named, and whoever has but void rows of a record that is gone."""
    owners = pl.concat([erasure.records, numbers_of_ids(lake, erasure.contract, gone)])
    return owners.select("record_no", "enterprise_id").unique()


def _rewrite_files(
    lake: Lake, connection: Connection, contract: Contract, pairs: pl.DataFrame, snapshot: int
) -> list[dict[str, Any]]:
    """Every file of the feed that holds a row of one of the records and owners, of any snapshot, written without it."""
    listed = connection.execute(select(LakeFile).where(LakeFile.feed == contract.code)).all()
    gone = {"rows": pairs, "closings": pl.DataFrame(schema=_ROW_NO)}
    changed = []
    for file in sorted(listed, key=lambda file: file.kind, reverse=True):  # rows before closings, which follow them
        keys = gone[file.kind]
        columns = list(dict.fromkeys((*keys.columns, "row_no")))
        found = pl.read_parquet(lake.root / file.path, columns=columns, hive_partitioning=False)
        hit = found.join(keys, on=keys.columns, how="semi")
        if hit.is_empty():
            continue
        if file.kind == "rows":
            gone["closings"] = pl.concat([gone["closings"], hit.select("row_no")])
        stored = pl.read_parquet(lake.root / file.path, hive_partitioning=False)
        left = stored.join(hit, on="row_no", how="anti", maintain_order="left")
        path, sha256 = write_again(lake, file.path, left, snapshot)
        values = {"path": path, "sha256": sha256, "rows": left.height}
        connection.execute(update(LakeFile).where(LakeFile.id == file.id).values(**values))
        changed.append({
            "kind": file.kind, "path_before": file.path, "sha256_before": file.sha256, "rows_before": file.rows,
            "path_after": path, "sha256_after": sha256, "rows_after": left.height,
        })  # fmt: skip
    return changed


def _erase_from_catalogue(connection: Connection, erasure: Erasure, gone: pl.Series) -> int:
    """Rows that wait, marks, numbers, and of a registration the name and other keys; returns how many rows waited."""
    feed, ids, rows, waiting = erasure.contract.code, gone.to_list(), erasure.waiting["id"].to_list(), 0
    for start in range(0, len(rows), _PORTION):
        held = delete(Quarantined).where(Quarantined.id.in_(rows[start : start + _PORTION]))
        waiting += connection.execute(held).rowcount
    for start in range(0, len(ids), _PORTION):
        portion = ids[start : start + _PORTION]
        held = delete(Quarantined).where(Quarantined.feed == feed, Quarantined.record_id.in_(portion))
        waiting += connection.execute(held).rowcount
        connection.execute(delete(Mark).where(Mark.feed == feed, Mark.record_id.in_(portion)))
    if erasure.contract is REGISTRATION:
        unnamed = {"name": None, "name_version": 0, "name_known_at": 0}
        for number in erasure.records["enterprise_id"].unique():
            connection.execute(update(EnterpriseRow).where(EnterpriseRow.id == number).values(unnamed))
            connection.execute(delete(Alias).where(Alias.enterprise_id == number))
    _erase_numbers(connection, erasure)
    return waiting


def _erase_numbers(connection: Connection, erasure: Erasure) -> None:
    """The numbers that erased records brought, and the belief that every link agrees with what is left of them."""
    borne = delete(EnterpriseNumber).where(EnterpriseNumber.kind == erasure.contract.number_column)
    for number in erasure.records["enterprise_id"].unique():
        connection.execute(borne.where(EnterpriseNumber.enterprise_id == number))
    connection.execute(delete(Setting).where(Setting.name == SETTLED))


def _tell_again(lake: Lake, connection: Connection, erasure: Erasure, erased_in: int) -> None:
    """What the records left of some enterprises tell the registry, each in the snapshot that stored it."""
    contract = erasure.contract
    files = [] if contract.number_column is None else lake.files(contract.code, connection=connection)
    if not files:
        return
    owners = erasure.records.select("enterprise_id").unique()
    left = query(f"FROM {rows_sql(contract, files)} SEMI JOIN owners USING (enterprise_id)", owners=owners)
    snapshots = left.select(stored_in(pl.col("row_no"))).to_series()
    for snapshot in snapshots.unique().sort():
        tell_registry(Entry(lake, connection, contract, snapshot), left.filter(snapshots == snapshot))
    numbers = owners["enterprise_id"]
    register(Entry(lake, connection, contract, erased_in), numbers, numbers)


def _owners(connection: Connection, erasure: Erasure) -> pl.Series:
    """Whose records are erased, and the named subject, of whom there may be none."""
    named = connection.scalars(select(EnterpriseRow.id).where(EnterpriseRow.uscc == erasure.uscc)).all()
    return pl.concat([erasure.records["enterprise_id"], pl.Series(named, dtype=pl.Int32)]).unique()


def _hashed(hashes: list[str]) -> dict[str, Any]:
    """Keyed hashes of record ids: who is shown an id can check that it was erased, and nobody can read it here."""
    whole = hashlib.sha256("".join(hashes).encode()).hexdigest()
    return {"record_hashes": hashes if len(hashes) <= LISTED else [], "record_hashes_sha256": whole}


def certificates(lake: Lake) -> Sequence[dict[str, Any]]:
    """Every certificate, newest first, with its number."""
    listed = select(Certificate.id, Certificate.body, Certificate.records, Certificate.rows).order_by(
        Certificate.id.desc()
    )
    with lake.catalogue.connect() as connection:
        return [
            {"certificate": number, "records": records, "rows": rows, **json.loads(body)}
            for number, body, records, rows in connection.execute(listed)
        ]


def _overwrite_deleted(connection: Connection) -> None:
    """SQLite keeps the bytes of deleted rows unless told; PostgreSQL's vacuum takes them."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _remove_former(lake: Lake) -> None:
    """Files no snapshot lists any more, what was derived from them, and the bytes of deleted lines in SQLite's log."""
    forget()
    sweep(lake)
    for derived in ("derived", "groups", "known"):
        shutil.rmtree(lake.root / derived, ignore_errors=True)
    if lake.catalogue.dialect.name == "sqlite":
        with lake.catalogue.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
