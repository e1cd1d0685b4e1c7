"""A feed leads to what is derived from it."""

import pytest

from api.console.dependents import source_columns
from features.contracts.feeds import find_feed


@pytest.mark.parametrize(
    ("feeds", "delivered", "leading_to"),
    [
        pytest.param(["F18"], ["F18"], {}, id="delivered"),
        pytest.param(["X01"], ["F03", "F04"], {"F03": ["X01"], "F04": ["X01"]}, id="derived"),
        pytest.param(
            ["X02", "X01"],
            ["F03", "F04", "F27", "F28", "F31"],
            {
                "F03": ["X01", "X02"],
                "F04": ["X01", "X02"],
                "F27": ["X02"],
                "F28": ["X02"],
                "F31": ["X02"],
            },
            id="two derived of the same",
        ),
        pytest.param(
            ["F18", "X01"], ["F18", "F03", "F04"], {"F18": ["F18"], "F03": ["X01"], "F04": ["X01"]}, id="both"
        ),
    ],
)
def test_a_feed_leads_to_what_is_derived_from_it(
    feeds: list[str], delivered: list[str], leading_to: dict[str, list[str]]
) -> None:
    departments, nodes, derived = source_columns([find_feed(code) for code in feeds], "zh")
    assert [node.text[:3] for node in nodes] == delivered
    assert [node.text[:3] for node in derived] == (feeds if leading_to else [])
    assert {node.text[:3]: sorted(text[:3] for text in node.to) for node in nodes if node.to} == leading_to
    assert {text[:3] for department in departments for text in department.to or ()} == {*delivered}
