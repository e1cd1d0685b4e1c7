"""An answer given again is the same to the byte, whatever landed, was corrected, marked or compacted since."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import rfc8785

from bureau.clock import known_before
from bureau.errors import DamagedModel, InvalidInput, UnknownName
from features.contracts.feeds import FEEDS
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.compaction import compact
from features.lake.marks import mark_record
from features.lake.memory import forget
from features.lake.vacuum import vacuum
from products.desk import Desk
from products.product import Product, find_product
from products.reports.answer import Answer
from products.reports.producing import produce_report
from products.reports.replaying import desk_then
from tests.factories.desks import TODAY, TROUBLED, city_desk, city_rows, grant_for
from tests.factories.lakes import instant, land_rows
from tests.factories.tax import tax_arrears

GIVEN_AT = instant("2025-07-01T09:00")


def bytes_of(answer: Answer) -> bytes:
    return rfc8785.dumps(asdict(answer) | {"as_of": answer.as_of.isoformat()})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return city_desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def given(desk: Desk) -> dict[str, Answer]:
    """The answers of two products before anything changed."""
    return {code: answer(desk, find_product(code)) for code in ("P01", "P07")}


def answer(desk: Desk, product: Product) -> Answer:
    return produce_report(desk, product, TROUBLED, grant_for(product, TROUBLED))


def again(desk: Desk, answered: Answer) -> Answer:
    product = find_product(answered.product_code)
    then = desk_then(desk, product, answered, used_on=TODAY, at=GIVEN_AT)
    return produce_report(then, product, answered.uscc, grant_for(product, TROUBLED))


@pytest.fixture(scope="module")
def changed(desk: Desk, given: dict[str, Answer]) -> Desk:
    """A week later: the firm has another name and one arrears more, another was withdrawn, one is under objection,
    and every feed was compacted twice."""
    lake, later = desk.lake, TODAY + timedelta(days=7)
    rows = {contract.code: landed for contract, landed in city_rows()}
    owed = [row for row in rows["F18"] if row["uscc"] == TROUBLED]
    (registered,) = [row for row in rows["F01"] if row["uscc"] == TROUBLED]
    at = known_before(later)
    land_rows(lake, REGISTRATION, [registered | {"name": "改名后有限公司", "op": "U", "version": 2}], at)
    land_rows(lake, TAX_ARREARS, [owed[0] | {"op": "D", "version": 2}], at)
    land_rows(lake, TAX_ARREARS, [tax_arrears(TROUBLED, date(2025, 6, 30))], at)
    key = ("F18", owed[-1]["record_id"])
    mark_record(lake, key, "objection", from_day=TODAY, known_at=instant("2025-07-01T10:00"), made_at=at)
    for contract in FEEDS:
        compact(lake, contract.code, at=at)
    return replace(desk, today=later)


@pytest.mark.parametrize("code", ["P01", "P07"])
def test_a_week_later_the_same_bytes(changed: Desk, given: dict[str, Answer], code: str) -> None:
    assert bytes_of(again(changed, given[code])) == bytes_of(given[code])


@pytest.mark.parametrize("code", ["P01", "P07"])
def test_what_changed_is_in_the_answer_of_now(changed: Desk, given: dict[str, Answer], code: str) -> None:
    now = answer(changed, find_product(code))
    assert now.name == "改名后有限公司"
    assert bytes_of(now) != bytes_of(given[code])


def test_another_product_version_and_a_lost_model_are_refused(changed: Desk, given: dict[str, Answer]) -> None:
    with pytest.raises(InvalidInput, match="version 1 now and was 9"):
        again(changed, replace(given["P01"], product_version=9))
    with pytest.raises(DamagedModel, match="cannot be read"):
        again(changed, replace(given["P07"], model_version="9"))


def test_the_desk_of_now_is_untouched(changed: Desk, given: dict[str, Answer], tmp_path: Path) -> None:
    before = bytes_of(answer(changed, find_product("P07")))
    again(changed, given["P07"])
    assert bytes_of(answer(changed, find_product("P07"))) == before


def test_after_a_vacuum_the_same_bytes_where_it_was_needed_and_else_one_sentence(
    changed: Desk, given: dict[str, Answer]
) -> None:
    at, basis = instant("2026-07-01"), given["P07"].snapshot
    assert basis is not None
    assert vacuum(changed.lake, keep_days=1, at=at, needed=[basis]).files > 0
    for answered in given.values():
        assert bytes_of(again(changed, answered)) == bytes_of(answered)
    vacuum(changed.lake, keep_days=1, at=at)
    forget()
    with pytest.raises(UnknownName, match="no snapshot that can still be read"):
        again(changed, given["P07"])
