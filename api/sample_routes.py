"""Sample enterprises as a bank's developers read them: whom to ask about in test mode, and what comes back."""

from typing import Annotated

from fastapi import APIRouter, Security
from pydantic import BaseModel, Field

from api.caller import identify
from api.errors import problems
from bureau.errors import RoleNotPermitted, WrongCredentials
from products.samples.declared import Sample, Shows, declared

router = APIRouter(tags=["test mode"], responses=problems(WrongCredentials, RoleNotPermitted))


class SampleView(BaseModel):
    """One sample enterprise."""

    uscc: str
    name: str
    shows: Annotated[Shows, Field(description="A decision, an outcome, a mark, or a problem.")]
    problem: Annotated[str | None, Field(description="The code every call about it is answered with.")]
    text: str
    text_en: str


class SamplesView(BaseModel):
    """All of them, by code."""

    items: list[SampleView]


def view(sample: Sample) -> SampleView:
    """A declared sample without its records."""
    return SampleView.model_validate(sample, from_attributes=True)


@router.get(
    "/v1/samples",
    dependencies=[Security(identify, scopes=["catalogue"])],
    summary="List the sample enterprises of test mode",
)
def list_samples() -> SamplesView:
    """Their answers are the same every day, and as those of real enterprises in all but the header `X-Bureau-Test`,
    the field `test` and the price: they are shown at list price, counted apart and never billed."""
    return SamplesView(items=[view(sample) for sample in declared().samples])
