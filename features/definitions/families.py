"""Features of one feed said once: what they share, and the windows over which one sentence is published."""

from collections.abc import Callable
from dataclasses import dataclass

from bureau.grant import PURPOSES
from features.definitions.entry import CL1, Entry
from features.engine.algebra import Definition, Reason, Sign
from features.engine.windows import Window, months, periods

Texts = str | tuple[str, str]
"""A sentence for both directions, or the adverse one and the favourable one."""


@dataclass(frozen=True)
class Span:
    """A window and how it is said: in a name, in Chinese, in English."""

    window: Window
    suffix: str
    zh: str
    en: str

    def said(self, text: str, how: str) -> str:
        """`text` with `{span}` said one of three ways: suffix, zh or en."""
        return text.replace("{span}", str(getattr(self, how)))


def months_back(*lengths: int) -> tuple[Span, ...]:
    """The last so many months, for records of single days."""
    return tuple(Span(months(n), f"{n}m", f"近{n}个月", f"the last {n} months") for n in lengths)


def published_months(*lengths: int) -> tuple[Span, ...]:
    """The last so many published months, for feeds of months."""
    return tuple(Span(periods(n), f"{n}p", f"近{n}个已公布月", f"the last {n} published months") for n in lengths)


def published_quarters(*lengths: int) -> tuple[Span, ...]:
    """The last so many published quarters, for feeds of quarters."""
    return tuple(Span(periods(n), f"{n}q", f"近{n}个已公布季度", f"the last {n} published quarters") for n in lengths)


def published_years(*lengths: int) -> tuple[Span, ...]:
    """The last so many published years, for feeds of years."""
    return tuple(Span(periods(n), f"{n}y", f"近{n}个已公布年度", f"the last {n} published years") for n in lengths)


@dataclass(frozen=True)
class Family:
    """Features under one reference and one class of consent."""

    reference: str
    consent: str = CL1
    purposes: tuple[str, ...] = PURPOSES

    def one(
        self,
        name: str,
        definition: Definition,
        *,
        label: str,
        label_en: str,
        unit: str,
        sign: Sign,
        code: str,
        zh: Texts,
        en: Texts,
    ) -> Entry:
        """An entry; code, zh and en make its reason."""
        adverse, favourable = (zh, zh) if isinstance(zh, str) else zh
        adverse_en, favourable_en = (en, en) if isinstance(en, str) else en
        return Entry(
            name=name,
            definition=definition,
            label=label,
            label_en=label_en,
            unit=unit,
            sign=sign,
            reason=Reason(code, adverse, favourable, adverse_en, favourable_en),
            reference=self.reference,
            consent=self.consent,
            purposes=self.purposes,
        )

    def over(
        self,
        spans: tuple[Span, ...],
        name: str,
        define: Callable[[Window], Definition],
        *,
        label: str,
        label_en: str,
        unit: str,
        sign: Sign,
        code: str,
        zh: Texts,
        en: Texts,
    ) -> tuple[Entry, ...]:
        """One entry for each span; `{span}` in a text stands for it."""

        def in_words(texts: Texts, span: Span, how: str) -> Texts:
            if isinstance(texts, str):
                return span.said(texts, how)
            return span.said(texts[0], how), span.said(texts[1], how)

        return tuple(
            self.one(
                span.said(name, "suffix"),
                define(span.window),
                label=span.said(label, "zh"),
                label_en=span.said(label_en, "en"),
                unit=unit,
                sign=sign,
                code=code,
                zh=in_words(zh, span, "zh"),
                en=in_words(en, span, "en"),
            )
            for span in spans
        )
