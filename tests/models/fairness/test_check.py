"""The check catches a planted proxy and a biased rule, and says nothing where nothing is wrong."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from bureau.errors import InvalidInput
from models.fairness.check import Finding, check, questions
from models.fairness.groups import APPROVE_BELOW
from models.register import Answer
from models.scoring import ScoringModel
from models.sme_default.spec import SPEC
from models.training import Labelled, rows_of
from tests.factories.granted_loans import labelled_loans, quick_model
from tests.factories.planted import ELSEWHERE, HERE, ORIGIN, origins, plant_biased_rule, plant_proxy

PROXY = "address_changes_24m"


def city(*, loans: int = 3000, proxy: float = 0.0, harm: float = 0.0, seed: int = 5) -> pl.DataFrame:
    """Loans with the origin of their owners. harm: extra defaults written down for those from elsewhere."""
    frame = labelled_loans(loans, seed=seed).frame
    frame = frame.join(origins(frame["subject"]), on="subject", maintain_order="left")
    if proxy:
        frame = plant_proxy(frame, PROXY, correlation=proxy)
    wronged = (frame[ORIGIN] == ELSEWHERE).to_numpy() & (np.random.default_rng(seed).random(loans) < harm)
    return frame.with_columns(target=pl.when(pl.Series(wronged)).then(1.0).otherwise("target"))


def halves(frame: pl.DataFrame) -> tuple[ScoringModel, pl.DataFrame]:
    """A model of the firms in the first half of the loans, and the other half."""
    seen = frame[: len(frame) // 2]
    return quick_model(Labelled(seen, rows_of(SPEC.columns, seen), "", 1)), frame[len(frame) // 2 :]


def found(
    frame: pl.DataFrame, applications: pl.DataFrame | None = None, approve_below: float = APPROVE_BELOW
) -> list[Finding]:
    model, unseen = halves(frame)
    audit = check(model, unseen, traits=[ORIGIN], applications=applications, approve_below=approve_below)
    return audit.found


def applications_of(frame: pl.DataFrame, refused: float) -> pl.DataFrame:
    """Everybody asked once a loan; a bank that knows a little of the risk granted most of them."""
    late = frame["tax_late_declarations_12p"].to_numpy()
    granted = np.random.default_rng(3).random(len(frame)) < 0.95 - 0.1 * np.minimum(late, 5)
    asked = frame.with_columns(granted=pl.Series(granted))
    return plant_biased_rule(asked, refused=refused) if refused else asked


def test_an_honest_city_has_no_finding() -> None:
    frame = city()
    assert found(frame, applications=applications_of(frame, 0.0)) == []


def test_a_planted_proxy_is_named_with_its_correlation() -> None:
    (proxy,) = [one for one in found(city(proxy=0.5)) if one.kind == "proxy"]
    assert (proxy.subject, proxy.grouping, proxy.refuses) == (PROXY, ORIGIN, True)
    assert proxy.low < 0.5 < proxy.high + 0.05
    assert proxy.text.startswith(f"{PROXY} tells origin ")


def test_a_model_that_learnt_the_proxy_is_accused_of_its_score_and_of_its_refusals() -> None:
    kinds = {(one.kind, one.subject) for one in found(city(proxy=0.5, harm=0.9), approve_below=0.2)}
    assert {("proxy", PROXY), ("proxy", "score"), ("approval", "approved"), ("error", "refused good")} <= kinds


def test_a_biased_rule_of_the_past_is_caught_at_equal_risk() -> None:
    frame = city()
    (history,) = found(frame, applications=applications_of(frame, 0.3))
    assert (history.kind, history.group, history.refuses) == ("history", ELSEWHERE, True)
    assert history.low < history.figure < history.high < 1


def decided(frame: pl.DataFrame, group: str, granted: bool) -> pl.DataFrame:
    """Past applications of which those of one group were all answered alike."""
    return applications_of(frame, 0.0).with_columns(
        granted=pl.when(pl.col(ORIGIN) == group).then(pl.lit(granted)).otherwise("granted")
    )


@pytest.mark.parametrize(
    ("group", "granted"),
    [
        pytest.param(ELSEWHERE, False, id="the group was never approved"),
        pytest.param(HERE, True, id="the others were never refused"),
    ],
)
def test_a_group_refused_altogether_is_judged_and_named(group: str, granted: bool) -> None:
    model, unseen = halves(city())
    audit = check(model, unseen, traits=[ORIGIN], applications=decided(unseen, group, granted))
    (history,) = audit.found
    assert (history.kind, history.group, history.refuses) == ("history", ELSEWHERE, True)
    assert history.low <= history.figure < history.high < 0.2
    answer = questions(audit.found, audit.groups)[f"{ORIGIN} (past approvals)"]
    assert answer.unfair == (history.text,)
    assert sorted(answer.groups) == sorted((HERE, ELSEWHERE))


@pytest.mark.parametrize("granted", [True, False])
def test_past_applications_that_were_all_answered_alike_are_not_audited(granted: bool) -> None:
    model, unseen = halves(city())
    asked = unseen.with_columns(granted=pl.lit(granted))
    with pytest.raises(InvalidInput, match="compare no two groups of the trait origin"):
        check(model, unseen, traits=[ORIGIN], applications=asked)


def test_a_group_no_other_shares_a_risk_with_is_not_among_those_compared() -> None:
    """The riskiest tenth of all that asked are from abroad, and were all refused."""
    model, unseen = halves(city())
    abroad = pl.Series(model.predictor.raw(model.columns.matrix(unseen))).rank("ordinal") > 0.9 * len(unseen)
    asked = applications_of(unseen, 0.0).with_columns(
        pl.when(abroad).then(pl.lit("abroad")).otherwise(ORIGIN).alias(ORIGIN),
        granted=~abroad & pl.col("granted"),
    )
    audit = check(model, unseen, traits=[ORIGIN], applications=asked)
    assert sorted(audit.groups[f"{ORIGIN} (past approvals)"]) == sorted((HERE, ELSEWHERE))
    assert audit.found == []


@pytest.mark.parametrize("seed", range(3))
def test_small_groups_by_lot_ring_no_alarm(seed: int) -> None:
    """Twenty regions by lot, sixty loans each: with intervals of one comparison some would be accused."""
    frame = labelled_loans(2400, seed=4).frame
    by_lot = np.random.default_rng(seed).integers(0, 20, len(frame))
    frame = frame.with_columns(pl.Series("region", by_lot).cast(pl.String))
    model, unseen = halves(frame)
    asked = applications_of(unseen, 0.0)
    assert check(model, unseen, traits=["region"], applications=asked, approve_below=0.1).found == []


def test_an_overstated_district_is_for_a_person_to_look_at() -> None:
    frame = city().with_columns(district=pl.Series(np.resize(["440303", "440304", "440305"], 3000)))
    model, unseen = halves(frame)
    spared = unseen.with_columns(target=pl.when(pl.col("district") == "440304").then(0.0).otherwise("target"))
    (finding,) = check(model, spared).found
    assert (finding.kind, finding.group, finding.refuses) == ("misjudged", "440304", False)
    assert finding.figure < finding.limit == 0.8
    assert finding.high < 1
    assert "its risk is overstated" in finding.text


def test_a_group_too_small_to_judge_is_never_accused() -> None:
    frame = city()
    model, unseen = halves(frame)
    few = unseen.with_columns(district=pl.Series(np.where(np.arange(len(unseen)) < 40, "440310", "440303")))
    spared = few.with_columns(target=pl.when(pl.col("district") == "440310").then(0.0).otherwise("target"))
    assert check(model, spared).found == []


@pytest.mark.parametrize(
    ("told", "says"),
    [
        pytest.param(pl.lit(None, pl.String), "known of 0 of 1,500 loans judged, in 0 of the two groups", id="nobody"),
        pytest.param(pl.lit(ELSEWHERE), "known of 1,500 of 1,500 loans judged, in 1 of the two groups", id="all alike"),
    ],
)
def test_a_trait_without_two_groups_is_not_audited(told: pl.Expr, says: str) -> None:
    with pytest.raises(InvalidInput, match=f"{says}.*social credit code"):
        found(city().with_columns(told.alias(ORIGIN)))


def test_past_applications_of_which_a_trait_is_not_known_are_not_audited() -> None:
    frame = city()
    asked = applications_of(frame, 0.3).with_columns(pl.lit(None, pl.String).alias(ORIGIN))
    with pytest.raises(InvalidInput, match="known of 0 of 3,000 past applications"):
        found(frame, applications=asked)


def known_of(firms: int) -> pl.Expr:
    """The origin of the first firms alone, every other one from elsewhere."""
    number = pl.col("subject").rank("dense") - 1
    origin = pl.when(number % 2 == 0).then(pl.lit(ELSEWHERE)).otherwise(pl.lit(HERE))
    return pl.when(number < firms).then(origin).alias(ORIGIN)


@pytest.mark.parametrize("firms", [2, 12, 40])
def test_an_audit_of_a_handful_of_firms_is_refused_whatever_it_would_find(firms: int) -> None:
    model, unseen = halves(city(proxy=0.5, harm=0.9))
    few = unseen.with_columns(known_of(firms))
    says = f"known of {2 * firms} of 1,500 loans judged, in 0 of the two groups of 30 firms that repaid.*: bring a file"
    with pytest.raises(InvalidInput, match=says):
        check(model, few, traits=[ORIGIN])


def test_past_applications_of_a_handful_of_firms_are_not_judged() -> None:
    model, unseen = halves(city())
    asked = applications_of(unseen, 0.3).with_columns(known_of(59))
    with pytest.raises(InvalidInput, match="past applications, in 1 of the two groups of 30 firms that are needed"):
        check(model, unseen, traits=[ORIGIN], applications=asked)


def test_no_input_is_accused_of_telling_a_group_of_a_few_firms() -> None:
    """What is known of the two firms from abroad alone tells that they are."""
    model, unseen = halves(city())
    abroad = pl.col("subject").is_in(unseen["subject"].unique().sort().head(2).to_list())
    marked = pl.when(abroad).then(PROXY).alias(PROXY)
    few = unseen.with_columns(marked, pl.when(abroad).then(pl.lit("abroad")).otherwise(ORIGIN).alias(ORIGIN))
    assert check(model, few, traits=[ORIGIN]).found == []


def test_no_input_that_is_known_of_a_few_firms_is_accused_by_its_values() -> None:
    model, unseen = halves(city())
    number = pl.col("subject").rank("dense") - 1
    told = pl.when(number < 12).then((pl.col(ORIGIN) == ELSEWHERE).cast(pl.Float64)).alias(PROXY)
    assert check(model, unseen.with_columns(told), traits=[ORIGIN]).found == []


def test_past_approvals_are_a_question_that_an_audit_without_applications_does_not_answer() -> None:
    frame = city()
    biased, both = found(frame, applications=applications_of(frame, 0.3)), (HERE, ELSEWHERE)
    (text,) = [one.text for one in biased]
    asked = {ORIGIN: both, f"{ORIGIN} (past approvals)": both}
    answered = {ORIGIN: Answer(groups=both), f"{ORIGIN} (past approvals)": Answer(unfair=(text,), groups=both)}
    assert questions(biased, asked) == answered
    assert questions(found(frame), {ORIGIN: both}) == {ORIGIN: Answer(groups=both)}
    proxies = questions(found(city(proxy=0.5)), {ORIGIN: both})
    assert proxies[ORIGIN].unfair[0].startswith(f"{PROXY} tells origin ")


def test_the_groups_of_an_answer_are_those_large_enough_and_those_found_unfair() -> None:
    model, unseen = halves(city())
    abroad = pl.col("subject").is_in(unseen["subject"].unique().sort().head(20).to_list())
    three = unseen.with_columns(pl.when(abroad).then(pl.lit("abroad")).otherwise(ORIGIN).alias(ORIGIN))
    large = check(model, three, traits=[ORIGIN]).groups
    assert {name: sorted(groups) for name, groups in large.items()} == {ORIGIN: sorted((HERE, ELSEWHERE))}
    named = Finding("proxy", ORIGIN, "abroad", PROXY, 0.5, 0.4, 0.6, 0.2, True, "told")
    assert questions([named], large) == {ORIGIN: Answer(unfair=("told",), groups=(*large[ORIGIN], "abroad"))}


def test_a_model_that_tells_everybody_the_same_is_not_accused() -> None:
    model, unseen = halves(city())
    flat = replace(model, calibration=replace(model.calibration, slope=0.0, intercept=-4.0))
    assert check(flat, unseen, traits=[ORIGIN]).found == []
