"""A sentence said once is an entry for every window, each with its own words."""

from features.contracts.feeds import find_feed
from features.definitions.families import Family, months_back, published_months
from features.engine.algebra import ADVERSE, Feature, count
from features.engine.windows import Window, months, periods


def penalties(within: Window) -> Feature:
    return Feature(feed=find_feed("F34"), take=count(), within=within, missing=0)


def test_each_window_has_its_name_and_words() -> None:
    entries = Family("《行政处罚法》(F34)").over(
        months_back(6, 24),
        "fined_{span}",
        penalties,
        label="{span}处罚次数",
        label_en="Penalties in {span}",
        unit="penalties",
        sign=ADVERSE,
        code="FINED",
        zh="{span}受罚{value}次",
        en=("{value} penalties in {span}", "Only {value} penalties in {span}"),
    )
    assert [entry.name for entry in entries] == ["fined_6m", "fined_24m"]
    assert [entry.definition for entry in entries] == [penalties(months(6)), penalties(months(24))]
    longer = entries[1]
    assert (longer.label, longer.label_en) == ("近24个月处罚次数", "Penalties in the last 24 months")
    assert longer.reason.adverse == longer.reason.favourable == "近24个月受罚{value}次"
    assert longer.reason.favourable_en == "Only {value} penalties in the last 24 months"


def test_months_of_a_feed_of_months_are_the_published_ones() -> None:
    (span,) = published_months(6)
    assert (span.window, span.zh, span.suffix) == (periods(6), "近6个已公布月", "6p")
