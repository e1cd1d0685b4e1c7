"""A definition in words, for a reader who knows credit and not Python."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal as Choice

from features.contracts.contract import Contract
from features.engine.algebra import Feature, GroupRate, Population, Published, Statistic
from features.engine.phrases import PHRASES, Phrases
from features.engine.rows import (
    Arithmetic,
    AsOf,
    Both,
    Column,
    Comparison,
    Either,
    Expression,
    IsKnown,
    LegalDay,
    Literal,
    Mapped,
    Not,
    OneOf,
)
from features.engine.windows import Step, Window

Language = Choice["zh", "en"]


def sentence(definition: Published, language: Language = "en") -> str:
    """What is computed, e.g. `count in F18 of the last 24 months where arrears_fen > 0`.

    In Chinese the columns bear the titles of their contract.
    """
    return _said(definition, PHRASES[language])


def expression_words(expression: Expression, language: Language = "en", feed: Contract | None = None) -> str:
    """A row expression as it would be written on paper, in Chinese with the titles of its feed's columns."""
    say = PHRASES[language]
    return _expression(expression, say, _titles(feed) if feed is not None and say.titled else {})


def _said(definition: Published, say: Phrases) -> str:
    if isinstance(definition, Feature):
        return _leaf(definition, say)
    if isinstance(definition, Population):
        return _population(definition, say)
    left, right = _said(definition.left, say), _said(definition.right, say)
    return say.operations[definition.operation].format(left=left, right=right)


def _population(figure: Population, say: Phrases) -> str:
    named = zip(figure.by_names, (_said(part, say) for part in figure.by), strict=True)
    group = say.both.join(say.named.format(name=name, said=said) for name, said in named)
    own = say.named.format(name=figure.of_name, said=_said(figure.of, say))
    if isinstance(figure, GroupRate):
        whole = say.named.format(name=figure.whole_name, said=_said(figure.whole, say))
        return say.rate.format(own=own, whole=whole, group=group, least=figure.least)
    mean = say.peers.format(own=own, group=group, least=figure.least)
    return mean if figure.statistic is Statistic.MEAN else say.above.format(name=figure.of_name, mean=mean)


def _leaf(leaf: Feature, say: Phrases) -> str:
    titles = _titles(leaf.feed) if say.titled else {}
    value = "" if leaf.take.value is None else _expression(leaf.take.value, say, titles)
    take = say.kinds[leaf.take.kind]
    taken = say.of.format(take=take, value=value) if value else take
    where = "" if leaf.where is None else say.where.format(condition=_expression(leaf.where, say, titles))
    return say.leaf.format(taken=taken, feed=leaf.feed.code, window=_window(leaf.within, say), where=where)


def _titles(feed: Contract) -> dict[str, str]:
    columns = feed.schema.to_schema().columns.items()
    return {name: column.title for name, column in columns if column.title}


def _window(window: Window, say: Phrases) -> str:
    if window.step is Step.EVER:
        return say.ever
    span = say.last.format(n=window.length, step=say.steps[window.step])
    step = say.steps[window.step]
    return say.earlier.format(span=span, n=window.before, step=step) if window.before else span


def _expression(expression: Expression, say: Phrases, titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """titles: what the columns are called; those not in it keep their names."""

    def words(part: Expression) -> str:
        return _expression(part, say, titles)

    match expression:
        case Column(name):
            return titles.get(name, name)
        case Literal(value):
            return say.truths[value] if isinstance(value, bool) else str(value)
        case AsOf():
            return say.day_read
        case LegalDay(rule):
            return say.day_of_use if rule == "day" else say.legal_day.format(rule=rule)
        case Arithmetic(sign, left, right):
            return f"({words(left)} {sign} {words(right)})"
        case Comparison(sign, left, right):
            return f"{words(left)} {sign} {words(right)}"
        case OneOf(code, values):
            return say.one_of.format(code=words(code), values=say.comma.join(values))
        case IsKnown(value):
            return say.known.format(value=words(value))
        case Both(left, right):
            return f"({words(left)}{say.both}{words(right)})"
        case Either(left, right):
            return f"({words(left)}{say.either}{words(right)})"
        case Not(condition):
            return say.negation.format(condition=words(condition))
        case Mapped(code, scale):
            read = say.comma.join(f"{text}={number}" for text, number in scale)
            return say.mapped.format(code=words(code), scale=read)
    raise TypeError(f"{type(expression).__name__} is not part of the algebra.")
