"""The schema of samples.yaml, and the enterprises it declares."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from bureau.uscc import sample_uscc
from products.datafile import STRICT, read_datafile
from products.product import Feed, Name

FILE = Path(__file__).with_name("samples.yaml")

Row = dict[str, Any]
Records = dict[Feed, tuple[Row, ...]]
Shows = Literal["approve", "decline", "refer", "not_found", "partial", "stale", "under_objection", "problem"]


class Bin(BaseModel):
    """One feature of the samples' score. parts: one more than bins, the last for a missing value."""

    model_config = STRICT

    cuts: tuple[float, ...] = Field(min_length=1)
    parts: tuple[float, ...]

    @model_validator(mode="after")
    def _a_part_for_each_bin(self) -> Self:
        if len(self.parts) != len(self.cuts) + 2 or list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts rise, and there are two parts more than cuts")
        return self


class Model(BaseModel):
    """base: log-odds of default where nothing is known yet."""

    model_config = STRICT

    base: float
    features: dict[Name, Bin]


class Objection(BaseModel):
    """From which day on the one record of a feed is under objection."""

    model_config = STRICT

    feed: Feed
    from_day: date


class Sample(BaseModel):
    """One sample enterprise. problem: the code of what every call about it is answered with.

    read_on: the day it is read as of, where it is another than that of all.
    """

    model_config = STRICT

    number: Annotated[int, Field(ge=1, le=99_999_999)]
    name: Name
    shows: Shows
    text: Name
    text_en: Name
    records: Literal["sound", "none"] = "sound"
    without: tuple[Feed, ...] = ()
    more: Records = {}
    objection: Objection | None = None
    read_on: date | None = None
    problem: str | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.problem is None) == (self.shows == "problem"):
            raise ValueError(f"sample {self.number} shows a problem exactly where it names one")
        if self.objection is not None and len(self.more.get(self.objection.feed, ())) != 1:
            raise ValueError(f"sample {self.number}: an objection is against its only further record of a feed")
        return self

    @property
    def uscc(self) -> str:
        return sample_uscc(self.number)


class Samples(BaseModel):
    """The whole file."""

    model_config = STRICT

    day: date
    received_on: date
    last_month: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    months: Annotated[int, Field(ge=1)]
    sound: Records
    model: Model
    samples: tuple[Sample, ...]

    @model_validator(mode="after")
    def _numbers_stand_once(self) -> Self:
        numbers = [sample.number for sample in self.samples]
        if numbers != sorted(set(numbers)):
            raise ValueError("the numbers of samples rise")
        return self


@cache
def declared() -> Samples:
    """The samples of this version of the platform."""
    return read_datafile(FILE, Samples)


def find_sample(uscc: str) -> Sample | None:
    """The sample of a code; None where it is no sample's."""
    return next((sample for sample in declared().samples if sample.uscc == uscc), None)
