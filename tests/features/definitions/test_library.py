"""The whole catalogue: every line says what a reader must know, and computes what it says."""

import re
from dataclasses import replace

import pytest

from bureau.errors import UnknownName
from bureau.grant import PURPOSES
from features.contracts.feeds import find_feed
from features.definitions.entry import CL0, CL1, Entry
from features.definitions.library import canonical, definition_hash, features_of, find_feature, law_hash, published
from features.definitions.units import UNITS
from features.engine.algebra import NEUTRAL, Feature, Kind, leaves
from features.engine.sentence import sentence
from features.engine.windows import Step, months
from features.law.clocks import clocks
from tests.factories.law import amend_penalties

FIRST_FEEDS = sorted({entry.feeds[0] for entry in published()})
CHINESE = re.compile(r"[\u4e00-\u9fff]")
BY_FEED = {code: [entry for entry in published() if entry.feeds[0] == code] for code in FIRST_FEEDS}
EVERY = pytest.mark.parametrize("entries", BY_FEED.values(), ids=BY_FEED)
"""Every feature, those of a feed together: a test for each alone would cost more than what it asks."""
INVOICE_FEEDS = {"F16", "F16L", "F17"}


def test_there_are_enough_features_over_enough_feeds() -> None:
    assert len(published()) >= 600
    assert len({code for entry in published() for code in entry.feeds}) >= 64
    assert sum(set(entry.feeds) <= INVOICE_FEEDS for entry in published()) >= 22


def test_names_and_labels_are_unique() -> None:
    for facts in (
        [entry.name for entry in published()],
        [entry.label for entry in published()],
        [entry.label_en for entry in published()],
    ):
        assert len(facts) == len(set(facts))


@EVERY
def test_every_feature_says_what_a_reader_must_know(entries: list[Entry]) -> None:
    for entry in entries:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", entry.name), entry.name
        assert CHINESE.search(entry.label), entry.name
        assert not CHINESE.search(entry.label_en), entry.name
        assert entry.unit, entry.name
        assert "《" in entry.reference, entry.name
        assert all(f"{code}" in entry.reference for code in entry.feeds), entry.name
        assert entry.missing, entry.name
        assert set(entry.purposes) <= set(PURPOSES), entry.name
        assert entry.purposes, entry.name


@EVERY
def test_every_reason_reads_in_both_languages_and_directions(entries: list[Entry]) -> None:
    for entry in entries:
        reason = entry.reason
        assert re.fullmatch(r"[A-Z]+(-[A-Z]+)*", reason.code), entry.name
        for text in (reason.adverse, reason.favourable):
            assert CHINESE.search(text), entry.name
        for text in (reason.adverse_en, reason.favourable_en):
            assert text, entry.name
            assert not CHINESE.search(text), entry.name
        if entry.unit != "flag":
            texts = (reason.adverse, reason.favourable, reason.adverse_en, reason.favourable_en)
            assert all("{value}" in text for text in texts), entry.name


@EVERY
def test_consent_is_no_weaker_than_the_most_confidential_feed(entries: list[Entry]) -> None:
    for entry in entries:
        levels = {find_feed(code).level for code in entry.feeds}
        assert entry.consent == (CL0 if levels == {"L1"} else CL1), entry.name


@EVERY
def test_a_supervisor_never_reads_the_records_that_leave_as_values_only(entries: list[Entry]) -> None:
    for entry in entries:
        about_partners = "F17" in entry.feeds or (
            "F16L" in entry.feeds and any("counterparty_hash" in leaf.reads for leaf in leaves(entry.definition))
        )
        assert ("supervision" in entry.purposes) is not about_partners, entry.name


@EVERY
def test_every_feature_reads_columns_its_feeds_have(entries: list[Entry]) -> None:
    for entry in entries:
        for leaf in leaves(entry.definition):
            assert leaf.feed is find_feed(leaf.feed.code), entry.name
            assert leaf.feed.feature_source, f"{entry.name}: what banks report is what models predict"
            assert set(leaf.reads) <= set(leaf.feed.dtypes), entry.name
            assert leaf.feed.subject not in leaf.reads, entry.name


