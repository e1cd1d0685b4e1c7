"""Producing one report: read, judge or list, and say how complete it is."""

from bureau.errors import InvalidInput
from bureau.grant import ReadGrant
from products.alarm import alarmed
from products.desk import Desk
from products.product import Product
from products.reading import Reading, open_reading
from products.reports.answer import Answer, answer_of
from products.reports.basic import tell_records
from products.reports.content import ModelUsed, ReportContent
from products.reports.coverage import marks_of, outcome_of
from products.reports.score import judge


def produce_report(desk: Desk, product: Product, subject: str, grant: ReadGrant) -> Answer:
    """One answer of a report or score product about one enterprise, as known on the desk's day.

    subject: a code or an outside key. The same snapshot, day and model give the same content. Raises `ImpossibleUscc`,
    `ProductNotServed` and `ModelNotReleased`, `FieldNotGranted` where the grant is narrower than the product, and
    `ContributionsDisagree`, of which an alert is kept.
    """
    if product.kind == "matching":
        raise InvalidInput(f"{product.code} is answered by matching a need: POST /v1/needs, not by a report.")
    with alarmed(desk):
        return _produced(desk, product, subject, grant)


def _produced(desk: Desk, product: Product, subject: str, grant: ReadGrant) -> Answer:
    reading = open_reading(desk, product, subject, grant)
    model = desk.model_for(product.code) if product.kind == "score" else None
    outcome = outcome_of(reading)
    if outcome == "not_found":
        asked = ModelUsed(name=model.name, version=model.version) if model else None
        return answer_of(reading, outcome, nothing_found(reading).model_dump(mode="json"), asked)
    if model is None:
        return answer_of(reading, outcome, tell_records(reading).model_dump(mode="json"), None)
    judged = judge(reading, model)
    return answer_of(reading, outcome, judged.content.model_dump(mode="json"), judged.model)


def nothing_found(reading: Reading) -> ReportContent:
    """The content of an answer without a record: no result, and why."""
    return ReportContent(
        result=None,
        reasons=[],
        other_points=None,
        advice=[],
        model=None,
        data_as_of=None,
        marks=marks_of(reading),
    )
