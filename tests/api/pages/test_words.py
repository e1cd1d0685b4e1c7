"""Every text of every page exists in both languages."""

import re
from pathlib import Path
from typing import get_args

import pytest

from api.metering.draft import ANSWERED, UNANSWERED
from api.metering.usage import DIMENSIONS
from api.pages import rendering
from api.pages.departments import department_told
from api.pages.words import WORDS
from bureau.grant import PURPOSES
from features.contracts.feeds import DERIVED_FEEDS, FEEDS
from products.lending import GRADES, LoanUse, Secured
from products.matchmaking.conditions import Status

TEMPLATES = sorted((Path(rendering.__file__).parent / "templates").glob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_uses_words_that_exist(template: Path) -> None:
    used = re.findall(r'words(?:\.(\w+)|\["(\w+)"\])', template.read_text(encoding="utf-8"))
    names = {plain or quoted for plain, quoted in used} - {"grade_"}
    assert names or template.name == "documentation.html"
    assert names <= WORDS["zh"].keys()


def test_codes_of_the_ledger_have_words() -> None:
    codes = {*DIMENSIONS, *PURPOSES, *ANSWERED, *UNANSWERED, *(f"grade_{grade}" for grade in GRADES)}
    assert codes <= WORDS["zh"].keys()


def test_codes_of_a_match_have_words() -> None:
    codes = {*(f"use_{use}" for use in get_args(LoanUse)), *(f"secured_{secured}" for secured in get_args(Secured))}
    assert codes | {f"condition_{status}" for status in get_args(Status)} <= WORDS["zh"].keys()


def test_every_department_of_a_contract_has_a_name_of_its_own_in_english() -> None:
    departments = {contract.department for contract in (*FEEDS, *DERIVED_FEEDS)}
    told = {department_told(name, "en") for name in departments}
    assert len(told) == len(departments)
    assert [name for name in told if not re.match(r"[A-Z]", name)] == []
    assert {department_told(name, "zh") for name in departments} == departments


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert [key for key, text in WORDS["en"].items() if not text.isascii() and key != "other_language"] == []


def test_no_template_loads_from_elsewhere_or_runs_inline() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
        assert not re.search(r"\son\w+=|\sstyle=|<style", text)
        assert "| safe" not in text
        assert "{{-" not in text, "Jinja reads {{-x}} as white-space control, not as minus x"
