"""A definition in words, for a reader who knows credit and not Python."""

from features.engine.algebra import Feature, Operation, Population, Published, Statistic
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

_WORDS = {Operation.SUM: "plus", Operation.DIFFERENCE: "less", Operation.RATIO: "over"}


def sentence(definition: Published) -> str:
    """What is computed, e.g. `count in F18 of the last 24 months where arrears_fen > 0`."""
    if isinstance(definition, Feature):
        return _leaf(definition)
    if isinstance(definition, Population):
        named = zip(definition.by_names, map(sentence, definition.by), strict=True)
        group = " and ".join(f"{name} ({said})" for name, said in named)
        own = f"{definition.of_name} ({sentence(definition.of)})"
        mean = f"mean of {own} over the others of the same {group}, at least {definition.least} of them"
        return mean if definition.statistic is Statistic.MEAN else f"{definition.of_name} less the {mean}"
    left, right = f"({sentence(definition.left)})", f"({sentence(definition.right)})"
    if definition.operation is Operation.TREND:
        return f"change from {right} to {left}, relative to the first"
    return f"{left} {_WORDS[definition.operation]} {right}"


def _leaf(leaf: Feature) -> str:
    value = "" if leaf.take.value is None else f" of {expression_words(leaf.take.value)}"
    where = "" if leaf.where is None else f" where {expression_words(leaf.where)}"
    return f"{leaf.take.kind.value.replace('_', ' ')}{value} in {leaf.feed.code} {_window(leaf.within)}{where}"


def _window(window: Window) -> str:
    if window.step is Step.EVER:
        return "ever"
    step = "published periods" if window.step is Step.PERIODS else window.step.value
    span = f"of the last {window.length} {step}"
    return f"{span} ending {window.before} earlier" if window.before else span


def expression_words(expression: Expression) -> str:
    """A row expression as it would be written on paper."""

    def words(part: Expression) -> str:
        return expression_words(part)

    match expression:
        case Column(name):
            return name
        case Literal(value):
            return str(value)
        case AsOf():
            return "the day read"
        case LegalDay(rule):
            return "the day of use" if rule == "day" else f"the legal day {rule}"
        case Arithmetic(sign, left, right):
            return f"({words(left)} {sign} {words(right)})"
        case Comparison(sign, left, right):
            return f"{words(left)} {sign} {words(right)}"
        case OneOf(code, values):
            return f"{words(code)} is one of {', '.join(values)}"
        case IsKnown(value):
            return f"{words(value)} is known"
        case Both(left, right):
            return f"({words(left)} and {words(right)})"
        case Either(left, right):
            return f"({words(left)} or {words(right)})"
        case Not(condition):
            return f"not ({words(condition)})"
        case Mapped(code, scale):
            return f"{words(code)} read as {', '.join(f'{text}={number}' for text, number in scale)}"
    raise TypeError(f"{type(expression).__name__} is not part of the algebra.")
