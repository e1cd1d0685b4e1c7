"""Matching one need with the loan products on offer."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bureau.grant import ReadGrant
from models.scoring import Scored
from products.alarm import alarmed
from products.desk import Desk
from products.matchmaking.content import MatchContent, MatchResult
from products.matchmaking.profile import profile_of
from products.matchmaking.ranking import rank_matches
from products.matchmaking.terms import LoanProductTerms, Need
from products.reading import Outcome, Reading, open_reading
from products.reports.answer import Answer, answer_of
from products.reports.content import Mark, ModelUsed
from products.reports.coverage import data_as_of, marks_of, outcome_of
from products.reports.evidence import entered_marks

MATCHING = "P31"
MOST_MATCHES = 200
"""Of one answer."""


def match(desk: Desk, need: Need, loan_products: Mapping[str, LoanProductTerms], grant: ReadGrant) -> Answer:
    """Every loan product against one need, ranked, as known on the desk's day; the first `MOST_MATCHES` are told.

    loan_products: terms by the identity their caller knows them by. A firm nothing is known of matches too: what is
    asked of it counts as failed. Raises `ImpossibleUscc`, and `ModelNotReleased` where a score serves here and its
    model is not released.
    """
    with alarmed(desk):
        return _matched(desk, need, loan_products, grant)


def _matched(desk: Desk, need: Need, loan_products: Mapping[str, LoanProductTerms], grant: ReadGrant) -> Answer:
    product = desk.line(MATCHING)
    reading = open_reading(desk, product, need.subject, grant)
    of_score = _reading_of_score(reading)
    asked = None if of_score is None else _asked(of_score)
    scored = None if of_score is None else _score(of_score)
    behind = [reading, of_score] if of_score is not None and scored else [reading]
    model = asked if scored else None
    firm = profile_of(reading, scored)
    matches = rank_matches(loan_products, need, firm)[:MOST_MATCHES]
    content = MatchContent(
        result=MatchResult(
            matches=list(matches),
            eligible=sum(found.eligible for found in matches),
            score=firm.score,
            grade=firm.grade,
        ),
        need=need,
        model=model,
        data_as_of=max(filter(None, map(data_as_of, behind)), default=None),
        marks=[*_marks(behind), *entered_marks(reading, _read(reading, model))],
    )
    return answer_of(reading, _outcome(reading, scored), content.model_dump(mode="json"), asked)


def _reading_of_score(reading: Reading) -> Reading | None:
    """The same firm read for the first score product served here."""
    served = [code for code in reading.product.scores if reading.desk.serves(code)]
    return replace(reading, product=reading.desk.line(served[0])) if served else None


def _asked(of_score: Reading) -> ModelUsed:
    model = of_score.desk.model_for(of_score.product.code)
    return ModelUsed(name=model.name, version=model.version)


def _score(of_score: Reading) -> Scored | None:
    """The score; None where nothing was found to score."""
    if outcome_of(of_score) == "not_found":
        return None
    model = of_score.desk.model_for(of_score.product.code)
    return model.score(of_score.values(model.features))


def _marks(behind: Iterable[Reading]) -> list[Mark]:
    """What is to be known about the feeds behind a match, each told once, by feed."""
    told = {(mark.feed, mark.code): mark for reading in behind for mark in marks_of(reading)}
    return [told[key] for key in sorted(told)]


def _read(reading: Reading, model: ModelUsed | None) -> tuple[str, ...]:
    """The features the profile and the score rest on."""
    scored = reading.desk.shelf.model(model.name).features if model else ()
    return tuple(dict.fromkeys((*sorted(reading.product.features()), *scored)))


def _outcome(reading: Reading, scored: Scored | None) -> Outcome:
    registered = reading.recorded["F01"] is not None
    if not registered and scored is None:
        return "not_found"
    return "found" if registered and scored else "partial"
