"""The slow recomputation: every charge, count and balance anew from the lines, one by one, in the order they committed.

It shares the terms and the price models with the ledger and nothing else, so that what one gets wrong the other finds.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from api.audit.tables import AuditLeaf
from api.contracts.pricing import Free, Package, Volume, next_unit
from api.contracts.tables import ContractVersion
from api.contracts.terms import PriceRule, Terms
from api.metering.latency import BINS, EDGES_US
from api.metering.tables import Call, UsageHour, UsageLine, UsageMonth, Wallet, WalletEntry
from api.sla.recounting import differing_notes
from bureau.clock import shanghai_day

_PAGE = 2_000
_taken_back = aliased(UsageLine)
_LINES = (
    select(UsageLine, _taken_back, Call.uscc, AuditLeaf.number)
    .join(AuditLeaf, AuditLeaf.line_id == UsageLine.id)
    .join(Call, Call.id == UsageLine.call_id, isouter=True)
    .join(_taken_back, _taken_back.id == UsageLine.reverses, isouter=True)
    .order_by(AuditLeaf.number)
)


class Difference(NamedTuple):
    """Something the ledger says, and what it should say."""

    what: str
    stored: Any
    recomputed: Any


_Rule = tuple[int, int]  # contract version, number there
_Place = tuple[int, int, date]  # the contract version in which a rule began, its number there, month


@dataclass(frozen=True)
class _Unit:
    """A unit that was charged in full."""

    call_id: str
    place: _Place
    product: str
    purpose: str
    at: datetime


@dataclass
class _Books:
    """One institution's, live or in test mode."""

    units: Counter[_Place] = field(default_factory=Counter)
    standing: Counter[_Place] = field(default_factory=Counter)
    charged: Counter[_Place] = field(default_factory=Counter)
    spent: Counter[date] = field(default_factory=Counter)
    seen: defaultdict[str, list[_Unit]] = field(default_factory=lambda: defaultdict(list))


def recount(session: Session) -> Iterator[Difference]:
    """Whatever does not follow from the lines: their charges, the counts of months and hours, wallets, credits."""
    versions = session.scalars(select(ContractVersion).order_by(ContractVersion.version)).all()
    terms = {row.id: Terms.model_validate(row.terms) for row in versions}
    begun = _beginnings(versions, terms)
    agreed: defaultdict[int, list[ContractVersion]] = defaultdict(list)
    for version in versions:
        agreed[version.institution_id].append(version)
    books: dict[tuple[int, bool], _Books] = {}
    months: defaultdict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    hours: defaultdict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for line, uscc, taken_back in _lines(session):
        owner = books.setdefault((line.institution_id, line.test), _Books())
        if line.kind == "charge" and line.basis != "unanswered":
            yield from _version(line, agreed[line.institution_id])
            yield from _charge(line, uscc or "", terms[line.contract_version_id or 0], begun, owner)
        if taken_back is not None:
            yield from _reversal(line, uscc or "", taken_back, terms, begun, owner)
        month = _month(line.committed_at if taken_back is None else taken_back.committed_at)
        if line.kind != "credit":
            owner.spent[month] += line.amount_fen
        _count(line, month, begun, months, hours)
    yield from _differing("month", _stored(session, UsageMonth), months)
    yield from _differing("hour", _stored(session, UsageHour), hours)
    yield from _wallets(session)
    yield from _unpaid(session, [number for number, one in terms.items() if one.prepaid])
    yield from (Difference(*found) for found in differing_notes(session))


def _beginnings(versions: Sequence[ContractVersion], terms: Mapping[int, Terms]) -> dict[_Rule, _Rule]:
    """Each rule of each version -> where it began: as it stood in the version that was in force the moment before, or
    in its own. The versions in the order of their numbers."""
    begun: dict[_Rule, _Rule] = {}
    for version in versions:
        former: dict[PriceRule, _Rule] = {}
        for one in versions:
            earlier = one.version < version.version and one.in_force_from < version.in_force_from
            if earlier and one.institution_id == version.institution_id:
                former = {rule: begun[one.id, number] for number, rule in enumerate(terms[one.id].rules)}
        for number, rule in enumerate(terms[version.id].rules):
            begun[version.id, number] = former.get(rule, (version.id, number))
    return begun


def _lines(session: Session) -> Iterator[tuple[UsageLine, str | None, UsageLine | None]]:
    """Each line in the order of the chain, whom its call asked about, and the line it reverses."""
    number = 0
    while rows := session.execute(_LINES.where(AuditLeaf.number >= number).limit(_PAGE)).all():
        yield from ((line, uscc, taken_back) for line, taken_back, uscc, _ in rows)
        number = rows[-1].number + 1
        session.expunge_all()


