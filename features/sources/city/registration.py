"""F01 registrations and F02 changes of them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.contracts.registration_change import CHANGE_ITEMS
from features.sources.city.arrays import Flags, Floats, Ints
from features.sources.city.identity import addresses, keyed_hashes, new_names
from features.sources.city.industries import CLASSES
from features.sources.city.population import NEVER, SOLE_TRADER
from features.sources.city.rows import ORDINALS, days, fen, same, state, words
from features.sources.city.shard import Shard

NAME, ADDRESS, LEGAL_REP, HOLDERS, CAPITAL, SCOPE = CHANGE_ITEMS
_ITEM_SHARES = (0.03, 0.10, 0.07, 0.16, 0.05, 0.59)
_KINDS = ("个体工商户", "有限责任公司")
_ROUND_CAPITAL_YUAN = np.array([3, 10, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 30_000]) * 1e4
_CANCELLED, _REVOKED = "注销", "吊销"
_REVOKED_SHARE = 0.06
_ENTERED_AS = "entered"
"""The registration as first entered; changes follow by their day."""


@dataclass(frozen=True)
class Changes:
    """Changes of the register, flat, by firm and month. item: position in CHANGE_ITEMS. day: since 1970."""

    firm: Ints
    month: Ints
    day: Ints
    item: Ints

    def of(self, item: str) -> "Changes":
        """Those of one item."""
        chosen = self.item == CHANGE_ITEMS.index(item)
        return Changes(self.firm[chosen], self.month[chosen], self.day[chosen], self.item[chosen])


@dataclass(frozen=True)
class Endings:
    """Enterprises that leave the register, flat; days since 1970."""

    firm: Ints
    day: Ints
    revoked: Flags


def registered_capital(shard: Shard) -> Floats:
    """(firms,) yuan: more for larger firms, less for those who live on borrowed money; round sums only."""
    chance = shard.chances.of("capital")
    level = np.log(shard.firms.revenue * 0.6) - 0.5 * shard.latent.leverage + 0.2 * shard.latent.quality
    wished = np.exp(level + 0.9 * chance.standard_normal(shard.firms.count))
    nearest = np.abs(np.log(_ROUND_CAPITAL_YUAN) - np.log(wished)[:, None]).argmin(axis=1)
    registered: Floats = _ROUND_CAPITAL_YUAN[nearest]
    return registered


def registrations(shard: Shard, changes: pl.DataFrame) -> pl.DataFrame:
    """F01: a version at birth, one for each change it shows, one when the enterprise leaves the register."""
    events = pl.concat([_births(shard), _amendments(changes), _endings(shard)])
    carried = ["name", "legal_rep_hash", "reg_capital_fen", "address", "status"]
    history = events.sort("entity", "learned_on", "rank").with_columns(
        pl.col(carried).forward_fill().over("entity"),
        version=(pl.int_range(pl.len()).over("entity") + 1).cast(pl.Int32),
        op=pl.when(pl.int_range(pl.len()).over("entity") == 0).then(pl.lit("I")).otherwise(pl.lit("U")),
    )
    return history.drop("rank").join(_fixed(shard), on="entity", how="left", maintain_order="left")


def _births(shard: Shard) -> pl.DataFrame:
    firms, identities = shard.firms, shard.identities
    return pl.DataFrame(
        {
            "entity": firms.entity,
            "learned_on": days(firms.born),
            "rank": np.zeros(firms.count, dtype=np.int64),
            "name": identities.name,
            "legal_rep_hash": identities.legal_rep,
            "reg_capital_fen": fen(registered_capital(shard)),
            "address": identities.address,
            "status": same("存续", firms.count),
        }
    )


def _amendments(changes: pl.DataFrame) -> pl.DataFrame:
    """What the changes of F02 make of the registration; nulls carry the last value on."""

    def after(item: str) -> pl.Expr:
        return pl.when(pl.col("item") == item).then("after")

    return changes.filter(pl.col("item").is_in([NAME, ADDRESS, LEGAL_REP, CAPITAL])).select(
        "entity",
        "learned_on",
        pl.lit(1, dtype=pl.Int64).alias("rank"),
        after(NAME).alias("name"),
        after(LEGAL_REP).alias("legal_rep_hash"),
        (after(CAPITAL).str.strip_suffix("万元").cast(pl.Int64) * 1_000_000).alias("reg_capital_fen"),
        after(ADDRESS).alias("address"),
        pl.lit(None, dtype=pl.String).alias("status"),
    )


def endings(shard: Shard) -> Endings:
    """Who leaves the register, when and how: the same for every feed that tells of it."""
    chance = shard.chances.of("endings")
    gone = np.flatnonzero(shard.firms.left < NEVER)
    revoked = chance.random(len(gone)) < _REVOKED_SHARE
    return Endings(gone, shard.months.begins[shard.firms.left[gone]] + chance.integers(0, 28, len(gone)), revoked)


def _endings(shard: Shard) -> pl.DataFrame:
    ended = endings(shard)
    return pl.DataFrame({"entity": shard.firms.entity[ended.firm], "learned_on": days(ended.day)}).select(
        "entity",
        "learned_on",
        pl.lit(2, dtype=pl.Int64).alias("rank"),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in ("name", "legal_rep_hash")),
        pl.lit(None, dtype=pl.Int64).alias("reg_capital_fen"),
        pl.lit(None, dtype=pl.String).alias("address"),
        words((_CANCELLED, _REVOKED), ended.revoked.astype(np.int64)).alias("status"),
    )


def sections_and_classes(shard: Shard) -> tuple[pl.Series, pl.Series]:
    """(firms,) the section and the class of each enterprise's trade."""
    firms, sections = shard.firms, list(shard.parameters.sections)
    classes = [code for section in sections for code, _ in CLASSES[section]]
    begins = np.cumsum([0] + [len(CLASSES[section]) for section in sections])
    return words(sections, firms.section), words(classes, begins[firms.section] + firms.industry)


