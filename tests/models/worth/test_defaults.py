"""Who is followed: firms on their first default, beside others of the same month, section and size, each once."""

from datetime import date

import polars as pl
import pytest

from models.worth.defaults import OTHERS, Stratum, first_defaults, match
from tests.factories.loans import loan_feedback
from tests.factories.tax import month_ending

MARCH, APRIL = month_ending("2025-03"), month_ending("2025-04")
BUILDER: Stratum = ("E", 1)


def feedback(*rows: tuple[str, str, int]) -> pl.DataFrame:
    """Firm, month and days past due of each row."""
    return pl.DataFrame([loan_feedback(firm.rjust(18, "0"), month, dpd) for firm, month, dpd in rows])


def like(*firms: str, stratum: Stratum = BUILDER) -> dict[str, Stratum]:
    return {firm.rjust(18, "0"): stratum for firm in firms}


def followed(cases: pl.DataFrame, month: date) -> set[str]:
    others = cases.filter(~pl.col("defaulted") & (pl.col("month") == month))
    return {subject.lstrip("0") for subject in others["subject"]}


@pytest.mark.parametrize(("dpd", "defaults"), [pytest.param(90, 1, id="90 days"), pytest.param(89, 0, id="a day less")])
def test_default_begins_at_90_days(dpd: int, defaults: int) -> None:
    assert first_defaults(feedback(("A", "2025-03", dpd)), 90).height == defaults


def test_the_first_of_several_months_and_loans_counts_once() -> None:
    found = first_defaults(feedback(("A", "2025-04", 120), ("A", "2025-03", 90), ("A", "2025-02", 60)), 90)
    assert found["month"].to_list() == [MARCH]


def test_others_are_of_the_same_month_and_never_default() -> None:
    rows = feedback(("A", "2025-03", 90), ("B", "2025-03", 0), ("C", "2025-04", 0), ("D", "2025-03", 0))
    later = feedback(("D", "2025-05", 95))
    cases = match(pl.concat([rows, later]), like("A", "B", "C", "D"), 90)
    assert followed(cases, MARCH) == {"B"}
    assert cases.filter("defaulted")["subject"].str.strip_chars_start("0").sort().to_list() == ["A", "D"]


def test_the_same_section_and_size_come_first_and_others_fill_up() -> None:
    twins, strangers = [f"T{i}" for i in range(2)], [f"S{i}" for i in range(30)]
    rows = feedback(("A", "2025-03", 90), *((firm, "2025-03", 0) for firm in twins + strangers))
    cases = match(rows, like("A", *twins) | like(*strangers, stratum=("Q", 0)), 90)
    found = followed(cases, MARCH)
    assert len(found) == OTHERS
    assert set(twins) < found
    assert cases.filter(~pl.col("defaulted"))["alike"].sum() == len(twins)


def test_nobody_is_followed_twice() -> None:
    bad, good = [f"B{i}" for i in range(4)], [f"G{i}" for i in range(7)]
    rows = [(firm, "2025-03", 90) for firm in bad[:2]] + [(firm, "2025-04", 90) for firm in bad[2:]]
    rows += [(firm, month, 0) for firm in good for month in ("2025-03", "2025-04")]
    cases = match(feedback(*rows), like(*bad, *good), 90)
    assert cases["subject"].n_unique() == cases.height == len(bad) + len(good)


def test_no_default_is_nobody_to_follow() -> None:
    assert match(feedback(("A", "2025-03", 0)), like("A"), 90).is_empty()
