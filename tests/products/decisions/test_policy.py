"""Policies are checked when they are read: what cannot be meant is said in one sentence naming the file."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bureau.errors import InvalidInput, UnknownName, UnreadableFile
from features.definitions.library import find_feature
from products.decisions import policy
from products.decisions.policy import POLICIES, find_policy, find_policy_of, find_policy_on, load_policy
from products.product import EARLIER
from tests.factories.policies import POLICY, RULES, policy_file


def rule(**changes: Any) -> dict[str, Any]:
    return deepcopy(RULES[0]) | changes


def when(**changes: Any) -> dict[str, Any]:
    """Changes that leave the policy with one rule of one changed comparison."""
    return {"rules": [rule(when=[RULES[0]["when"][0] | changes])]}


def bands(index: int, **changes: Any) -> dict[str, Any]:
    changed = deepcopy(POLICY["bands"])
    changed[index] |= changes
    return {"bands": changed}


@pytest.mark.parametrize("path", sorted(POLICIES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_policy_of_the_house_is_whole(path: Path) -> None:
    policy = load_policy(path)
    assert all(find_feature(name) for name in policy.features)


def test_a_good_file_is_a_policy(tmp_path: Path) -> None:
    assert load_policy(policy_file(tmp_path)).features == (
        "tax_arrears_open",
        "dishonest_listed",
        "sales_amount_12p",
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param(when(feature="tax_arears_open"), "There is no feature 'tax_arears_open'", id="unknown feature"),
        pytest.param(when(op="=>"), "rules.0.when.0.op", id="unknown operator"),
        pytest.param(when(value="much"), "tax_arrears_open is a number", id="a number against a word"),
        pytest.param(
            when(feature="industry_section", op=">=", value=1),
            "industry_section is a word",
            id="a word against one",
        ),
        pytest.param(
            when(feature="industry_section", op="in", value=["Z"]), "is never 'Z'", id="a section that does not exist"
        ),
        pytest.param(
            when(feature="supplier_turnover_4q"),
            "may not read 'supplier_turnover_4q'",
            id="a feature of other products",
        ),
        pytest.param({"rules": [rule(effect="maybe")]}, "rules.0.effect", id="unknown effect"),
        pytest.param({"rules": [rule(), rule()]}, "rule ARREARS stands twice", id="a rule twice"),
        pytest.param({"rules": []}, "rules: ", id="no rules"),
        pytest.param({"score_products": ["P31"]}, "no score product P31", id="a product that is no score"),
        pytest.param({"score_products": ["P99"]}, "no score product P99", id="a product that does not exist"),
        pytest.param({"bands": POLICY["bands"][:4]}, "one for each grade", id="a grade without a band"),
        pytest.param({"bands": POLICY["bands"][::-1]}, "one for each grade", id="bands in another order"),
        pytest.param(bands(0, terms=None), "grade A is approved and has no terms", id="approved without terms"),
        pytest.param(
            bands(4, terms=POLICY["bands"][0]["terms"]), "grade E is declined and has terms", id="declined with terms"
        ),
        pytest.param(
            bands(0, terms=POLICY["bands"][0]["terms"] | {"rate_bps": {"credit": 400}}),
            "no rate for guarantee",
            id="a security without a rate",
        ),
        pytest.param(
            {"limit": POLICY["limit"] | {"bases": [{"feature": "age_days", "text": "天", "text_en": "days"}]}},
            "'age_days' is not an amount in fen",
            id="a limit from days",
        ),
        pytest.param({"version": 0}, "version: ", id="version nought"),
        pytest.param({"colour": "red"}, "colour: ", id="unknown key"),
    ],
)
def test_a_fault_names_file_and_place(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    path = policy_file(tmp_path, **changes)
    with pytest.raises(UnreadableFile) as raised:
        load_policy(path)
    assert str(raised.value).startswith(str(path))
    assert says in str(raised.value)


def test_a_file_bears_the_name_of_its_policy(tmp_path: Path) -> None:
    path = policy_file(tmp_path).rename(tmp_path / "other.yaml")
    with pytest.raises(UnreadableFile, match=r"name the file small\.yaml"):
        load_policy(path)


def test_an_unknown_policy_offers_near_names() -> None:
    with pytest.raises(UnknownName, match="default"):
        find_policy("defualt")


@pytest.fixture
def in_two_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the small policy: version 3 holds from July 2026, version 2 from January, version 1 from 2025."""
    (tmp_path / EARLIER).mkdir()
    for version, day in ((1, "2025-01-01"), (2, "2026-01-01")):
        path = policy_file(tmp_path, version=version, effective_from=day)
        path.rename(tmp_path / EARLIER / f"small.{version}.yaml")
    policy_file(tmp_path, version=3, effective_from="2026-07-01")
    monkeypatch.setattr(policy, "POLICIES", tmp_path)
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget() -> None:
    find_policy.cache_clear()
    find_policy_of.cache_clear()


@pytest.mark.parametrize(
    ("day", "version"),
    [
        pytest.param(date(2026, 7, 1), 3, id="its first day"),
        pytest.param(date(2026, 6, 30), 2, id="the day before"),
        pytest.param(date(2025, 1, 1), 1, id="the first day of the first"),
    ],
)
def test_a_policy_decides_from_its_day_on(in_two_versions: Path, day: date, version: int) -> None:
    assert find_policy_on("small", day).version == version


def test_before_the_first_day_of_all_no_policy_decides(in_two_versions: Path) -> None:
    with pytest.raises(InvalidInput, match="small decides from 2025-01-01 on"):
        find_policy_on("small", date(2024, 12, 31))
