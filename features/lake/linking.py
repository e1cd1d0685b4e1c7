"""Whose record a row is when no code says so: by its name, or as a later version of a record already assigned.

An assignment is a function of the rows of a record and of the history of names, so it does not depend on the
order of landing; where later facts about the past change it, `relinking` writes the record anew. A row lands with the
first enterprise it is assigned to; from there `overtaking` gives it to those that surer rungs name.
"""

import polars as pl
from sqlalchemy import Connection, insert, select

from features.contracts.contract import Contract
from features.lake.catalogue import Schema, read_frame
from features.lake.ladder import CODE, RECORD, REVIEW, SCORES, Bearers, climb
from features.lake.lake import Lake
from features.lake.names import SPAN, held_names, held_trades
from features.lake.numbers import held_numbers, number_in
from features.lake.spelling import name_key, parent_key, trade_key
from features.lake.tables import Link

ASSIGNABLE = (
    *("row", "record_no", "version", "content_hash", "received_at"),
    *("name", "address", "number", "event_date", "enterprise_id", "known_at", "overtakes"),
)
"""overtakes: whether a stored row tells of the enterprise that a surer rung gave its content to."""
ASSIGNED = ("row", "enterprise_id", "rule", "key", "starts", "known_at")
"""What an assignment says. starts: since when the link is known; all but `row` null: nobody's row yet."""

_PAIR = ["key", "enterprise_id"]
_OWNED = ["record_no", "enterprise_id"]
_CLAIMS = ("record_no", "version", "enterprise_id", "known_at")
_LINKS: Schema = {"link_id": pl.Int32, "key": pl.String, "enterprise_id": pl.Int32, "starts": pl.Int64}


def assign(lake: Lake, connection: Connection, rows: pl.DataFrame, barred: pl.DataFrame | None = None) -> pl.DataFrame:
    """Assign the rows of some records to the first enterprise of each, with the columns of `ASSIGNED`.

    rows: the columns of `ASSIGNABLE`, `enterprise_id` and `known_at` only where they are given already. A pair of
    key and enterprise that was undone by hand is not tried again.

    barred: pairs of `record_no` and `enterprise_id` that were undone, whatever the key.
    """
    return assign_stages(lake, connection, rows, barred).filter(pl.col("stage") == 0).select(ASSIGNED)


def assign_stages(
    lake: Lake, connection: Connection, rows: pl.DataFrame, barred: pl.DataFrame | None = None
) -> pl.DataFrame:
    """As `assign`, and by a further `stage` each enterprise that a surer rung gives a row to, from `known_at` on."""
    given = pl.col("enterprise_id").is_not_null()
    named = rows.filter(~given).with_columns(key=name_key(pl.col("name")))
    named = named.with_columns(trade=trade_key(pl.col("key"), pl.col("address")))
    named = named.select("row", "key", "trade", "number", "received_at", "event_date")
    climbed = climb(named, _bearers(lake, connection, named), _barred_rows(rows, barred))
    climbed = climbed.rename({"enterprise_id": "named"})
    found = pl.col("named").is_not_null()
    first = climbed.filter(pl.col("stage") == 0).drop("stage", "instant")
    assigned = rows.join(first, on="row", how="left").with_columns(
        rule=pl.when(given).then(pl.lit(CODE)).otherwise("rule"),
        known_at=pl.when(found).then(pl.max_horizontal("received_at", "starts")).otherwise("known_at"),
        enterprise_id=pl.coalesce("enterprise_id", "named"),
    )
    further = rows.drop("enterprise_id", "known_at").join(climbed.filter(pl.col("stage") > 0), on="row")
    further = further.rename({"named": "enterprise_id", "instant": "known_at"})
    settled = _inherit(assigned, further)
    return pl.concat([settled.select(*ASSIGNED, stage=pl.lit(0, pl.Int64)), _follow(settled, further)])


def _follow(assigned: pl.DataFrame, further: pl.DataFrame) -> pl.DataFrame:
    """The further enterprises of rows: their own, and for a row that follows its record those of the version before."""
    inherits = (pl.col("rule") == RECORD).fill_null(False)
    own = further.join(assigned.filter(inherits), on="row", how="anti")
    heirs = assigned.filter(inherits).select("row", "record_no", "version", "received_at", since="known_at")
    before = further.select("record_no", "enterprise_id", "known_at", "stage", before_version="version")
    told = heirs.join(before, on="record_no").filter(pl.col("before_version") < pl.col("version"))
    newest = told.filter(pl.col("before_version") == pl.col("before_version").max().over("row"))
    later = newest.filter(pl.col("known_at") > pl.col("since")).sort("known_at").unique(["row", "stage"], keep="first")
    inherited = later.with_columns(rule=pl.lit(RECORD), key=pl.col("record_no").cast(pl.String), starts="known_at")
    columns = (*ASSIGNED, "stage")
    return pl.concat([own.select(columns), inherited.select(columns)])


def _barred_rows(rows: pl.DataFrame, barred: pl.DataFrame | None) -> pl.DataFrame:
    pairs = rows.select("row", "record_no", "enterprise_id").clear() if barred is None else barred
    return rows.select("row", "record_no").join(pairs.select(*_OWNED), on="record_no")


def _bearers(lake: Lake, connection: Connection, named: pl.DataFrame) -> Bearers:
    keys = pl.concat([named["key"], named.select(parent_key(pl.col("key"))).to_series()])
    return Bearers(
        names=held_names(lake, keys),
        trades=held_trades(lake, named["trade"]),
        numbers=held_numbers(lake, connection, named["number"]),
        accepted=_accepted(connection),
        undone=undone_pairs(connection),
    )


