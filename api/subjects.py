"""The enterprise a caller means: a code as it is, or an outside key of the source."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.access.tokens import Identity
from api.deployment import Deployment
from api.test_mode import require_mode
from bureau.text import FreeLine, Line
from bureau.uscc import clean, is_uscc
from features.lake.registry import resolve


class Subject(BaseModel):
    """The enterprise asked about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uscc: Annotated[Line, Field(description="Unified social credit code, or the key by which the source knows it.")]
    name: Annotated[FreeLine | None, Field(description="For the caller's own reference; nothing is decided by it.")] = (
        None
    )


def code_of(deployment: Deployment, caller: Identity, subject: Subject) -> str:
    """The USCC of a subject; a code needs no look-up, so an unknown enterprise has one too.

    Raises `ImpossibleUscc` for what is neither a code nor a known key, and `WrongMode`.
    """
    code = clean(subject.uscc)
    if not is_uscc(code):
        code = resolve(deployment.desk_of(test=caller.test).lake, subject.uscc).uscc
    require_mode(caller, code)
    return code


async def find_code(deployment: Deployment, caller: Identity, subject: Subject) -> str:
    """The same beside the event loop, where an outside key is to be looked up."""
    code = clean(subject.uscc)
    if is_uscc(code):
        require_mode(caller, code)
        return code
    return await run_in_threadpool(code_of, deployment, caller, subject)
