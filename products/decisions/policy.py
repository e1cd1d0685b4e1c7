"""The schema of a decision policy: ordered rules, a band for every grade, and how a limit is made."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from bureau.errors import InvalidInput, UnknownName, UnreadableFile
from features.definitions.library import find_feature
from products.datafile import STRICT, read_datafile
from products.decisions.comparison import Comparison
from products.lending import GRADES, Bps, Fen, Grade, Months, Secured
from products.product import EARLIER, Code, Name, catalogue, fields_of

POLICIES = Path(__file__).parent / "policies"

Verdict = Literal["approve", "refer", "decline"]


class Rule(BaseModel):
    """Fires when all its comparisons hold. Without a value that could decide it, `missing` says what follows."""

    model_config = STRICT

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$")]
    when: tuple[Comparison, ...] = Field(min_length=1)
    effect: Literal["refer", "decline"]
    missing: Literal["pass", "refer", "decline"] = Field(description="where the firm has no value for it")
    text: Name
    text_en: Name


class Terms(BaseModel):
    """What a band may be lent: a share of the limit's basis, up to a cap."""

    model_config = STRICT

    share_bp: Bps = Field(description="of the basis, in basis points")
    cap_fen: Fen
    term_months: Months = Field(description="longest term")
    rate_bps: dict[Secured, Bps]

    @model_validator(mode="after")
    def _prices_every_security(self) -> Self:
        if missing := sorted({"credit", "mortgage", "guarantee"} - set(self.rate_bps)):
            raise ValueError(f"rate_bps has no rate for {missing[0]}")
        return self


class Band(BaseModel):
    """What follows from a grade where no rule says otherwise."""

    model_config = STRICT

    grade: Grade
    verdict: Verdict
    terms: Terms | None = None

    @model_validator(mode="after")
    def _approval_has_terms(self) -> Self:
        if self.verdict == "approve" and self.terms is None:
            raise ValueError(f"grade {self.grade} is approved and has no terms")
        if self.verdict == "decline" and self.terms is not None:
            raise ValueError(f"grade {self.grade} is declined and has terms")
        return self


class Basis(BaseModel):
    """A yearly amount a limit may be a share of."""

    model_config = STRICT

    feature: Name
    text: Name
    text_en: Name


class LimitRule(BaseModel):
    """How a limit is made from the first basis the firm has a value for."""

    model_config = STRICT

    bases: tuple[Basis, ...] = Field(min_length=1)
    least_fen: Fen = Field(description="a limit below this is not worth a loan: refer")
    step_fen: Annotated[int, Field(ge=1)] = Field(description="limits are whole steps, rounded down")


class Policy(BaseModel):
    """An institution's own rules. Any change is a new version. effective_from: the first day on which it decides."""

    model_config = STRICT

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    version: int = Field(ge=1)
    title: Name
    title_en: Name
    effective_from: date
    score_products: tuple[Code, ...] = Field(min_length=1, description="the first one served here is used")
    rules: tuple[Rule, ...] = Field(min_length=1)
    bands: tuple[Band, ...]
    limit: LimitRule

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if twice := [rule for rule in ids if ids.count(rule) > 1]:
            raise ValueError(f"rule {twice[0]} stands twice")
        if [band.grade for band in self.bands] != list(GRADES):
            raise ValueError(f"bands must be one for each grade, in the order {', '.join(GRADES)}")
        return self

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature its rules and its limit read, in the order of the file."""
        compared = [c.feature for rule in self.rules for c in rule.when if c.feature]
        return tuple(dict.fromkeys([*compared, *(basis.feature for basis in self.limit.bases)]))

    def band(self, grade: str) -> Band:
        return self.bands[GRADES.index(grade)]


def load_policy(path: Path) -> Policy:
    """One policy file, with every name and type in it checked; raises `UnreadableFile` naming the file."""
    policy = read_datafile(path, Policy)
    if policy.name != path.stem:
        raise UnreadableFile(path, f"its name is {policy.name}; name the file {policy.name}.yaml.")
    for fault in chain(_unknown_names(policy), _unfit_types(policy)):
        raise UnreadableFile(path, fault)
    return policy


@cache
def find_policy(name: str) -> Policy:
    """A policy of this version of the platform; raises `UnknownName`."""
    known = {path.stem: path for path in POLICIES.glob("*.yaml")}
    if name not in known:
        raise UnknownName("policy", name, known)
    return load_policy(known[name])


def find_policy_on(name: str, day: date) -> Policy:
    """The policy that decides on a day: the newest version that holds from it or from before.

    Raises `UnknownName`, and `InvalidInput` where no version holds yet.
    """
    present = find_policy(name)
    if present.effective_from <= day:
        return present
    kept = (POLICIES / EARLIER).glob(f"{name}.*.yaml")
    earlier = [find_policy_of(name, int(path.stem.removeprefix(f"{name}."))) for path in kept]
    in_force = [policy for policy in earlier if policy.effective_from <= day]
    if not in_force:
        first = min(policy.effective_from for policy in (present, *earlier))
        raise InvalidInput(f"The policy {name} decides from {first} on. Until then name another one.")
    return max(in_force, key=lambda policy: policy.version)


@cache
def find_policy_of(name: str, version: int) -> Policy:
    """A policy as it was in a version: the present one, or an earlier one that was kept.

    Raises `UnknownName`, and `InvalidInput` where that version was not kept.
    """
    present = find_policy(name)
    if present.version == version:
        return present
    path = POLICIES / EARLIER / f"{name}.{version}.yaml"
    if not path.exists():
        raise InvalidInput(
            f"The policy {name} is version {present.version} now and was {version}, which is not kept under "
            f"{EARLIER}/: replay it on the release that decided."
        )
    policy = read_datafile(path, Policy)
    if (policy.name, policy.version) != (name, version):
        raise UnreadableFile(path, f"it is {policy.name} version {policy.version}; name the file after that.")
    return policy


def _unknown_names(policy: Policy) -> Iterator[str]:
    """Features and products that do not exist, and features a decision on such a product may not read."""
    for name in policy.features:
        try:
            find_feature(name)
        except UnknownName as problem:
            yield str(problem)
    for code in policy.score_products:
        product = catalogue().get(code)
        if product is None or product.kind != "score":
            yield f"score_products: there is no score product {code}."
        elif closed := sorted(set(policy.features) - fields_of(product, "decision")):
            yield f"a decision on {code} may not read {closed[0]!r}: add it to the product's reads."


def _unfit_types(policy: Policy) -> Iterator[str]:
    """Comparisons that do not fit their feature's type, and bases that are no amounts."""
    for rule in policy.rules:
        for comparison in rule.when:
            words = find_feature(comparison.feature).categories if comparison.feature else ()
            if comparison.feature and (fault := comparison.type_fault(words or None)):
                yield f"rule {rule.id}: {fault}."
    for basis in policy.limit.bases:
        if find_feature(basis.feature).unit != "fen":
            yield f"limit: {basis.feature!r} is not an amount in fen."