def _version(line: UsageLine, agreed: Sequence[ContractVersion]) -> Iterator[Difference]:
    """A charge by another version than was in force when it was committed: the newest of its institution's begun."""
    begun = [version.id for version in agreed if version.in_force_from <= line.committed_at]
    if begun[-1:] != [line.contract_version_id]:
        yield Difference(f"contract version of {line.id}", line.contract_version_id, begun[-1] if begun else None)


def _charge(
    line: UsageLine, uscc: str, terms: Terms, begun: Mapping[_Rule, _Rule], books: _Books
) -> Iterator[Difference]:
    """What differs in one charge; afterwards it counts in the books as it should."""
    fen, basis, rule = _price(line, uscc, terms, begun, books)
    if (line.amount_fen, line.basis, line.rule) != (fen, basis, rule):
        yield Difference(f"charge of {line.id}", (line.amount_fen, line.basis, line.rule), (fen, basis, rule))
    if line.units != int(basis == "unit"):
        yield Difference(f"units of {line.id}", line.units, int(basis == "unit"))
    if basis == "unit":
        place = *begun[line.contract_version_id or 0, rule], _month(line.committed_at)
        books.units[place] += 1
        books.standing[place] += 1
        books.charged[place] += line.amount_fen
        unit = _Unit(line.id, place, line.product_code, line.purpose, line.committed_at)
        books.seen[uscc].append(unit)


