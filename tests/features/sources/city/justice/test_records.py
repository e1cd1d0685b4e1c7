"""Courts and supervisors: records answer to the state they should answer to, and hang together."""

import numpy as np
import polars as pl
import pytest

from features.sources.city.justice.commitments import commitments
from features.sources.city.justice.construction import construction_conduct
from features.sources.city.justice.environment import discharges, environment_ratings
from features.sources.city.justice.feeds import AFTER_DEFAULT, BEFORE_DEFAULT
from features.sources.city.justice.freezes import judicial_freezes
from features.sources.city.justice.honours import honours
from features.sources.city.justice.insolvency import bankruptcies
from features.sources.city.justice.licences import licences
from features.sources.city.justice.lists import public_lists
from features.sources.city.justice.occasions import drawn, hashed, in_sections, numbered, years_of
from features.sources.city.justice.safety import fire_inspections, work_safety
from features.sources.city.justice.transport import transport_violations
from features.sources.city.outcomes import delivered
from features.sources.city.rows import words
from features.sources.city.shard import Shard
from tests.factories.cities import drawn_shard


@pytest.fixture(scope="module")
def shard() -> Shard:
    """Enough enterprises for what is rare."""
    return drawn_shard(2_000)


@pytest.fixture(scope="module")
def town() -> Shard:
    """A whole shard, for what few enterprises leave."""
    return drawn_shard(10_000)


@pytest.fixture(scope="module", params=BEFORE_DEFAULT)
def statements(request: pytest.FixtureRequest, shard: Shard) -> pl.DataFrame:
    """Every feed of the group that does not follow default, one after the other."""
    stated: pl.DataFrame = BEFORE_DEFAULT[request.param](shard)
    return stated


def of(shard: Shard, path: np.ndarray, rows: pl.DataFrame) -> float:
    """The mean of something fixed about a firm over rows, less its mean over the rows' possible firms."""
    open_firms = np.flatnonzero(shard.active.any(axis=1))
    return float(path[rows["entity"].to_numpy()].mean() - path[open_firms].mean())


def first(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("version") == 1)


