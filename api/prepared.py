"""The text of answers that were given lately: one that is given again, as a prepared one is, is not written again."""

from collections import OrderedDict
from typing import Any

from api.metering.answer_text import NUMBER, AnswerText
from products.reports.answer import Answer

_KEPT = 256


class AnswerTexts:
    """For one event loop. An answer never changes, so its text is that of the object."""

    def __init__(self) -> None:
        self._texts: OrderedDict[tuple[int, bool], tuple[Answer, AnswerText]] = OrderedDict()

    def text_of(self, answer: Answer, *, test: bool) -> AnswerText:
        """Its text, its number, charge and evidence still to be filled in. Raises as `AnswerText` does."""
        place = id(answer), test  # nobody else's while the answer is kept
        found = self._texts.get(place)
        if found is None:
            found = self._texts[place] = answer, AnswerText(body_of(NUMBER, answer, test=test))
            if len(self._texts) > _KEPT:
                self._texts.popitem(last=False)
        return found[1]


def body_of(call_id: str, answer: Answer, *, test: bool = False) -> dict[str, Any]:
    """An answer as it is stored and sent, its charge and evidence still to be filled in; one of test mode says so."""
    content = dict(answer.content)
    notice = content.pop("notice")
    return {
        "report_id": call_id,
        "product": {"code": answer.product_code, "version": answer.product_version},
        "subject": {"uscc": answer.uscc, "name": answer.name},
        "as_of": answer.as_of.isoformat(),
        "outcome": answer.outcome,
        **({"test": True} if test else {}),
        **content,
        "charge": None,
        "evidence": None,
        "notice": notice,
    }