def _reversal(
    line: UsageLine,
    uscc: str,
    taken_back: UsageLine,
    terms: Mapping[int, Terms],
    begun: Mapping[_Rule, _Rule],
    books: _Books,
) -> Iterator[Difference]:
    """What differs in one reversal: it gives back what the call cost by then."""
    fen = taken_back.amount_fen
    if taken_back.basis == "unit":
        place = *begun[taken_back.contract_version_id or 0, taken_back.rule], _month(taken_back.committed_at)
        price = terms[taken_back.contract_version_id or 0].rules[taken_back.rule].price
        books.standing[place] -= 1
        if isinstance(price, Volume):
            each = price.total(books.units[place]) // books.units[place]
            fen = max(books.charged[place] - each * books.standing[place], 0)
        elif isinstance(price, Package):
            filled = -(-books.standing[place] // price.size)
            fen = max(books.charged[place] - filled * price.package_fen, 0)
        books.charged[place] += line.amount_fen
    books.seen[uscc] = [unit for unit in books.seen[uscc] if unit.call_id != line.reverses]
    if (line.calls, line.units, line.amount_fen) != (-1, 0, -fen):
        yield Difference(f"reversal {line.id}", (line.calls, line.units, line.amount_fen), (-1, 0, -fen))


def _price(
    line: UsageLine, uscc: str, terms: Terms, begun: Mapping[_Rule, _Rule], books: _Books
) -> tuple[int, str, int]:
    at, month = line.committed_at, _month(line.committed_at)
    fitting = [
        (number, rule)
        for number, rule in enumerate(terms.rules)
        if rule.product == line.product_code and rule.purpose in (None, line.purpose) and line.outcome in rule.billed
    ]
    if not fitting:
        return 0, "not_billable", -1
    number, rule = sorted(fitting, key=lambda found: found[1].purpose is None)[0]
    if isinstance(rule.price, Free):
        return 0, "free", number
    seen, place = books.seen[uscc], (*begun[line.contract_version_id or 0, number], month)
    if rule.per == "entity_month" and any(unit.place == place for unit in seen):
        return 0, "same_entity", number
    repeated = rule.repeat_hours > 0 and any(
        (unit.product, unit.purpose) == (line.product_code, line.purpose)
        and at - unit.at < timedelta(hours=rule.repeat_hours)
        for unit in seen
    )
    if repeated:
        unit_fen, of_units = rule.price.unit(books.units[place])
        fen = floor(Fraction(unit_fen * rule.repeat_percent, of_units * 100) + Fraction(1, 2))
    elif isinstance(rule.price, Volume):
        fen = _of_volume(rule.price, place, books)
    elif isinstance(rule.price, Package):
        fen = 0 if books.standing[place] % rule.price.size else rule.price.package_fen
    else:
        fen = next_unit(rule.price, books.units[place])
    if terms.cap_fen is not None and fen > 0:
        fen = min(fen, max(0, terms.cap_fen - books.spent[month]))
    return fen, "repeat" if repeated else "unit", number


def _of_volume(price: Volume, place: _Place, books: _Books) -> int:
    """What all that stands costs by the price it has now, less what it was charged; but no more than the step is."""
    units, standing = books.units[place], books.standing[place]
    before = price.total(units) // units if units else 0
    now = price.total(units + 1) // (units + 1)
    step = now + standing * (now - before)
    return min(now * (standing + 1) - books.charged[place], max(now, step))


def _count(
    line: UsageLine,
    month: date,
    begun: Mapping[_Rule, _Rule],
    months: defaultdict[tuple[Any, ...], Counter[str]],
    hours: defaultdict[tuple[Any, ...], Counter[str]],
) -> None:
    hour = line.committed_at.replace(minute=0, second=0, microsecond=0)
    sums = {"calls": line.calls, "units": line.units, "charged_fen": line.amount_fen}
    place = line.institution_id, hour, line.test, line.product_code, line.product_version
    hours[*place, line.purpose, line.outcome, line.basis].update(sums | _timed(line))
    if line.basis not in ("unanswered", "service_credit"):
        version, rule = line.contract_version_id, -1
        if version is not None and line.basis == "unit":
            version, rule = begun.get((version, line.rule), (version, line.rule))
        months[line.institution_id, month, line.test, version, line.product_code, rule].update(sums)


def _timed(line: UsageLine) -> dict[str, int]:
    """In which bin the latency of an answered call counts."""
    if line.kind != "charge" or line.outcome not in ("found", "partial", "not_found", "stale"):
        return {}
    below = sum(edge < line.latency_us for edge in EDGES_US)
    return {BINS[below]: 1}


def _stored(session: Session, table: type[UsageMonth] | type[UsageHour]) -> dict[tuple[Any, ...], Counter[str]]:
    keys = [column.name for column in table.__table__.primary_key]
    sums = [column.name for column in table.__table__.columns if not column.primary_key]
    return {
        tuple(getattr(row, key) for key in keys): Counter({name: getattr(row, name) for name in sums})
        for row in session.scalars(select(table))
    }


def _differing(
    what: str, stored: dict[tuple[Any, ...], Counter[str]], recomputed: dict[tuple[Any, ...], Counter[str]]
) -> Iterator[Difference]:
    for key in stored.keys() | recomputed.keys():
        if stored.get(key, Counter()) != recomputed.get(key, Counter()):
            yield Difference(f"{what} {key}", stored.get(key), recomputed.get(key))


def _wallets(session: Session) -> Iterator[Difference]:
    """Postings that do not add up to zero or differ from their line, and balances that are not the sum of entries."""
    total = func.sum(WalletEntry.amount_fen)
    unbalanced = select(WalletEntry.posting, total).group_by(WalletEntry.posting).having(total != 0)
    for posting, fen in session.execute(unbalanced):
        yield Difference(f"sum of posting {posting}", int(fen), 0)
    strays = select(WalletEntry.posting, WalletEntry.amount_fen, UsageLine.amount_fen).join(
        UsageLine, UsageLine.id == WalletEntry.posting
    )
    for posting, fen, charged in session.execute(strays.where(WalletEntry.account == "revenue")):
        if fen != charged:
            yield Difference(f"revenue of posting {posting}", fen, charged)
    prepaid = select(WalletEntry.institution_id, total).where(WalletEntry.account == "prepaid")
    owed = {owner: int(fen) for owner, fen in session.execute(prepaid.group_by(WalletEntry.institution_id))}
    held = {row.institution_id: row.balance_fen for row in session.scalars(select(Wallet))}
    for owner in owed.keys() | held.keys():
        if owed.get(owner, 0) != held.get(owner, 0):
            yield Difference(f"wallet of institution {owner}", held.get(owner), owed.get(owner))


def _unpaid(session: Session, prepaid: Collection[int]) -> Iterator[Difference]:
    """Lines under these contract versions that cost something and have no posting."""
    postings = select(WalletEntry.posting).where(WalletEntry.posting == UsageLine.id)
    lines = select(UsageLine.id, UsageLine.amount_fen).where(
        UsageLine.contract_version_id.in_(prepaid),
        UsageLine.amount_fen != 0,
        UsageLine.test.is_(False),
        ~postings.exists(),
    )
    for line, fen in session.execute(lines.order_by(UsageLine.id)):
        yield Difference(f"posting of {line}", 0, fen)


def _month(at: datetime) -> date:
    return shanghai_day(at).replace(day=1)