def _fixed(shard: Shard) -> pl.DataFrame:
    """What never changes, with the common columns."""
    firms, parameters = shard.firms, shard.parameters
    sections, classes = sections_and_classes(shard)
    everyone = np.arange(firms.count)
    stated = state(
        shard, "F01", everyone, np.zeros(firms.count, dtype=np.int64), firms.born,
        {
            "reg_no": shard.identities.reg_no,
            "outside_key": pl.Series([None] * firms.count, dtype=pl.String),
            "kind": words(_KINDS, (firms.size != SOLE_TRADER).astype(np.int64)),
            "est_date": days(firms.born),
            "division": words([district.division for district in parameters.districts], firms.district),
            "section": sections,
            "industry": classes,
            "licence_end": pl.Series([None] * firms.count, dtype=pl.Date),
        },
    )  # fmt: skip
    return stated.drop("op", "version", "learned_on")


def changes_of(shard: Shard) -> Changes:
    """What a firm changed and when: the same for every feed that tells of it."""
    return _draw_changes(shard, shard.chances.of("changes"))


def _draw_changes(shard: Shard, chance: np.random.Generator) -> Changes:
    rule, firms, months = shard.parameters.feeds.change, shard.firms, shard.months
    hazard = rule.rate * np.exp(rule.stress * shard.latent.stress)
    firm, month = np.nonzero(shard.delivered & (chance.random(hazard.shape) < np.minimum(hazard, 0.3)))
    count = len(firm)
    day = months.begins[month] + chance.integers(0, 28, count)
    item = chance.choice(len(CHANGE_ITEMS), size=count, p=_ITEM_SHARES)
    return Changes(
        firm, month, day, np.where((firms.size[firm] == SOLE_TRADER) & (item == CHANGE_ITEMS.index(HOLDERS)), 1, item)
    )


def registration_changes(shard: Shard) -> pl.DataFrame:
    """F02: what a firm changed and when; a little more often under stress."""
    chance = shard.chances.of("changes")
    changes = _draw_changes(shard, chance)
    firm, month, day, item = changes.firm, changes.month, changes.day, changes.item
    stated = state(
        shard, "F02", firm, month, day,
        {
            "change_date": days(day),
            "item": words(CHANGE_ITEMS, item),
            "after": _new_values(shard, firm, item, month, chance),
        },
    )  # fmt: skip
    return _with_before(shard, stated, firm)


def _new_values(shard: Shard, firm: Ints, item: Ints, month: Ints, chance: np.random.Generator) -> pl.Series:
    """What is written after each change; nothing for holders and scope."""
    capital = registered_capital(shard)[firm] / 10_000 * chance.choice([0.5, 2.0, 3.0, 5.0], len(firm))
    values = {
        NAME: new_names(chance, len(firm)),
        ADDRESS: addresses(shard.parameters, shard.firms.district[firm], chance),
        LEGAL_REP: next_legal_reps(shard, firm, month),
        CAPITAL: _sums(capital),
    }
    chosen = pl.Series([None], dtype=pl.String).gather(np.zeros(len(firm), dtype=np.int64))
    for name, value in values.items():
        chosen = value.zip_with(pl.Series(item == CHANGE_ITEMS.index(name)), chosen)
    return chosen


def _sums(wan: Floats) -> pl.Series:
    """Sums of 10,000 yuan as a registrar writes them."""
    return pl.Series(np.maximum(wan, 1).astype(np.int64)).cast(pl.String) + "万元"


def next_legal_reps(shard: Shard, firm: Ints, month: Ints) -> pl.Series:
    """Who takes over from the legal representative in a month."""
    return keyed_hashes("person", shard.firms.entity[firm] * ORDINALS + month + 1, shard.chances.seed)


def _with_before(shard: Shard, changes: pl.DataFrame, firm: Ints) -> pl.DataFrame:
    """`before` is the item's last value: the change before, or what was first entered."""
    entered = {
        NAME: shard.identities.name,
        ADDRESS: shard.identities.address,
        LEGAL_REP: shard.identities.legal_rep,
        CAPITAL: _sums(registered_capital(shard) / 10_000),
    }
    at_first = pl.lit(None, dtype=pl.String)
    frame = changes
    for item, values in entered.items():
        frame = frame.with_columns(values.gather(firm).alias(_ENTERED_AS))
        at_first = pl.when(pl.col("item") == item).then(pl.col(_ENTERED_AS + item)).otherwise(at_first)
        frame = frame.rename({_ENTERED_AS: _ENTERED_AS + item})
    previous = pl.col("after").shift(1).over("entity", "item", order_by="learned_on")
    return frame.with_columns(before=pl.coalesce(previous, at_first)).drop([_ENTERED_AS + item for item in entered])
