"""The print of a statement: what an accountant files, with the signed JSON and the CSV attached to it."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.billing.months import Month
from api.billing.statements import as_csv, due_of
from api.billing.tables import Statement, StatementSignature
from api.pages.quantity import NOTHING, yuan
from api.pages.rendering import moment
from api.pages.words import WORDS
from api.prints.capital_amount import capital_amount
from api.prints.certificates import open_document_key
from api.prints.pades import sign_document
from api.prints.typesetting import typeset
from bureau.errors import UnknownProduct
from bureau.settings import Settings
from products.product import find_product

_TEMPLATE = Path(__file__).parent / "statement.typ"
_WORDS = WORDS["zh"]
_BASES = {
    "unit": "按次计费",
    "repeat": "重复查询",
    "same_entity": "当月同一企业",
    "free": "免费",
    "not_billable": "不计费",
    "unanswered": "未应答",
    "service_credit": "服务水平赔付",
}


def signed_print(session: Session, issued: Statement, settings: Settings, at: datetime) -> bytes:
    """The PDF of an issued statement with the platform's signature, made anew each time; raises `FontMissing`.

    at: when the document key is made, where there is none.
    """
    agreed = session.get(StatementSignature, (issued.institution_id, issued.month))
    printed = print_statement(issued, agreed, settings.font_dir)
    return sign_document(printed, open_document_key(settings.home, at), f"{Month(issued.month)} 对账单")


def print_statement(issued: Statement, agreed: StatementSignature | None, fonts: Path | None) -> bytes:
    """The PDF not yet signed: the same bytes each time, until the institution has agreed."""
    content = json.loads(issued.body)
    attached = {"statement": issued.body.decode(), "lines": as_csv(issued.body)}
    return typeset(_TEMPLATE, _facts(content, issued, agreed), attached, issued.issued_at, fonts)


def statement_number(issued: Statement) -> str:
    """Its month and the beginning of its digest."""
    return f"{Month(issued.month)}-{issued.sha256[:12].upper()}"


def _facts(content: dict[str, Any], issued: Statement, agreed: StatementSignature | None) -> dict[str, Any]:
    month = content["month"]
    return {
        "platform": _WORDS["platform"],
        "title": f"{month[:4]}年{int(month[5:])}月对账单",
        "number": statement_number(issued),
        "institution": content["institution"],
        "month": month,
        "about": [
            ["机构", content["institution"]],
            ["账期", f"{_day(content['begins'])} 起至 {_day(content['ends'])} 前（北京时间）"],
            ["出具时间", moment(issued.issued_at)],
            ["币种", "人民币，单位元；接口与附件以分计"],
        ],
        "due": yuan(due_of(content)),
        "capital": capital_amount(due_of(content)),
        "products": _by_product(content["lines"]),
        "sums": _sums(content),
        "lines": [_line(line) for line in content["lines"]],
        "traced": f"每一行都可逐笔核对：GET /v1/statements/{month}/lines/行号/calls 列出其全部调用；测试调用不在其中。",
        "signed": _signed(issued, agreed),
        "sha256": issued.sha256,
        "note": "本文件带有平台的数字签名（PAdES），任何改动都会使其失效；附件为对账单原文（JSON）与计费明细（CSV）。",
    }


def _by_product(lines: list[dict[str, Any]]) -> list[list[str]]:
    """Product, calls, units, yuan."""
    sums: dict[tuple[str, int], Counter[str]] = {}
    for line in lines:
        figures = {name: line[name] for name in ("calls", "units", "amount_fen")}
        sums.setdefault((line["product"], line["product_version"]), Counter()).update(figures)
    return [
        [_product(*product), f"{one['calls']:,}", f"{one['units']:,}", yuan(one["amount_fen"])]
        for product, one in sums.items()
    ]


def _sums(content: dict[str, Any]) -> list[list[str]]:
    calls, units = (sum(line[name] for line in content["lines"]) for name in ("calls", "units"))
    rows = [["调用费用小计", f"{calls:,}", f"{units:,}", yuan(content["calls_fen"])]]
    if content["minimum_fen"]:
        minimum = f"补足合同最低消费（{yuan(content['minimum_fen'])} 元）"
        rows.append([minimum, "", "", yuan(content["minimum_top_up_fen"])])
    if content.get("corrections"):
        months = "、".join(one["month"] for one in content["corrections"])
        rows.append([f"更正此前月份（{months}）", "", "", yuan(content["corrections_fen"])])
    if content.get("credits_fen"):
        rows.append(["此前月份服务水平赔付", "", "", yuan(content["credits_fen"])])
    if content.get("paid_from_wallet_fen"):
        rows.append(["本月合计", "", "", yuan(content["total_fen"])])
        rows.append(["预付款抵扣净额", "", "", yuan(-content["paid_from_wallet_fen"])])
    return [*rows, ["应付合计", "", "", yuan(due_of(content))]]


def _line(line: dict[str, Any]) -> list[str]:
    reversal = "冲正：" if line["kind"] == "reversal" else ""
    return [
        str(line["number"]),
        _product(line["product"], line["product_version"]),
        _terms(line["contract_version"], line["price_rule"]),
        _WORDS[line["purpose"]],
        _WORDS[line["outcome"]],
        reversal + _BASES[line["basis"]],
        f"{line['calls']:,}",
        f"{line['units']:,}",
        yuan(line["amount_fen"]),
    ]


def _product(code: str, version: int) -> str:
    """Its code and name, and its version where another is sold now; a product that is gone is named by its code."""
    try:
        line = find_product(code)
    except UnknownProduct:
        return code
    return f"{code} {line.name}" + ("" if version in (0, line.version) else f"（第{version}版）")


def _terms(contract_version: int | None, rule: int) -> str:
    if contract_version is None:
        return NOTHING
    return f"第{contract_version}版" + ("" if rule < 0 else f"/{rule}")


def _signed(issued: Statement, agreed: StatementSignature | None) -> list[list[str]]:
    """Row by row: what, the platform's, the institution's."""
    if agreed is None:
        return [["时间", moment(issued.issued_at), "尚未确认"], ["方式", "数字签名（JWS）", NOTHING]]
    means = "以登记的客户端身份确认" if agreed.jws is None else "以登记的公钥数字签名（JWS）"
    return [
        ["时间", moment(issued.issued_at), moment(agreed.signed_at)],
        ["方式", "数字签名（JWS）", means],
        ["署名", _WORDS["platform"], agreed.client_id],
    ]


def _day(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%Y-%m-%d}"
