"""The owner of each row on its way into the lake: enterprise, link, and the instant from which it counts."""

import polars as pl

from features.contracts.contract import NUMBER_PATTERN
from features.lake.entry import Entry
from features.lake.judgement import ROW
from features.lake.linking import ASSIGNABLE, assign, brought_by, give_links, sought, undone_links
from features.lake.registry import enrol
from features.lake.versions import overtakes


def find_owners(entry: Entry, rows: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Add `enterprise_id` (null: nobody's yet), `link_id` (0: by its own code) and `known_at`.

    known_at: the later of the row's arrival and the moment its link is known from.
    stored: the stored rows of the same records, whose owner a row without code or name may share.
    """
    contract = entry.contract
    subjects = rows[contract.subject].unique()
    codes = subjects.filter(~subjects.str.contains(NUMBER_PATTERN))
    numbers = enrol(entry.lake, entry.connection, codes, entry.snapshot)
    coded = rows.join(numbers, left_on=contract.subject, right_on="uscc", how="left", maintain_order="left")
    arrived = pl.when(pl.col("enterprise_id").is_not_null()).then("received_at")
    coded = coded.with_columns(link_id=pl.lit(0, pl.Int32), known_at=arrived)
    uncoded = coded.filter(pl.col("enterprise_id").is_null())
    if contract.name_column is None or uncoded.is_empty():
        return coded
    return coded.update(_link(entry, coded.join(uncoded, on="record_no", how="semi"), stored), on=ROW, how="left")


def _link(entry: Entry, rows: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Owners of rows without a code, from all rows of their records: `row`, `enterprise_id`, `link_id`, `known_at`."""
    relatives = rows.with_columns(pl.col(ROW).cast(pl.Int64), overtakes=pl.lit(False), **sought(entry.contract))
    undone = brought_by(stored, undone_links(entry.connection))
    siblings = stored.join(undone, on="row_no", how="anti").join(rows, on="record_no", how="semi")
    nothing: dict[str, pl.Expr] = dict.fromkeys(("name", "address", "number"), pl.lit(None, pl.String))
    nothing |= {"event_date": pl.lit(None, pl.Date)}
    overtaking = overtakes(stored)["by_row"]
    siblings = siblings.with_columns(row="row_no", overtakes=pl.col("row_no").is_in(overtaking.implode()), **nothing)
    family = pl.concat([siblings.select(ASSIGNABLE), relatives.select(ASSIGNABLE)])
    assigned = _from_undoing(assign(entry.lake, entry.connection, family, undone), relatives, undone)
    claimed = assigned.filter(pl.col("key").is_not_null())
    links = give_links(entry.connection, claimed, entry.snapshot)
    return links.select(pl.col(ROW).cast(rows.schema[ROW]), "enterprise_id", "link_id", "known_at")


def _from_undoing(assigned: pl.DataFrame, rows: pl.DataFrame, undone: pl.DataFrame) -> pl.DataFrame:
    """A record whose link was undone is another's from that instant on and no sooner: earlier views stay."""
    if undone.is_empty():
        return assigned
    ends = undone.group_by("record_no").agg(undone_at=pl.col("closed_at").max())
    of_rows = rows.select(ROW, "record_no").join(ends, on="record_no").select(ROW, "undone_at")
    linked = pl.when(pl.col("key").is_not_null()).then("undone_at")
    later = assigned.join(of_rows, on=ROW, how="left", maintain_order="left")
    return later.with_columns(known_at=pl.max_horizontal("known_at", linked)).drop("undone_at")
