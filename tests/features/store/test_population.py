"""Figures of peers: of the others only, never of a small group, the same built, trained, live and by any engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.grant import operator_grant
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.entry import Entry
from features.definitions.library import find_feature
from features.definitions.parts import parts_of
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.lake.memory import forget
from features.lake.registry import resolve
from features.store import computation, population
from features.store.build import build_features
from features.store.citations import cited
from features.store.city_build import CityBuild
from features.store.lineage import explain
from features.store.live import live_vector
from features.store.population import DAY as SUMS_DAY
from features.store.population import (
    FURTHEST,
    Cohort,
    Sums,
    fill,
    group_sums,
    population_of,
    read_sums,
    summed,
    sums_path,
    write_sums,
)
from features.store.training_set import training_set
from tests.factories.lakes import land_rows, make_lake, uscc
from tests.factories.law import amend_penalties
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears

MEAN = "peer_tax_arrears_count_24m_section_district"
LEAST = population_of(find_feature(MEAN)).least
FIRMS = [uscc(number) for number in range(1, LEAST + 3)]
LONE = uscc(900)
DAY = date(2025, 6, 1)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """LEAST + 2 shops of Nanshan, of which the first owes twice and the second once, and a lone factory."""
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    shops = [registration(firm) | {"section": "F", "division": "440305"} for firm in FIRMS]
    land_rows(lake, REGISTRATION, [*shops, registration(LONE) | {"section": "C", "division": "440306"}], "2025-01-01")
    owed = [
        tax_arrears(FIRMS[0], date(2025, 2, 28)),
        tax_arrears(FIRMS[0], date(2025, 3, 31)),
        tax_arrears(FIRMS[1], date(2025, 3, 31)),
    ]
    land_rows(lake, TAX_ARREARS, owed, "2025-04-20")
    return lake


def live(lake: Lake, firm: str, engine: Engine, day: date = DAY) -> float | str | None:
    number = resolve(lake, firm).enterprise_id
    return live_vector(lake, [MEAN], number, day, operator_grant(), engine=engine)[MEAN]


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.KERNEL])
def test_the_mean_is_of_the_others(lake: Lake, engine: Engine) -> None:
    others = len(FIRMS) - 1
    assert live(lake, FIRMS[0], engine) == 1 / others
    assert live(lake, FIRMS[1], engine) == 2 / others
    assert live(lake, FIRMS[2], engine) == 3 / others
    assert live(lake, LONE, engine) is None


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.KERNEL])
def test_before_anything_was_known_of_the_feed_nothing_is_said(lake: Lake, engine: Engine) -> None:
    assert live(lake, FIRMS[2], engine, date(2025, 4, 30)) is None


def test_built_trained_and_live_are_the_same(lake: Lake) -> None:
    built = build_features(lake, [MEAN], DAY, operator_grant())
    labels = pl.DataFrame({"subject": [*FIRMS, LONE, "nobody"], "as_of": [DAY] * (len(FIRMS) + 2)})
    trained = training_set(lake, labels, [MEAN], operator_grant("training")).frame
    by_firm = dict(zip(built["uscc"], built[MEAN], strict=True))
    assert trained[MEAN].to_list() == [*(by_firm[firm] for firm in (*FIRMS, LONE)), None]
    assert [live(lake, firm, Engine.KERNEL) for firm in FIRMS] == [by_firm[firm] for firm in FIRMS]


def test_the_evidence_names_no_other_firm(lake: Lake) -> None:
    number = resolve(lake, FIRMS[2]).enterprise_id
    explained = explain(lake, MEAN, number, DAY, operator_grant())
    assert {record.feed for record in explained.records} == {"F01"}
    assert all(FIRMS[2] in record.record_id for record in explained.records)
    assert explained.cohort == Cohort((("industry_section", "F"), ("registration_district", "440305")), len(FIRMS) - 1)


def test_the_record_cited_for_a_group_is_the_one_that_made_it(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    shops = [registration(firm) | {"section": "F", "division": "440305"} for firm in FIRMS]
    land_rows(lake, REGISTRATION, shops, "2025-01-01")
    moved = shops[0] | {"version": 2, "op": "U", "section": "C", "event_date": date(2025, 6, 9)}
    land_rows(lake, REGISTRATION, [moved], "2025-06-10")
    number = resolve(lake, FIRMS[0]).enterprise_id
    for day, section in ((date(2025, 6, 20), "F"), (date(2025, 7, 1), "C")):
        explained = explain(lake, MEAN, number, day, operator_grant())
        [record] = explained.records
        assert explained.cohort is not None
        assert dict(explained.cohort.shared)["industry_section"] == section
        assert record.values["section"] == section
        [citation] = cited(lake, [MEAN], number, day, operator_grant(), lake.snapshot()).newest([MEAN], 5)
        assert citation.event_date == record.event_date


def test_what_lands_later_moves_the_mean_from_then_on(tmp_path: Path, lake: Lake) -> None:
    lake = make_lake(tmp_path)
    shops = [registration(firm) | {"section": "F", "division": "440305"} for firm in FIRMS]
    land_rows(lake, REGISTRATION, shops, "2025-01-01")
    land_rows(lake, TAX_ARREARS, [tax_arrears(FIRMS[0], date(2025, 2, 28))], "2025-04-20")
    before, snapshot = live(lake, FIRMS[2], Engine.KERNEL), lake.snapshot()
    land_rows(lake, TAX_ARREARS, [tax_arrears(FIRMS[1], date(2025, 3, 31))], "2025-05-20")
    assert live(lake, FIRMS[2], Engine.KERNEL) == 2 * float(str(before))
    number = resolve(lake, FIRMS[2]).enterprise_id
    assert live_vector(lake, [MEAN], number, DAY, operator_grant(), snapshot)[MEAN] == before


def test_threads_that_ask_at_once_after_a_snapshot_add_the_city_up_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = make_lake(tmp_path)
    shops = [registration(firm) | {"section": "F", "division": "440305"} for firm in FIRMS]
    land_rows(lake, REGISTRATION, shops, "2025-01-01")
    land_rows(lake, TAX_ARREARS, [tax_arrears(FIRMS[0], date(2025, 3, 31))], "2025-04-20")
    added_up: list[Entry] = []

    def counted(city: pl.DataFrame, entry: Entry) -> Sums:
        added_up.append(entry)
        return group_sums(city, entry)

    monkeypatch.setattr(computation, "group_sums", counted)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda firm: live(lake, firm, Engine.KERNEL), FIRMS[:8]))
    assert told == [0.0, *[1 / (len(FIRMS) - 1)] * 7]
    assert [entry.name for entry in added_up] == [MEAN]


def test_kept_sums_are_read_whole_while_threads_write_them(tmp_path: Path) -> None:
    path = tmp_path / "groups" / "sums.json"
    written = [Sums({(str(group),): (number, 1, 1) for group in range(5_000)}) for number in range(8)]

    def write_and_read(sums: Sums) -> bool:
        write_sums(path, sums)
        forget()  # else what was read first is told again
        return read_sums(path) in written

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, written * 4))
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_sums_and_files_of_a_day_are_made_anew_under_another_law(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, engine = find_feature("peer_penalties_36m_section"), Engine.KERNEL
    own, labels = ("penalties_36m",), pl.DataFrame({"subject": FIRMS[:1], "as_of": [DAY]})

    def told() -> tuple[Path, dict[str, str], dict[str, str]]:
        population._hashes.cache_clear()
        built = CityBuild(own, DAY, lake.snapshot()).stamp
        trained = training_set(lake, labels, own, operator_grant("training")).stamp
        return sums_path(lake, entry, DAY, lake.snapshot(), engine), built, trained

    before = told()
    with monkeypatch.context() as patched:
        amend_penalties(patched)
        after = told()
    assert [one == other for one, other in zip(before, after, strict=True)] == [False] * 3
    assert told() == before


@given(
    st.lists(st.tuples(st.sampled_from("FG"), st.none() | st.floats(-1e4, 1e4)), min_size=0, max_size=60),
    st.randoms(use_true_random=False),
)
def test_any_order_gives_the_same_sums(rows: list[tuple[str, float | None]], random: object) -> None:
    entry = find_feature("peer_sales_trend_6p_section")
    population = population_of(entry)
    shuffled = rows.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    sums = [group_sums(_city(population.of_name, some), entry) for some in (rows, shuffled)]
    assert sums[0] == sums[1]


def _city(name: str, rows: list[tuple[str, float | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        {"industry_section": [row[0] for row in rows], name: [row[1] for row in rows]},
        schema={"industry_section": pl.String, name: pl.Float64},
    )


@pytest.mark.parametrize(
    ("group", "own", "expected"),
    [
        pytest.param(("F",), 5.0, (105 - 5) / 20, id="twenty others"),
        pytest.param(("F",), None, 105 / 21, id="own value unknown"),
        pytest.param(("G",), 1.0, None, id="nineteen others"),
        pytest.param(("H",), 1.0, None, id="no such group"),
        pytest.param((None,), 1.0, None, id="in no group"),
    ],
)
def test_small_groups_are_silent(group: tuple[str | None, ...], own: float | None, expected: float | None) -> None:
    sums = Sums({("F",): (105, 21, 21), ("G",): (20, 20, 20)})
    population = population_of(find_feature("peer_penalties_36m_section"))
    assert sums.figure(population, group, own, own) == expected


def test_an_execution_is_asked_for_parts_only() -> None:
    parts = [entry.name for entry in parts_of([find_feature(MEAN), find_feature("tax_arrears_count_24m")])]
    assert parts == ["tax_arrears_count_24m", "industry_section", "registration_district"]


@given(st.lists(st.none() | st.floats(-50, 50), min_size=LEAST, max_size=3 * LEAST))
def test_many_rows_and_one_enterprise_are_told_to_the_same_bit(values: list[float | None]) -> None:
    entry = find_feature("above_peer_sales_trend_6p_section")
    population = population_of(entry)
    city = _city(population.of_name, [("F", value) for value in values])
    sums = group_sums(city, entry)
    filled = fill(entry, city, city.with_columns(pl.lit(DAY).alias(SUMS_DAY)), summed(entry, {DAY: sums}))
    assert filled.to_list() == [sums.figure(population, ("F",), value, value) for value in values]


def test_values_without_measure_neither_overflow_a_sum_nor_part_the_two_ways() -> None:
    entry = find_feature("peer_sales_trend_6p_section")
    name = population_of(entry).of_name
    values: list[float | None] = [9e30, 9e30, *[0.5] * LEAST]
    city = _city(name, [("F", value) for value in values])
    sums = group_sums(city, entry)
    assert sums.groups[("F",)] == (2 * FURTHEST + LEAST * 500_000, (LEAST + 2) * 1_000_000, LEAST + 2)
    many = fill(entry, city, city.with_columns(pl.lit(DAY).alias(SUMS_DAY)), summed(entry, {DAY: sums}))
    assert many.to_list() == [sums.figure(population_of(entry), ("F",), value, value) for value in values]
