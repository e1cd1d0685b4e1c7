"""A marked record is used, and every answer that rests on it says so."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import delete

from features.lake.marks import mark_record
from features.lake.tables import Mark
from products.desk import Desk
from products.product import find_product
from products.reports.producing import produce_report
from tests.factories.desks import SOUND, TROUBLED, grant_for
from tests.factories.lakes import instant

RECORD = f"F34-{TROUBLED}-2025-01-15"


@pytest.fixture
def marked(city: Desk) -> Iterator[Desk]:
    known = instant("2025-06-28")
    mark_record(city.lake, ("F34", RECORD), "objection", from_day=date(2025, 6, 20), known_at=known, made_at=known)
    yield city
    with city.lake.catalogue.begin() as connection:
        connection.execute(delete(Mark))


@pytest.mark.parametrize("product", ["P01", "P07"])
def test_an_answer_tells_the_marks_of_its_records(marked: Desk, product: str) -> None:
    found = find_product(product)
    content = produce_report(marked, found, TROUBLED, grant_for(found, TROUBLED)).content
    told = [mark for mark in content["marks"] if mark["code"] == "UNDER-OBJECTION"]
    assert [(mark["feed"], mark["record_id"]) for mark in told] == [("F34", RECORD)]
    assert "异议处理中" in told[0]["text"]
    assert "since 2025-06-20" in told[0]["text_en"]
    other = produce_report(marked, found, SOUND, grant_for(found, SOUND)).content
    assert not [mark for mark in other["marks"] if "record_id" in mark]