def last(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("record_id", "version").group_by("record_id", maintain_order=True).last()


def test_versions_of_a_record_are_each_one(statements: pl.DataFrame) -> None:
    assert statements.height > 0
    assert statements.select("record_id", "version").is_unique().all()
    assert (statements["learned_on"] >= statements["event_date"]).all()


def test_only_firms_that_are_open_leave_records(shard: Shard, statements: pl.DataFrame) -> None:
    begun = shard.firms.born[first(statements)["entity"].to_numpy()]
    assert (first(statements)["event_date"].cast(pl.Int32).to_numpy() > begun).all()


def test_restrictions_and_performances_wait_for_the_courts() -> None:
    assert set(AFTER_DEFAULT) == {"F29", "F32"}


def test_a_restriction_has_an_enforcement_before_it(village: object) -> None:
    restricted, enforced = delivered(village, "F29"), delivered(village, "F27")  # type: ignore[arg-type]
    both = restricted.unique("record_id").join(enforced.unique("record_id"), on="case_no")
    assert both.height > 0
    assert (both["from_on"] > both["filed_on"]).all()


def test_strained_firms_are_frozen_more_often(shard: Shard) -> None:
    assert of(shard, shard.latent.stress.mean(axis=1), first(judicial_freezes(shard))) > 0.15


def test_a_freeze_lifted_early_ends_on_the_day_it_is_told(shard: Shard) -> None:
    freezes = judicial_freezes(shard)
    freed = freezes.filter(pl.col("version") == 2)
    named = first(freezes).join(freed.select("record_id", freed_to="to_on"), on="record_id")
    assert freed.height > 20
    assert (freed["to_on"] == freed["learned_on"]).all()
    assert (named["to_on"] > named["freed_to"]).mean() > 0.8
    assert 0.3 < freed.height / first(freezes).height < 0.55


def test_insolvency_goes_from_petition_to_plan_or_end(town: Shard) -> None:
    stages = bankruptcies(town).sort("case_no", "stage_on")
    courses = stages.group_by("case_no").agg("stage")["stage"].to_list()
    assert {tuple(course) for course in courses} <= {("受理", "宣告", "终结"), ("受理", "重整批准", "执行完毕")}
    assert len(courses) > 5


def test_a_licence_ends_early_in_a_second_version_and_within_its_term(shard: Shard) -> None:
    rows = licences(shard)
    ended = rows.filter(pl.col("version") == 2)
    assert (first(rows)["status"] == "有效").all()
    assert set(ended["status"]) == {"注销", "撤销", "吊销"}
    assert (ended["learned_on"] < ended["to_on"].fill_null(pl.date(2100, 1, 1))).all()
    assert of(shard, shard.latent.integrity, ended) < -0.1


def test_some_licences_come_from_two_departments(shard: Shard) -> None:
    rows = first(licences(shard))
    twice = rows.group_by("entity", "item", "from_on").len().filter(pl.col("len") > 1)
    assert twice.height / rows.height == pytest.approx(0.02, rel=0.3)
    assert rows["doc_no"].is_unique().all()


def test_black_lists_follow_integrity_and_red_ones_quality(shard: Shard) -> None:
    entries = first(public_lists(shard))
    black, red = (entries.filter(pl.col("list_kind") == kind) for kind in ("黑名单", "红名单"))
    assert of(shard, shard.latent.integrity, black) < -0.2
    assert of(shard, shard.latent.quality, red) > 0.2
    assert entries["out_on"].null_count() == entries.height


def test_the_codes_of_lists_change_each_year(shard: Shard) -> None:
    entries = public_lists(shard).with_columns(year=pl.col("in_on").dt.year())
    assert entries.group_by("list_code").agg(pl.col("year").n_unique())["year"].max() == 1


def test_commitments_are_kept_by_the_honest(shard: Shard) -> None:
    settled = last(commitments(shard))
    overdue = settled.filter(pl.col("state").is_in(["逾期", "整改中", "逾期后履行", "违约"]))
    assert of(shard, shard.latent.integrity, overdue) < -0.2
    assert 0.05 < overdue.height / settled.height < 0.2
    assert settled["due_on"].null_count() / settled.height == pytest.approx(0.2, abs=0.03)


def test_a_commitment_goes_from_active_to_kept_or_overdue_and_on(shard: Shard) -> None:
    rows = commitments(shard).sort("record_id", "version")
    steps = rows.group_by("record_id", maintain_order=True).agg("state")["state"].to_list()
    assert {steps[0] for steps in steps} == {"履行中"}
    assert {tuple(course[1:]) for course in steps} == {
        ("已履行",),
        ("已撤回",),
        ("逾期", "整改中"),
        ("逾期", "逾期后履行"),
        ("逾期", "违约"),
    }
    assert (first(rows)["checked_on"].is_null()).all()


def test_good_firms_are_honoured_and_their_leaders_hashed(shard: Shard) -> None:
    given = honours(shard)
    assert of(shard, shard.latent.quality, given) > 0.2
    assert ((given["subject_type"] == "企业负责人") == given["person_hash"].is_not_null()).all()
    assert 0 < given["opt_out"].mean() < 0.05  # type: ignore[operator]


def test_grades_of_the_environment_agree_with_their_scores(shard: Shard) -> None:
    ratings = environment_ratings(shard)
    assert ratings.filter(pl.col("grade") == "绿")["score"].min() >= 85  # type: ignore[operator]
    assert ratings.filter(pl.col("grade") == "红")["score"].max() < 55  # type: ignore[operator]
    assert in_sections(shard, "CHE")[ratings["entity"].to_numpy()].all()


def test_discharge_above_the_limit_is_the_careless_ones(town: Shard) -> None:
    months = discharges(town)
    assert months.select("entity", "month").is_unique().all()
    assert (months["n_exceed"] + months["n_missing"] <= 31).all()
    above, within = (months.filter(pl.col("n_exceed") >= 2), months.filter(pl.col("n_exceed") == 0))
    assert of(town, town.latent.integrity, above) < of(town, town.latent.integrity, within) - 0.2


def test_hazards_are_put_right_in_a_second_version(shard: Shard) -> None:
    rows = work_safety(shard)
    assert (first(rows)["fixed_n"] == 0).all()
    assert (rows["fixed_n"] <= rows["hazard_n"]).all()
    assert ((rows["kind"] == "事故") == rows["accident_level"].is_not_null()).all()
    assert 0.4 < rows.filter(pl.col("version") == 2).height / first(rows).height < 0.9


def test_a_quarter_of_fire_inspections_name_no_code(shard: Shard) -> None:
    held = fire_inspections(shard)
    assert held["uscc"].null_count() / held.height == pytest.approx(0.25, abs=0.04)
    assert of(shard, shard.latent.integrity, held.filter(pl.col("result") != "合格")) < -0.1


def test_only_builders_are_scored_and_strain_lowers_the_score(shard: Shard) -> None:
    scored = construction_conduct(shard)
    assert in_sections(shard, "E")[scored["entity"].to_numpy()].all()
    stress = shard.latent.stress.mean(axis=1)[scored["entity"].to_numpy()]
    assert np.corrcoef(stress, scored["score"].to_numpy())[0, 1] < -0.1
    assert scored.select("project_no", "assessed_on", "entity").is_unique().all()


def test_a_violation_is_of_one_of_the_firms_vehicles(shard: Shard) -> None:
    caught = transport_violations(shard)
    assert caught.group_by("plate_hash").agg(pl.col("entity").n_unique())["entity"].max() == 1
    assert caught["plate_hash"].str.contains("^[0-9a-f]{16}$").all()
    assert caught["doc_no"].is_unique().all()


def test_hashes_are_of_a_number_and_a_city() -> None:
    numbers = np.array([1, 2, 1])
    here, there = hashed(numbers, 1).to_list(), hashed(numbers, 2).to_list()
    assert here[0] == here[2] != here[1]
    assert set(here).isdisjoint(there)


def test_words_numbers_and_years_are_columns() -> None:
    assert words(("a", None), np.array([1, 0, 0])).to_list() == [None, "a", "a"]
    assert numbered("({})粤{}号", np.array([2021, 2022]), pl.Series([7, 8])).to_list() == ["(2021)粤7号", "(2022)粤8号"]
    assert years_of(np.array([-1, 0, 365])).tolist() == [1969, 1970, 1971]


def test_what_is_drawn_keeps_its_shares() -> None:
    found = np.bincount(drawn(np.random.default_rng(1), 10_000, (6, 3, 1)), minlength=3) / 10_000
    assert found == pytest.approx([0.6, 0.3, 0.1], abs=0.02)
