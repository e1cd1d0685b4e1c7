"""Running a policy on one application: score, rules, band, limit."""

from bureau.errors import ProductNotServed
from bureau.grant import ReadGrant
from products.alarm import alarmed
from products.decisions.comparison import Known
from products.decisions.content import DecisionContent, PolicyUsed
from products.decisions.outcome import conclude
from products.decisions.policy import Policy
from products.decisions.rules import Facts, answer_rules
from products.desk import Desk
from products.lending import Application
from products.product import Product
from products.reading import Reading, open_reading
from products.reports.answer import Answer, answer_of
from products.reports.content import ModelUsed
from products.reports.coverage import outcome_of
from products.reports.producing import nothing_found
from products.reports.score import Judged, judge


def product_of(desk: Desk, policy: Policy) -> Product:
    """The score product a decision under this policy reads and is charged as: the first one served here.

    Raises `ProductNotServed`.
    """
    for code in policy.score_products:
        if desk.serves(code):
            return desk.line(code)
    raise ProductNotServed(" or ".join(policy.score_products), desk.source)


def decide(desk: Desk, subject: str, application: Application, policy: Policy, grant: ReadGrant) -> Answer:
    """What an institution's own policy recommends for one application, as known on the desk's day.

    grant: must cover `fields_of(product_of(desk, policy), "decision")`. Raises as `produce_report` does.
    """
    with alarmed(desk):
        return _decided(desk, subject, application, policy, grant)


def _decided(desk: Desk, subject: str, application: Application, policy: Policy, grant: ReadGrant) -> Answer:
    product = product_of(desk, policy)
    model = desk.model_for(product.code)
    reading = open_reading(desk, product, subject, grant)
    outcome = outcome_of(reading)
    judged = None if outcome == "not_found" else judge(reading, model, policy.features)
    content = _content(reading, policy, application, judged)
    asked = ModelUsed(name=model.name, version=model.version)
    return answer_of(reading, outcome, content.model_dump(mode="json"), asked)


def _content(reading: Reading, policy: Policy, application: Application, judged: Judged | None) -> DecisionContent:
    facts = _facts(reading, policy, application, judged)
    rules = answer_rules(policy.rules, facts)
    concluded = conclude(policy, rules, judged.scored.grade if judged else None, application, facts)
    report = judged.content if judged else nothing_found(reading)
    return DecisionContent(
        **dict(report),
        decision=concluded.decision,
        grounds=list(concluded.grounds),
        limit_fen=concluded.limit.limit_fen if concluded.limit and concluded.rate_bps is not None else None,
        rate_bps=concluded.rate_bps,
        term_months=concluded.term_months,
        limit=concluded.limit,
        rules=list(rules),
        application=application,
        policy=PolicyUsed(name=policy.name, version=policy.version, title=policy.title, title_en=policy.title_en),
    )


def _facts(reading: Reading, policy: Policy, application: Application, judged: Judged | None) -> Facts:
    """What the rules are put to: features, the score where there is one, and the application.

    A firm without a score may still stand on a public list, so its features are read all the same.
    """
    read = judged.values if judged else reading.values(policy.features)
    values: dict[str, Known | None] = {
        **{name: read[name] for name in policy.features},
        "amount_fen": application.amount_fen,
        "term_months": application.term_months,
        "use": application.use,
        "secured": application.secured,
    }
    if judged:
        values |= {"score": judged.scored.score, "grade": judged.scored.grade, "pd": judged.scored.pd}
    return Facts(values=values, not_received=reading.unreceived_by(policy.features))
