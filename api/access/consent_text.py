"""The text an enterprise signs when it grants a consent. Its digest is kept with the consent."""

import hashlib

from api.access.consents import Authorisation
from products.product import find_product

VERSION = "2026-1"
"""Another wording is another version: a digest says which words were signed."""
_PURPOSES = {
    "pre_loan": "贷前审查",
    "post_loan": "贷后管理",
    "guarantee": "担保审查",
    "dispute": "异议处理",
    "supervision": "监督检查",
    "self": "自我查询",
}


def consent_text(authorisation: Authorisation, institution: str) -> str:
    """The authorisation in the words of its text, version `VERSION`, the same for the same facts."""
    products = "、".join(f"{find_product(code).name}({code})" for code in sorted(set(authorisation.products)))
    purposes = "、".join(_PURPOSES[purpose] for purpose in sorted(set(authorisation.purposes)))
    return (
        f"企业信用信息查询授权书(文本版本 {VERSION})\n"
        f"授权人:统一社会信用代码 {authorisation.uscc}\n"
        f"被授权人:{institution}\n"
        f"授权人同意被授权人通过地方征信平台查询并使用授权人的信用信息,产品为:{products};用途为:{purposes}。\n"
        f"授权自 {authorisation.valid_from.isoformat()} 起至 {authorisation.valid_to.isoformat()} 止,首尾两日均在内。\n"
        "授权人可随时撤回本授权,撤回后的查询即被拒绝,撤回前的查询不受影响;"
        "查询记录保存五年,授权人可向平台查阅并提出异议。\n"
    )


def text_digest(text: str) -> str:
    """Hexadecimal SHA-256 over the text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
