"""A small valid policy as data, and one changed in a place."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from products.decisions.policy import Policy

RATES = {"credit": 400, "mortgage": 350, "guarantee": 380}
RULES: list[dict[str, Any]] = [
    {
        "id": "ARREARS",
        "when": [{"feature": "tax_arrears_open", "op": ">", "value": 0}],
        "effect": "refer",
        "missing": "refer",
        "text": "有欠税",
        "text_en": "Tax arrears",
    },
    {
        "id": "LISTED",
        "when": [{"feature": "dishonest_listed", "op": ">=", "value": 1}],
        "effect": "decline",
        "missing": "refer",
        "text": "在失信名单",
        "text_en": "Listed",
    },
]
POLICY: dict[str, Any] = {
    "name": "small",
    "version": 1,
    "title": "小政策",
    "title_en": "A small policy",
    "effective_from": "2025-01-01",
    "score_products": ["P07"],
    "rules": RULES,
    "bands": [
        {"grade": "A", "verdict": "approve", "terms": {"share_bp": 2000, "cap_fen": 200_000_000, "term_months": 24,
                                                       "rate_bps": RATES}},
        {"grade": "B", "verdict": "approve", "terms": {"share_bp": 1000, "cap_fen": 100_000_000, "term_months": 12,
                                                       "rate_bps": RATES}},
        {"grade": "C", "verdict": "refer", "terms": {"share_bp": 500, "cap_fen": 50_000_000, "term_months": 12,
                                                     "rate_bps": RATES}},
        {"grade": "D", "verdict": "refer"},
        {"grade": "E", "verdict": "decline"},
    ],
    "limit": {
        "bases": [{"feature": "sales_amount_12p", "text": "近12个月开票销售额", "text_en": "invoiced sales"}],
        "least_fen": 1_000_000,
        "step_fen": 100_000,
    },
}  # fmt: skip


def written(**changes: Any) -> dict[str, Any]:
    """The policy as it stands in a file, with some of its keys changed."""
    return deepcopy(POLICY) | changes


def policy(**changes: Any) -> Policy:
    """The policy, its names unchecked."""
    return Policy.model_validate_json(json.dumps(written(**changes)))


def policy_file(folder: Path, **changes: Any) -> Path:
    """A policy file of the right name."""
    data = written(**changes)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{data['name']}.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return path
