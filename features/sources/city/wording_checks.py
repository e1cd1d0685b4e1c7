"""What departments write otherwise than agreed, beside the parameters: names of columns, codes, damaged text."""

import math
from pathlib import Path

import polars as pl

from features.lake.lost_text import LOST_TEXT
from features.sources.city.drift import NEW
from features.sources.city.exposure import CODED
from features.sources.city.industries import CLASSES_OF_2011
from features.sources.city.manifest import TRUTH
from features.sources.city.manners import NEAR
from features.sources.city.months import DAYS_PER_YEAR, day_number
from features.sources.city.outcomes import delivered
from features.sources.city.parameters import Parameters
from features.sources.city.promises import Figure, Size, near, share_figure
from features.sources.city.records import FEEDS
from features.sources.city.renames import announced, scan_delivered
from features.sources.city.truth import read_truth
from features.sources.source import Check

_REGISTER, _LICENCES, _COMPLAINTS = "F01", "F33", "F12"


def check_wording(folder: Path, parameters: Parameters, size: Size) -> tuple[Check, ...]:
    """Rates of rows, of records, and of feeds in a year."""
    dirt = parameters.dirt
    complaints = delivered(folder, _COMPLAINTS).unique("record_id")
    shops = share_figure(complaints["uscc"].null_count(), complaints.height, parameters.market.complaint.by_shop_name)
    licences = scan_delivered(folder, _LICENCES).select(pl.col("item").str.contains(LOST_TEXT)).collect().to_series()
    lost = dirt.of(_LICENCES).lost_characters
    figures = {
        "columns that a feed renames in a year": (_renamed(folder, parameters), dirt.renamed_columns_a_year, ".2f"),
        "rows with a code nobody has told of": (_new_codes(folder, parameters), _new_code_share(parameters), ".2%"),
        "texts that lost characters": (share_figure(int(licences.sum() or 0), len(licences), lost), lost, ".3%"),
        "trades by the edition of 2011": (_of_2011(folder, parameters), dirt.of(_REGISTER).class_of_2011, ".2%"),
        "complaints that name a shop alone": (shops, parameters.market.complaint.by_shop_name, ".2%"),
    }
    return tuple(
        near(f"dirt: {name}", target, NEAR * target, form).judge(figure, size)
        for name, (figure, target, form) in figures.items()
    )


def _years(parameters: Parameters) -> float:
    calendar = parameters.calendar
    return (day_number(calendar.last) - day_number(calendar.first)) / DAYS_PER_YEAR


def _renamed(folder: Path, parameters: Parameters) -> Figure:
    """Over all feeds; each renames when it likes."""
    feed_years = len(FEEDS) * _years(parameters)
    renamed = sum(len(announced(folder, feed)) for feed in FEEDS)
    return Figure(renamed / feed_years, math.sqrt(parameters.dirt.renamed_columns_a_year / feed_years))


def _new_codes(folder: Path, parameters: Parameters) -> Figure:
    """The mean of the feeds that have codes; how many codes are new, for how long, and in which rows, is chance."""
    told = [
        scan_delivered(folder, feed).select(pl.col(column).str.ends_with(NEW).fill_null(False)).collect().to_series()
        for feed, column in CODED.items()
    ]
    known, meant = [one for one in told if len(one)], _new_code_share(parameters)
    if not known:
        return Figure(math.nan)
    new = parameters.dirt.new_codes_a_year * _years(parameters) * len(CODED)
    of_rows = sum(meant * (1 - meant) / len(one) for one in known) / len(known) ** 2
    return Figure(sum(int(one.sum()) / len(one) for one in known) / len(known), math.sqrt(meant**2 / new + of_rows))


def _new_code_share(parameters: Parameters) -> float:
    """Of a feed's rows, where its days are alike."""
    rules = [parameters.dirt.of(feed) for feed in CODED]
    shares = [one.new_codes_a_year * sum(one.new_code_days) / 2 / DAYS_PER_YEAR * one.new_code_share for one in rules]
    return sum(shares) / len(shares)


def _of_2011(folder: Path, parameters: Parameters) -> Figure:
    """Of enterprises whose trade has another number in each edition; only the truth can tell them all."""
    if not (folder / TRUTH / "dirt").exists():
        return Figure(math.nan)
    dirt = read_truth(folder / TRUTH, "dirt").filter(pl.col("feed") == _REGISTER, pl.col("kind") == "industry")
    told = delivered(folder, _REGISTER).join(dirt, on=["record_id", "version"], how="left").unique("uscc")
    told = told.drop_nulls("industry").with_columns(meant=pl.coalesce("right", "industry"))
    changed = told.filter(pl.col("meant").is_in(list(CLASSES_OF_2011)))
    return share_figure(changed["right"].count(), changed.height, parameters.dirt.of(_REGISTER).class_of_2011)
