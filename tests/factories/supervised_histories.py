"""Random records of a firm from courts, departments and inspectors, to be versioned with the rest of a history."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from features.contracts.bankruptcy import BANKRUPTCY_STAGES
from features.contracts.commitment import COMMITMENT_KINDS, COMMITMENT_STATES
from features.contracts.construction_conduct import QUALIFICATIONS
from features.contracts.environment_rating import ENVIRONMENT_GRADES
from features.contracts.fire_inspection import FIRE_RESULTS
from features.contracts.honour import HONOUR_LEVELS
from features.contracts.licence import LICENCE_STATES
from features.contracts.public_list import LIST_DOMAINS, LIST_KINDS
from features.contracts.transport_violation import TRANSPORT_ACTS
from features.contracts.work_safety import ACCIDENT, ACCIDENT_LEVELS, INSPECTION
from tests.factories.courts import bankruptcy, consumption_restriction, judicial_freeze, voluntary_performance
from tests.factories.oversight import (
    construction_conduct,
    discharge,
    environment_rating,
    fire_inspection,
    transport_violation,
    work_safety,
)
from tests.factories.public_standing import commitment, honour, licence, public_list

Row = dict[str, Any]
OF_EACH = 7
"""Records of each kind a firm may have, so that rare outcomes occur."""


def supervised_rows(chance: Random, firm: str, last_day: date, months: tuple[str, ...]) -> list[Row]:
    """First versions of the feeds of courts' measures, licences, lists, commitments, honours and supervision."""

    def day() -> date:
        return last_day - timedelta(days=chance.randrange(1, 1_300))

    def end(begun: date) -> date | None:
        return chance.choice([None, last_day, begun + timedelta(days=chance.randrange(1, 900))])

    once: list[Callable[[], Row]] = [
        lambda: _ended(consumption_restriction(firm, from_on=day(), case_no=firm), "lifted_on", end),
        lambda: _ended(
            judicial_freeze(firm, day(), amount_fen=chance.randrange(9**6), renew=chance.random() < 0.4), "to_on", end
        ),
        lambda: bankruptcy(firm, day(), chance.choice(BANKRUPTCY_STAGES)),
        lambda: voluntary_performance(firm, performed_on=day(), amount_fen=chance.randrange(9**6)),
        lambda: _ended(
            licence(firm, day(), item=chance.choice("ABC"), org=chance.choice("XYZ"), status=_licence_state(chance)),
            "to_on",
            end,
        ),
        lambda: _ended(
            public_list(firm, day(), list_kind=chance.choice(LIST_KINDS), domain=chance.choice(LIST_DOMAINS)),
            "out_on",
            end,
        ),
        lambda: commitment(
            firm,
            day(),
            kind=chance.choice(COMMITMENT_KINDS),
            state=chance.choice(COMMITMENT_STATES),
            item=chance.choice("ABC"),
            due_on=chance.choice([None, last_day]),
        ),
        lambda: _honour(chance, firm, day(), end),
        lambda: _safety(chance, firm, day()),
        lambda: fire_inspection(firm, day(), address=chance.choice("AB"), result=chance.choice(FIRE_RESULTS)),
        lambda: _assessment(chance, firm, day()),
        lambda: _violation(chance, firm, day()),
    ]
    rows = [make() for make in once for _ in range(chance.randrange(OF_EACH + 1))]
    numbered = [row | {"record_id": f"{row['record_id'].split('-')[0]}-{firm}-{n}"} for n, row in enumerate(rows)]
    return numbered + _periods(chance, firm, last_day, months)


def _ended(row: Row, column: str, end: Callable[[date], date | None]) -> Row:
    return row | {column: end(row["event_date"])}


def _licence_state(chance: Random) -> str:
    return chance.choice([LICENCE_STATES[0], *LICENCE_STATES])


def _honour(chance: Random, firm: str, day: date, end: Callable[[date], date | None]) -> Row:
    leader = {"subject_type": "企业负责人", "person_hash": "ab" * 8} if chance.random() < 0.5 else {}
    level, org = chance.choice(HONOUR_LEVELS), chance.choice("XYZ")
    refused = chance.random() < 0.1
    given = honour(firm, day, f"H{chance.randrange(4)}", level=level, org=org, opt_out=refused, **leader)
    return _ended(given, "to_on", end)


def _safety(chance: Random, firm: str, day: date) -> Row:
    if chance.random() < 0.3:
        level = chance.choice(ACCIDENT_LEVELS)
        return work_safety(firm, day, kind=ACCIDENT, hazard_n=0, fixed_n=0, accident_level=level)
    found = chance.randrange(4)
    return work_safety(firm, day, kind=INSPECTION, hazard_n=found, fixed_n=chance.randrange(found + 1))


def _assessment(chance: Random, firm: str, day: date) -> Row:
    project, qualification = f"P{chance.randrange(4)}", chance.choice([None, *QUALIFICATIONS])
    score, bad_acts = chance.randrange(40, 101), chance.randrange(3)
    return construction_conduct(firm, day, project, score=score, bad_acts=bad_acts, qualification=qualification)


def _violation(chance: Random, firm: str, day: date) -> Row:
    plate, act = f"{chance.randrange(3):016x}", chance.choice(TRANSPORT_ACTS[:3])
    return transport_violation(firm, day, points=chance.randrange(13), plate_hash=plate, act=act)


def _periods(chance: Random, firm: str, last_day: date, months: tuple[str, ...]) -> list[Row]:
    years = range(last_day.year - 4, last_day.year)
    grades = [
        environment_rating(firm, year, grade=chance.choice(ENVIRONMENT_GRADES), score=chance.randrange(101))
        for year in years
        if chance.random() < 0.8
    ]
    monitored = [
        discharge(firm, month, n_exceed=chance.choice([0, 0, chance.randrange(9)]), n_missing=chance.choice([0, 4]))
        for month in chance.sample(months, 20)
    ]
    return grades + monitored