@EVERY
def test_every_window_of_a_monthly_feed_counts_published_periods(entries: list[Entry]) -> None:
    for entry in entries:
        for leaf in leaves(entry.definition):
            if leaf.feed.period in ("month", "quarter"):
                assert leaf.within.step in (Step.PERIODS, Step.EVER), entry.name


@EVERY
def test_every_definition_has_its_sentence(entries: list[Entry]) -> None:
    for entry in entries:
        said = sentence(entry.definition)
        assert all(re.search(rf"\b{code}\b", said) for code in entry.feeds), entry.name


@EVERY
def test_every_definition_and_unit_is_told_in_chinese(entries: list[Entry]) -> None:
    for entry in entries:
        said = sentence(entry.definition, "zh")
        assert all(code in said for code in entry.feeds), entry.name
        assert not re.search(r"\b(?:of|the|in|where|and|or|not|known|ever|last|plus|over|less|True|False)\b", said), (
            entry.name
        )
        assert entry.unit in UNITS, entry.name


@EVERY
def test_what_counts_records_or_values_has_the_unit_of_a_count(entries: list[Entry]) -> None:
    """A share, or how many times something is another, turns at hundredths: no count does."""
    for entry in entries:
        if isinstance(entry.definition, Feature) and entry.definition.take.kind in (Kind.COUNT, Kind.DISTINCT):
            assert entry.unit not in ("times", "share", "bp", "change"), entry.name


def test_no_unit_is_left_that_no_feature_counts() -> None:
    assert {entry.unit for entry in published()} == set(UNITS)


def test_a_category_has_no_direction() -> None:
    categorical = [entry for entry in published() if entry.categories]
    assert categorical
    assert all(entry.sign is NEUTRAL for entry in categorical)


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(UnknownName, match="Did you mean: tax_arrears_count_24m"):
        find_feature("tax_arrears_count_24")


def test_the_hash_is_of_what_is_computed_in_order() -> None:
    names = [entry.name for entry in published()]
    assert definition_hash(names) == definition_hash(iter(names))
    assert len({definition_hash([name]) for name in names}) == len(names)
    assert definition_hash(names[:2]) != definition_hash(names[1::-1])


def test_the_law_has_a_hash_of_its_own_which_only_an_amendment_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[str]:
        return [law_hash(["penalties_36m"]), law_hash(["tax_arrears_count_24m"]), definition_hash(["penalties_36m"])]

    before = told()
    amend_penalties(monkeypatch, question="Another wording of what is asked.")
    assert told() == before
    amend_penalties(monkeypatch)
    assert [one == other for one, other in zip(before, told(), strict=True)] == [False, True, True]


def test_a_deadline_enters_the_hash_of_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    [name] = [entry.name for entry in published() if entry.feeds == ("F47",)][:1]
    before = law_hash([name])
    longer = [clock.model_copy(update={"length": clock.length + 1}) for clock in clocks()]
    monkeypatch.setattr("features.law.clocks.clocks", lambda: longer)
    assert law_hash([name]) != before


def test_every_part_of_a_definition_enters_its_canonical_form() -> None:
    definition = find_feature("tax_arrears_count_24m").definition
    assert isinstance(definition, Feature)
    changed = [
        replace(definition, within=months(12)),
        replace(definition, where=None),
        replace(definition, missing=None),
        replace(definition, feed=find_feed("F15")),
        replace(definition, feed=replace(definition.feed, publish_lag_days=(30, 91))),
    ]
    forms = [str(canonical(one)) for one in (definition, *changed)]
    assert len(set(forms)) == len(forms)
    assert canonical(replace(definition)) == canonical(definition)


def test_a_feed_has_the_features_that_read_it_or_what_is_derived_from_it() -> None:
    assert {entry.name for entry in features_of("F18")} >= {"tax_arrears_count_24m", "tax_arrears_open"}
    assert {entry.name for entry in features_of("X01")} < {entry.name for entry in features_of("F03")}
    assert features_of("F60") == ()
