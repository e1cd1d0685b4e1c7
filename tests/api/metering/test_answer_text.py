"""An answer with gaps, filled, is the answer written whole: to the byte, as it is sent and as it is hashed."""

from typing import Any

import pytest

from api.audit.chain import answer_digest
from api.audit.suites import hash_of
from api.canonical import written
from api.metering.answer_text import NUMBER, AnswerText

CHARGE = {"billable": True, "outcome": "found", "amount_fen": 800, "contract_version": 1, "basis": "unit"}
EVIDENCE = {"sha256": "ab", "call_id": "call-1", "leaf": 7}
BODY: dict[str, Any] = {
    "report_id": "call-1",
    "subject": {"uscc": "1", "name": '南山"𠮷"'},
    "result": {"pd": 0.0213, "charge": None, "evidence": [1.0, 1e-7]},
    "charge": None,
    "evidence": None,
    "notice": "仅供参考",
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BODY, id="an answer"),
        pytest.param({"report_id": "call-1", "zeta": 1, "alpha": 2}, id="no place for charge and evidence"),
        pytest.param({"charge": None, "evidence": None, "report_id": "call-1"}, id="another order"),
    ],
)
def test_filled_gaps_are_the_whole(body: dict[str, Any]) -> None:
    whole = body | {"charge": CHARGE} | {"evidence": EVIDENCE}
    for text in (AnswerText(body), AnswerText(body | {"report_id": NUMBER})):
        assert text.sent("call-1", CHARGE, EVIDENCE) == written(whole)
        assert hash_of("SHA-256")(text.hashed("call-1", CHARGE)) == answer_digest(whole, "SHA-256")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), 2**53])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        AnswerText({"result": value})