def sought(contract: Contract) -> dict[str, pl.Expr]:
    """By what a row of a feed is linked: `name`, `address` and `number`, the last two null where it has none."""
    address = pl.lit(None, pl.String) if contract.address_column is None else pl.col(contract.address_column)
    name = pl.col(str(contract.name_column))
    return {"name": name, "address": address, "number": number_in(pl.col(contract.subject))}


def _inherit(assigned: pl.DataFrame, further: pl.DataFrame) -> pl.DataFrame:
    """A version nobody claims belongs where a version before it does: courts go on using a former name.

    Of those known when the first of them was, the newest decides. So does it over a name that was borne later than
    the version before was known: what is learned afterwards changes no earlier view.
    """
    claimed = assigned.filter(pl.col("enterprise_id").is_not_null())
    # Of one version the content known first counts, so it is the one inherited from.
    counted = claimed.filter(~pl.col("overtakes")).sort("known_at", "content_hash")
    counted = counted.unique(["record_no", "version"], keep="first", maintain_order=True)
    taken_over = pl.concat(
        [counted.select(_CLAIMS), claimed.filter("overtakes").select(_CLAIMS), further.select(_CLAIMS)]
    )
    before = taken_over.rename({"version": "before_version", "enterprise_id": "before", "known_at": "known_before"})
    unclaimed = pl.col("enterprise_id").is_null()
    heirs = assigned.filter(unclaimed | (pl.col("starts") > pl.col("received_at")).fill_null(False))
    earlier = heirs.select("row", "record_no", "version", "received_at").join(before, on="record_no")
    earlier = earlier.filter(pl.col("before_version") < pl.col("version"))
    # Only versions known at the first possible instant decide.
    instant = pl.max_horizontal("received_at", pl.col("known_before").min().over("row"))
    decides = earlier.filter(pl.col("known_before") <= instant).sort("before_version", "known_before")
    decides = decides.unique("row", keep="last", maintain_order=True)
    told = heirs.join(decides.select("row", "before", "known_before"), on="row")
    told = told.with_columns(inherited_at=pl.max_horizontal("received_at", "known_before"))
    told = told.filter(unclaimed | (pl.col("inherited_at") < pl.col("known_at")))
    inherited = told.with_columns(
        rule=pl.lit(RECORD),
        key=pl.col("record_no").cast(pl.String),
        starts="known_before",
        known_at="inherited_at",
        enterprise_id="before",
    )
    rest = assigned.join(inherited, on="row", how="anti")
    return pl.concat([rest, inherited.select(rest.columns)])


def give_links(connection: Connection, assigned: pl.DataFrame, snapshot: int) -> pl.DataFrame:
    """Add `link_id` to rows assigned by a name or their record; a link not known yet is made."""
    identity = [*_PAIR, "starts"]
    query = select(Link.id, Link.key, Link.enterprise_id, Link.known_from)
    known = read_frame(connection, query, _LINKS)
    score = pl.col("rule").replace_strict(SCORES, return_dtype=pl.Float64)
    surest = assigned.with_columns(score=score).sort(*identity, "score", "rule", descending=[False] * 3 + [True] * 2)
    new = surest.unique(identity, keep="first", maintain_order=True).join(known, on=identity, how="anti")
    new = new.select("rule", "score", *identity).sort(identity)
    first = int(known.select(pl.col("link_id").max().fill_null(0)).item()) + 1
    numbered = new.with_columns(link_id=pl.int_range(first, first + pl.len(), dtype=pl.Int32))
    if not new.is_empty():
        rows = numbered.with_columns(added_in=pl.lit(snapshot))
        connection.execute(insert(Link), rows.rename({"link_id": "id", "starts": "known_from"}).to_dicts())
    return assigned.join(pl.concat([known, numbered.select(known.columns)]), on=identity, how="left")


def undone_links(connection: Connection) -> pl.Series:
    """Numbers of the links that were undone by hand."""
    return pl.Series("link_id", connection.scalars(select(Link.id).where(Link.known_to.is_not(None))).all(), pl.Int32)


def brought_by(stored: pl.DataFrame, links: pl.Series) -> pl.DataFrame:
    """Of stored rows those some links brought, and those without a code that followed them to the same enterprise."""
    if links.is_empty():
        return stored.clear()
    owned = stored.filter(pl.col("link_id").is_in(links.implode())).select(_OWNED).unique()
    return stored.filter(pl.col("link_id") > 0).join(owned, on=_OWNED, how="semi")


def why_undone(stored: pl.DataFrame, links: pl.Series) -> pl.DataFrame:
    """Why the records wait that links brought which are undone: `record_no`, `reason`."""
    brought = stored.filter(pl.col("link_id").is_in(links.implode()))
    reason = "its link {} was undone; say whose it is with: bureau feeds review link NAME USCC"
    newest = brought.group_by("record_no").agg(pl.col("link_id").max())
    return newest.select("record_no", reason=pl.format(reason, "link_id"))


def _accepted(connection: Connection) -> pl.DataFrame:
    """Pairs of key and enterprise that a person accepted, as spans that are open since."""
    query = select(Link.key, Link.enterprise_id, Link.known_from, Link.known_to)
    return read_frame(connection, query.where(Link.rule == REVIEW, Link.known_to.is_(None)), SPAN)


def undone_pairs(connection: Connection) -> pl.DataFrame:
    """Pairs of `key` and `enterprise_id` that were undone by hand."""
    query = select(Link.key, Link.enterprise_id).where(Link.known_to.is_not(None))
    return read_frame(connection, query, {"key": pl.String, "enterprise_id": pl.Int32})
