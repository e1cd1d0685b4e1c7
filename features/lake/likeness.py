"""How alike names are: the share of two-character pieces two keys have in common."""

import polars as pl

LEAST = 0.5
"""Below this two names share less than half of what tells names apart."""
MOST = 3
"""Candidates proposed for one key."""
_PORTION = 200_000
_COMMON = 0.2
"""Pieces in more than a fifth of all names (有限, 公司, a city) say nothing about who is meant."""


def alike(keys: pl.Series, names: pl.DataFrame) -> pl.DataFrame:
    """For each key the enterprises with a name most like it, best first: `key`, `enterprise_id`, `score`.

    names: `enterprise_id`, `name_key`. score: Dice's coefficient over the pieces that tell names apart, 0.5 to 1.
    An equal key is no likeness but the same name, and is left out.
    """
    wanted = keys.drop_nulls().unique().alias("key").to_frame()
    asked = _pieces(wanted, "key")
    if asked.is_empty() or names.is_empty():
        return pl.DataFrame(schema={"key": pl.String, "enterprise_id": pl.Int32, "score": pl.Float64})
    often = asked.select("piece").unique()
    counted = pl.concat(_pieces(part, "name_key").join(often, on="piece", how="semi") for part in _portions(names))
    common = counted.group_by("piece").len().filter(pl.col("len") > max(_COMMON * names.height, 3))
    asked, counted = (pieces.join(common, on="piece", how="anti") for pieces in (asked, counted))
    shared = asked.join(counted, on="piece").group_by("key", "enterprise_id", "name_key").agg(shared=pl.len())
    sizes = asked.group_by("key").agg(own=pl.len())
    both = shared.join(sizes, on="key").with_columns(other=_size(pl.col("name_key"), common))
    scored = both.with_columns(score=2 * pl.col("shared") / (pl.col("own") + pl.col("other")))
    likely = scored.filter(pl.col("score") >= LEAST, pl.col("name_key") != pl.col("key"))
    best = likely.sort("key", "score", "enterprise_id", descending=[False, True, False])
    return best.group_by("key", maintain_order=True).head(MOST).select("key", "enterprise_id", "score")


def _portions(names: pl.DataFrame) -> list[pl.DataFrame]:
    return [names.slice(start, _PORTION) for start in range(0, names.height, _PORTION)]


def _cut(text: pl.Expr) -> pl.Expr:
    """The distinct pieces of two characters of a text, as a list."""
    return text.str.split("").list.eval(pl.concat_str(pl.element(), pl.element().shift(-1))).list.drop_nulls()


def _pieces(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    cut = frame.with_columns(piece=_cut(pl.col(column)).list.unique())
    return cut.explode("piece").drop_nulls("piece")


def _size(text: pl.Expr, common: pl.DataFrame) -> pl.Expr:
    """How many distinct telling pieces a text has."""
    return _cut(text).list.unique().list.set_difference(pl.lit(common["piece"].implode())).list.len()
