"""F54 lists of recognised enterprises, F55 research projects: they follow from quality."""

import numpy as np
import polars as pl

from features.contracts.qualification import MUNICIPAL, NATIONAL, PROVINCIAL
from features.contracts.research_project import PROJECT_STAGES
from features.sources.city.arrays import Floats, Ints, logistic
from features.sources.city.assets.drawing import felt, numbered, weighted
from features.sources.city.months import Months
from features.sources.city.population import SMALL
from features.sources.city.rows import days, fen, same, state, words
from features.sources.city.shard import Shard

_LISTS = (
    ("GXJS", "国家高新技术企业", NATIONAL, 3, 0.0, 0),
    ("KJZX", "科技型中小企业", PROVINCIAL, 1, 0.4, 0),
    ("CXZX", "创新型中小企业", MUNICIPAL, 3, -0.6, 1),
    ("ZJTX", "专精特新中小企业", PROVINCIAL, 3, -1.6, 2),
    ("XJR", "专精特新小巨人企业", NATIONAL, 3, -3.4, 2),
)
"""Code, name, level, years of validity, how easily it is had, and the size from which it is given."""
_STARTED, _RUNNING, _FINISHED, _STOPPED = range(len(PROJECT_STAGES))


def qualifications(shard: Shard) -> pl.DataFrame:
    """Each list takes firms in by their quality, and again when their term ends, if they still deserve it."""
    chance = shard.chances.of("qualifications")
    rule, firms = shard.parameters.assets.qualification, shard.firms
    merit = rule.merit + rule.quality * shard.latent.quality + weighted(shard, rule.sections, rule.other)
    parts = []
    for number, (code, name, level, years, easy, smallest) in enumerate(_LISTS):
        deserves = ~firms.dormant & (firms.size >= smallest) & (chance.random(firms.count) < logistic(merit + easy))
        firm, starts = _terms(shard, deserves, years, chance)
        ends = starts + years * 365 - 1
        year = _years(starts)
        texts = {"list_code": code, "list_name": name, "level": level}
        columns = {key: same(word, len(firm)) for key, word in texts.items()}
        parts.append(
            state(
                shard, "F54", firm, (year - 1970) * len(_LISTS) + number, starts,
                {**columns, "year": year.astype(np.int32), "starts_on": days(starts), "ends_on": days(ends)},
            )
        )  # fmt: skip
    return pl.concat(parts)


def _terms(shard: Shard, deserves: np.ndarray, years: int, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firm, first day) of terms that follow one another until one is not renewed."""
    rule, months, firms = shard.parameters.assets.qualification, shard.months, shard.firms
    who = np.flatnonzero(deserves)
    terms = (months.count // 12 + rule.since) // years + 1
    first = np.maximum(firms.opened[who] + 24, months.burn_in - 12 * rule.since) + chance.integers(0, 60, len(who))
    first = first - (first + int(months.month_of_year[0]) - 1) % 12 + 9  # lists come out in the autumn
    renewed = chance.random((len(who), terms)) < logistic(rule.renewal + 0.4 * shard.latent.quality[who])[:, None]
    renewed[:, 0] = True
    holds = np.logical_and.accumulate(renewed, axis=1)
    month = first[:, None] + 12 * years * np.arange(terms)
    kept = holds & (month < np.minimum(firms.left[who], months.count)[:, None])
    row, term = np.nonzero(kept)
    day = _first_days(months, month[row, term]) + chance.integers(0, 25, len(row))
    return who[row], day


def _first_days(months: Months, position: Ints) -> Ints:
    """First days of months by position, those before the burn-in too."""
    first = np.datetime64("1970-01", "M") + (months.year[0] - 1970) * 12 + (months.month_of_year[0] - 1)
    days_since: Ints = (first + position).astype("datetime64[D]").astype(np.int64)
    return days_since


def _years(day: Ints) -> Ints:
    years: Ints = day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years


def research_projects(shard: Shard) -> pl.DataFrame:
    """A project runs one to four years, a record each; strained firms spend less on it and stop it more often."""
    chance = shard.chances.of("research")
    rule, firms, months = shard.parameters.assets.research_project, shard.firms, shard.months
    ends = np.flatnonzero((months.month_of_year == 12) & (np.arange(months.count) >= months.burn_in))
    expected = rule.rate * weighted(shard, rule.sections, rule.other) * np.exp(rule.quality * shard.latent.quality)
    open_then = shard.active[:, ends]
    begun = open_then & (
        chance.random(open_then.shape) < np.minimum(expected * np.where(firms.size >= SMALL, 2, 1), 0.5)[:, None]
    )
    firm, first = np.nonzero(begun)
    length = chance.integers(1, 5, len(firm))
    project = np.repeat(np.arange(len(firm)), length)
    step = np.arange(len(project)) - np.repeat(np.cumsum(length) - length, length)
    year = first[project] + step
    stays = (year < len(ends)) & open_then[firm[project], np.minimum(year, len(ends) - 1)]
    project, step, year = project[stays], step[stays], year[stays]
    stage, alive = _stages(shard, firm[project], months.ends[ends[year]], project, step, length, chance)
    project, step, year, stage = project[alive], step[alive], year[alive], stage[alive]
    owner, day = firm[project], months.ends[ends[year]]
    spent = _spending(shard, owner, day, chance)
    funded: Floats = np.where(step == 0, spent * chance.uniform(0.1, 0.5, len(owner)), 0.0)
    return state(
        shard, "F55", owner, project * 8 + step, day,
        {
            "project_no": numbered("KJ", firms.entity[owner] * 512 + project % 512, 10),
            "year": months.year[ends[year]].astype(np.int32),
            "stage": words(PROJECT_STAGES, stage),
            "amount_fen": fen(np.round(funded, -3)),
            "rd_expense_fen": fen(np.round(spent, -2)),
        },
    )  # fmt: skip


def _stages(
    shard: Shard, owner: Ints, day: Ints, project: Ints, step: Ints, length: Ints, chance: np.random.Generator
) -> tuple[Ints, np.ndarray]:
    """The stage at each year's end, and which years a project lives to see: none follows the one that stopped it."""
    rule = shard.parameters.assets.research_project
    strain = felt(shard, shard.latent.stress, owner, day)
    stops = chance.random(len(owner)) < logistic(-3.2 + rule.stopped_stress * strain)
    last = step == length[project] - 1
    stage = np.where(last, _FINISHED, np.where(step == 0, _STARTED, _RUNNING))
    stopped_at = np.full(len(length), 99)
    np.minimum.at(stopped_at, project[stops], step[stops])
    return np.where(stops, _STOPPED, stage), step <= stopped_at[project]


def _spending(shard: Shard, owner: Ints, day: Ints, chance: np.random.Generator) -> Floats:
    """Yuan spent on a project in a year."""
    rule = shard.parameters.assets.research_project
    strain = felt(shard, shard.latent.stress, owner, day)
    spread = np.exp(rule.spend_stress * strain + 0.7 * chance.standard_normal(len(owner)))
    spent: Floats = 60_000 + 0.03 * shard.firms.revenue[owner] * spread
    return spent
