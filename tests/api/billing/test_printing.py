"""The print of a statement: the same bytes for the same facts, its files attached, every changed byte found out."""

import hashlib
import json
import random
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from api.billing import printing
from api.billing.printing import print_statement
from api.billing.statements import as_csv
from api.billing.tables import Statement, StatementSignature
from api.metering.charging import BASES
from api.prints.certificates import DocumentKey, open_document_key, rotate_document_key
from api.prints.pades import sign_document
from api.sla.crediting import BASIS, OUTCOME, PURPOSE
from bureau.grant import PURPOSES
from tests.factories.documents import attached_files, is_genuine

AT = datetime(2026, 12, 1, tzinfo=UTC)
LINE = {
    "product": "P07",
    "product_version": 1,
    "contract_version": 1,
    "price_rule": 0,
    "purpose": "pre_loan",
    "outcome": "found",
    "basis": "unit",
    "kind": "charge",
    "calls": 3,
    "units": 3,
    "amount_fen": 2_400,
}
EVERY_WORD = [
    *({"purpose": purpose} for purpose in PURPOSES),
    *({"outcome": outcome} for outcome in ("found", "partial", "not_found", "stale", "refused", "source_down")),
    *({"basis": basis} for basis in BASES),
    {"kind": "reversal", "calls": -1, "units": -1, "amount_fen": -800},
    {"kind": "credit", "product_version": 0, "price_rule": -1, "purpose": PURPOSE, "outcome": OUTCOME, "basis": BASIS},
    {"product": "P99", "contract_version": None, "price_rule": -1},
]


def statement(*changes: dict[str, Any], **sums: int) -> Statement:
    lines = [LINE | {"number": number} | change for number, change in enumerate(changes, 1)]
    calls_fen = sum(line["amount_fen"] for line in lines)
    content = {
        "institution": "深圳银行",
        "month": "2026-11",
        "begins": "2026-11-01T00:00:00+08:00",
        "ends": "2026-12-01T00:00:00+08:00",
        "lines": lines,
        "calls_fen": calls_fen,
        "minimum_fen": 1_000_000,
        "minimum_top_up_fen": 1_000_000 - calls_fen,
        "total_fen": 1_000_000,
        "issued_at": AT.isoformat(),
    } | sums
    return Statement(
        institution_id=1,
        month=date(2026, 11, 1),
        body=json.dumps(content, ensure_ascii=False).encode(),
        sha256=hashlib.sha256(rfc8785.dumps(content)).hexdigest(),
        jws="",
        total_fen=1_000_000,
        issued_at=AT,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def key(home: Path) -> DocumentKey:
    return open_document_key(home, datetime.now(UTC))


@pytest.fixture(scope="module")
def signed(key: DocumentKey) -> bytes:
    return sign_document(print_statement(statement({}), None, None), key, "2026-11 对账单")


def test_every_word_of_a_line_is_printed_and_the_same_twice() -> None:
    whole = statement(*EVERY_WORD)
    assert print_statement(whole, None, None) == print_statement(whole, None, None)


def test_the_institutions_agreement_is_printed() -> None:
    agreed = StatementSignature(client_id="client-1", jws=None, signed_at=AT)
    assert print_statement(statement({}), agreed, None) != print_statement(statement({}), None, None)


def test_what_a_wallet_paid_is_taken_off_what_is_payable(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(printing, "typeset", lambda _template, facts, *_rest: told.append(facts) or b"")
    print_statement(statement({}), None, None)
    print_statement(statement({}, paid_from_wallet_fen=2_400, due_fen=997_600), None, None)
    assert [(facts["due"], facts["capital"]) for facts in told] == [
        ("10,000.00", "人民币壹万元整"),
        ("9,976.00", "人民币玖仟玖佰柒拾陆元整"),
    ]
    assert [row[0] for row in told[0]["sums"]][-1:] == ["应付合计"]
    assert [(row[0], row[-1]) for row in told[1]["sums"]][-3:] == [
        ("本月合计", "10,000.00"),
        ("预付款抵扣净额", "-24.00"),
        ("应付合计", "9,976.00"),
    ]


def test_a_month_without_calls_is_printed() -> None:
    assert print_statement(statement(), None, None).startswith(b"%PDF")


def test_what_was_signed_as_json_is_attached(signed: bytes) -> None:
    body = statement({}).body
    assert attached_files(signed) == {"2026-11.json": body, "2026-11.csv": as_csv(body).encode()}


def test_a_reader_who_trusts_the_certificate_finds_it_genuine(signed: bytes, key: DocumentKey, home: Path) -> None:
    assert is_genuine(signed, key.certificates)
    assert not is_genuine(signed, [])
    later = rotate_document_key(home, datetime.now(UTC))
    assert is_genuine(signed, later.certificates)
    assert not is_genuine(signed, later.certificates[:1])


def test_any_flipped_byte_is_found_out(signed: bytes, key: DocumentKey) -> None:
    """Of all that the signature is over, which is the whole file but the signature itself."""
    start, end = _signature_place(signed)
    chooser = random.Random(17)
    drawn = (chooser.randrange(len(signed)) for _ in range(120))
    for place in [0, 1, start - 1, end, len(signed) - 1, *(one for one in drawn if not start <= one < end)]:
        wrong = bytearray(signed)
        wrong[place] ^= 1 << chooser.randrange(8)
        assert not is_genuine(bytes(wrong), key.certificates), place
    assert not is_genuine(signed + b"\n% more", key.certificates)


def _signature_place(document: bytes) -> tuple[int, int]:
    """The only bytes that the signature is not over: itself."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", document)
    assert found is not None
    first, second, rest = map(int, found.groups())
    assert second + rest == len(document)
    return first, second
