"""How a city's departments deliver: the days they take and what is wrong in their records, beside the parameters.

Each kind of dirt is counted in one feed that shows it and nothing like it.
"""

from pathlib import Path

import polars as pl

from features.contracts.contract import NUMBER_PATTERN
from features.sources.city.manifest import TRUTH, read_manifest
from features.sources.city.old_numbers import CODES_SINCE
from features.sources.city.outcomes import delivered
from features.sources.city.parameters import Parameters
from features.sources.city.promises import Figure, Size, median_figure, near, share_figure
from features.sources.city.publication import draw_outages
from features.sources.city.truth import read_truth
from features.sources.source import Check

NEAR = 0.15
"""How far a share of rows may be from its parameter, as a part of it."""
NEAR_DAYS = 1.0
"""Days, or a tenth, that a median may be from its parameter."""
_LATE_DAYS = 90
_WIDE = "[０-９]"
_DECLARATIONS, _STAFF, _REGISTER = "F15", "F22", "F01"
_FEEDBACK, _ACCOUNTS = "F60", "F48"
_NUMBERED = pl.col("code").str.contains(NUMBER_PATTERN)


def check_lags(folder: Path, parameters: Parameters, size: Size) -> tuple[Check, ...]:
    """Days from event to publication and from it to receipt, of every feed the parameters name."""
    return tuple(
        near(f"{feed}: {words}, median days", target, max(NEAR_DAYS, target / 10), ".1f").judge(
            median_figure(days.to_numpy()), size, _tail(days, p95)
        )
        for feed, lag in parameters.lags.items()
        for words, (target, p95), days in zip(
            ("event to publication", "publication to receipt"),
            (lag.publish, lag.receive),
            _days(folder, feed, parameters),
            strict=True,
        )
    )


def _days(folder: Path, feed: str, parameters: Parameters) -> tuple[pl.Series, pl.Series]:
    """Of first versions since the calendar's beginning; banks deliver what came before they joined when they join.

    Not of what a silence of the feed held back: it says nothing of the feed's ways.
    """
    since = parameters.loans.joined_between[1] if feed == _FEEDBACK else parameters.calendar.first
    rows = delivered(folder, feed).filter(pl.col("version") == 1, pl.col("op") == "I", pl.col("event_date") >= since)
    received = pl.col("received_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    outages = draw_outages(feed, parameters, read_manifest(folder).seed)
    resumed = pl.Series([ends + 1 for _, ends in outages], dtype=pl.Int32).cast(pl.Date)
    spans = rows.filter(~received.is_in(resumed.implode())).select(
        publish=(pl.col("publish_date") - pl.col("event_date")).dt.total_days(),
        receive=(received - pl.col("publish_date")).dt.total_days(),
    )
    return spans["publish"], spans["receive"]


def _tail(days: pl.Series, p95: float) -> str:
    found = days.quantile(0.95)
    return "" if found is None else f"95th percentile {found:.0f}, of {p95:.0f} before late batches"


def check_dirt(folder: Path, parameters: Parameters, size: Size) -> tuple[Check, ...]:
    """Shares of rows; what is corrected or withdrawn, of records."""
    last = parameters.calendar.last
    rule, of_staff, of_register, of_accounts = map(parameters.dirt.of, (_DECLARATIONS, _STAFF, _REGISTER, _ACCOUNTS))
    rows = delivered(folder, _DECLARATIONS).with_columns(code=pl.col("uscc").str.normalize("NFKC"))
    known = read_truth(folder / TRUTH, "enterprises")["uscc"].implode()
    timely, future = rows.filter(pl.col("event_date") <= last), pl.col("event_date") > last
    early = pl.col("publish_date") < pl.col("event_date")
    published = timely.filter(pl.col("publish_date") >= parameters.calendar.first)
    waited = pl.col("received_at").dt.date() - pl.col("publish_date")
    versions = delivered(folder, _STAFF).group_by("record_id").agg(ops=pl.col("op").unique())
    register = delivered(folder, _REGISTER)
    whole = rows.height - rows.unique(["record_id", "version"]).height
    figures = {
        "codes of full width": (rows, pl.col("uscc").str.contains(_WIDE), rule.full_width),
        "codes with a wrong check character": (rows, ~pl.col("code").is_in(known), rule.wrong_check_character),
        "figures below zero": (rows.filter(pl.col("paid_fen") != 0), pl.col("paid_fen") < 0, rule.negative),
        "events of the wrong decade": (rows, future, rule.future_event),
        "published before they happened": (timely, early, rule.published_before),
        f"{_LATE_DAYS} days and more late": (published, waited.dt.total_days() >= _LATE_DAYS, rule.late),
        "corrected records": (versions, pl.col("ops").list.contains("U"), of_staff.corrected),
        "withdrawn records": (versions, pl.col("ops").list.contains("D"), of_staff.withdrawn),
        "left empty": (register.unique("uscc"), pl.col("address").is_null(), of_register.optional_missing),
        "told by an old number": (_of_bearers(folder, register), _NUMBERED, of_accounts.number_only),
    }  # fmt: skip
    counted = {name: _counted(of, where, target) for name, (of, where, target) in figures.items()}
    counted["delivered twice"] = share_figure(whole, rows.height - whole, rule.duplicated), rule.duplicated
    return tuple(_judged(name, figure, target, size) for name, (figure, target) in counted.items())


def _of_bearers(folder: Path, register: pl.DataFrame) -> pl.DataFrame:
    """First versions of water accounts' months since the codes, of enterprises that bear a number from before them."""
    rows = delivered(folder, _ACCOUNTS).unique(["record_id", "version"])
    rows = rows.filter(pl.col("version") == 1, pl.col("event_date") >= CODES_SINCE)
    rows = rows.with_columns(code=pl.col("uscc").str.normalize("NFKC"))
    bearers = register.drop_nulls("reg_no")["uscc"].implode()
    return rows.filter(pl.col("code").is_in(bearers) | _NUMBERED)


def _counted(rows: pl.DataFrame, where: pl.Expr, target: float) -> tuple[Figure, float]:
    return share_figure(rows.filter(where).height, rows.height, target), target


def _judged(name: str, figure: Figure, target: float, size: Size) -> Check:
    return near(f"dirt: {name}", target, NEAR * target, ".2%").judge(figure, size)
