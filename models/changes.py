"""What enterprises can change about features: declared as data, each as a person who advises them would say it."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.comparing import said_with_unit

CHANGES = Path(__file__).with_name("changes.yaml")
_SHAPE = ConfigDict(frozen=True, extra="forbid")


class Change(BaseModel):
    """A feature an enterprise can change. to: the furthest value; months: until its records show it at the earliest.

    also: features that reach a value of their own with it. how, how_en: `{to}` stands for the value to be reached.
    """

    model_config = _SHAPE

    feature: str
    to: float
    months: int = Field(ge=1, le=36)
    also: dict[str, float] = {}
    how: str
    how_en: str

    @property
    def moves(self) -> tuple[str, ...]:
        """All features that it may move."""
        return (self.feature, *self.also)

    def said(self, to: float, unit: str) -> tuple[str, str]:
        """What to do, in Chinese and English."""
        zh, en = said_with_unit(to, unit)
        return self.how.replace("{to}", zh), self.how_en.replace("{to}", en)


class Fixed(BaseModel):
    """Features no advice changes, and why."""

    model_config = _SHAPE

    features: tuple[str, ...]
    why: str
    why_en: str


class Declared(BaseModel):
    """Everything that is declared; a feature that is not is taken as one that cannot be changed.

    effective_from: the first day on which answers advise by it.
    """

    model_config = _SHAPE

    version: int = Field(ge=1)
    effective_from: date
    can: tuple[Change, ...]
    cannot: tuple[Fixed, ...]

    @model_validator(mode="after")
    def _once(self) -> Self:
        named = self.changeable + tuple(name for fixed in self.cannot for name in fixed.features)
        if twice := sorted({name for name in named if named.count(name) > 1}):
            raise ValueError(f"{twice[0]!r} is declared twice")
        return self

    @property
    def changeable(self) -> tuple[str, ...]:
        return tuple(change.feature for change in self.can)


@cache
def declared_changes(on: date | None = None) -> Declared:
    """What this house declares on a day (before the first day, what it declared first); what it declared last unless
    said, whatever day that holds from.
    """
    present = _read(CHANGES)
    if on is None or present.effective_from <= on:
        return present
    earlier = sorted(map(_read, CHANGES.parent.glob("earlier/changes.*.yaml")), key=lambda one: one.effective_from)
    in_force = [one for one in earlier if one.effective_from <= on] or earlier[:1] or [present]
    return in_force[-1]


def _read(path: Path) -> Declared:
    return Declared.model_validate(yaml.safe_load(path.read_text("utf-8")))


def changes_of(features: tuple[str, ...], on: date | None = None) -> tuple[Change, ...]:
    """The declared changes of some features, in their order. on: those that hold on a day; the last unless said."""
    by_feature = {change.feature: change for change in declared_changes(on).can}
    return tuple(by_feature[name] for name in features if name in by_feature)
