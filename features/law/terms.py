"""Dated tables of terms: how long each class of record may be published and used, regime by regime."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from bureau.errors import UnknownName
from features.law.datafile import RULE, read_rules
from features.law.months import term_over

NEVER_OVER = date(1899, 12, 31)
"""The day before the first a record can have: a term without end is over for nothing that began after it."""


class Term(BaseModel):
    """of: the class, None where the table has one. Months from the start of the clock; no maximum: no end of its own.

    Publicity lasts the minimum at least, whatever is repaired; use ends at the maximum. only_published: what the
    department did not publish is not used at all.
    """

    model_config = RULE

    of: str | None
    minimum_months: int = Field(ge=0)
    maximum_months: int | None = Field(ge=0)
    only_published: bool = False

    def months(self, *, published: bool) -> int | None:
        """How long a record is used, published or not; None: without end of its own."""
        return self.maximum_months if published or not self.only_published else 0


class LongDomains(BaseModel):
    """Domains in which publicity lasts longer at least. Information only: what is used ends at the maximum."""

    model_config = RULE

    minimum_months: int = Field(ge=0)
    domains: tuple[str, ...]


class Regime(BaseModel):
    """One rule and its terms from the day it came into force until the next regime's.

    starts: the day the clock starts, in the rule's words. transition: what becomes of records of earlier regimes.
    unclear: the text leaves something open; `question` is for the compliance owner.
    """

    model_config = RULE

    code: str
    in_force_from: date
    source: str
    article: str
    rule: str
    mark: Literal["verified", "unverified"]
    starts: str
    transition: Literal["expired stays expired"] | None = None
    terms: tuple[Term, ...]
    long_domains: LongDomains | None = None
    unclear: bool = False
    question: str | None = None

    @model_validator(mode="after")
    def _asks_what_is_unclear(self) -> Self:
        if self.unclear != (self.question is not None):
            raise ValueError("an unclear regime, and only one, has a question")
        return self

    def term(self, of: str | None) -> Term:
        """The term of a class; raises `UnknownName`."""
        for term in self.terms:
            if term.of == of:
                return term
        raise UnknownName("class of record", str(of), [str(term.of) for term in self.terms])


class TermTable(BaseModel):
    """divided_by: the column that names the class, None where all records have one term.

    published_by: the column of the day of publication, where a term is one of what is published only.
    information_only: no record's use follows it; it is listed for who compares publicity elsewhere.
    """

    model_config = RULE

    table: str
    name: str
    divided_by: str | None = None
    published_by: str | None = None
    information_only: bool = False
    regimes: tuple[Regime, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        days = [regime.in_force_from for regime in self.regimes]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError(f"the regimes of {self.table} are not in the order of their days")
        if len({tuple(term.of for term in regime.terms) for regime in self.regimes}) != 1:
            raise ValueError(f"the regimes of {self.table} name different classes")
        return self

    @property
    def classes(self) -> tuple[str | None, ...]:
        """The classes every regime has a term for."""
        return tuple(term.of for term in self.regimes[0].terms)

    def regime(self, used_on: date) -> Regime:
        """The regime in force on a day; days before the first are held by it too."""
        in_force = [regime for regime in self.regimes if regime.in_force_from <= used_on]
        return in_force[-1] if in_force else self.regimes[0]

    def divides_published(self, of: str | None) -> bool:
        """Whether it matters to a class in any regime if a record was published."""
        return any(regime.term(of).only_published for regime in self.regimes)

    def over_since(self, of: str | None, used_on: date, *, published: bool = True) -> date:
        """The last day of start for which use is over on a day of use; later starts are still in their term."""
        return self._over_since(self.regimes.index(self.regime(used_on)), of, used_on, published)

    def _over_since(self, place: int, of: str | None, used_on: date, published: bool) -> date:
        regime = self.regimes[place]
        months = regime.term(of).months(published=published)
        over = NEVER_OVER if months is None else term_over(months, used_on)
        if place == 0 or regime.transition is None:
            return over
        # What was over on the last day of the former regime stays over, though the new term is longer.
        return max(over, self._over_since(place - 1, of, regime.in_force_from - timedelta(days=1), published))


def term_tables() -> tuple[TermTable, ...]:
    """Every table."""
    return read_rules("terms.yaml", TermTable)


def find_table(name: str) -> TermTable:
    """The table of a name; raises `UnknownName`."""
    tables = {table.table: table for table in term_tables()}
    if name not in tables:
        raise UnknownName("table of terms", name, tables)
    return tables[name]
