"""What was given as security: pledged equity (F10), movables and receivables (F11), against the enterprise's size."""

from features.contracts.annual_report import ANNUAL_REPORT
from features.contracts.contract import Contract
from features.contracts.equity_pledge import BANK, EQUITY_PLEDGE, PRIVATE_PLEDGEE
from features.contracts.movable_security import CHATTEL, LEASE, MOVABLE_SECURITY, RECEIVABLE_PLEDGED, RECEIVABLE_SOLD
from features.contracts.registration import REGISTRATION
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_last,
    distinct,
    exists,
    largest,
    latest,
    ratio,
    total,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import ever, months, periods

_EQUITY = Family("《中华人民共和国民法典》;市场监管部门股权出质(F10)")
_MOVABLE = Family("《国务院关于实施动产和权利担保统一登记的决定》;动产融资统一登记(F11)")
_TO_CAPITAL = "市场监管部门登记信息(F01)"
PLEDGED = ~col("released_on").is_known() | (col("released_on") > AS_OF)
ENCUMBERED = ~col("ended_on").is_known() | (col("ended_on") > AS_OF)
_DEBT = total(col("debt_fen"))


def _of(feed: Contract, take: Aggregate, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=feed, take=take, within=ever(), where=where, missing=missing)


def _pledges(take: Aggregate, where: Condition | None = PLEDGED, missing: int | None = 0) -> Feature:
    return _of(EQUITY_PLEDGE, take, where, missing)


def _securities(take: Aggregate, where: Condition | None = ENCUMBERED, missing: int | None = 0) -> Feature:
    return _of(MOVABLE_SECURITY, take, where, missing)


_CAPITAL = Feature(feed=REGISTRATION, take=latest(col("reg_capital_fen")), within=ever())

_EQUITY_FEATURES = (
    _EQUITY.one(
        "equity_pledges",
        _pledges(count()),
        label="有效股权出质笔数",
        label_en="Equity pledges in force",
        unit="pledges",
        sign=ADVERSE,
        code="EQUITY-PLEDGE",
        zh="有效股权出质{value}笔",
        en="{value} equity pledges are in force",
    ),
    _EQUITY.one(
        "equity_pledged",
        _pledges(total(col("amount_fen"))),
        label="有效出质股权数额(以金额登记的)",
        label_en="Equity pledged and not released, where registered as an amount",
        unit="fen",
        sign=ADVERSE,
        code="EQUITY-PLEDGE",
        zh="有效出质股权{value}",
        en="Equity of {value} is pledged",
    ),
    _EQUITY.one(
        "largest_equity_pledge",
        _pledges(largest(col("amount_fen")), None, missing=None),
        label="历次股权出质最大数额",
        label_en="Largest equity pledge there ever was",
        unit="fen",
        sign=ADVERSE,
        code="EQUITY-PLEDGE",
        zh="历次股权出质最大一笔{value}",
        en="The largest equity pledge was of {value}",
    ),
    *_EQUITY.over(
        months_back(6, 36),
        "new_equity_pledges_{span}",
        lambda within: Feature(feed=EQUITY_PLEDGE, take=count(), within=within, missing=0),
        label="{span}新增股权出质笔数",
        label_en="Equity pledges made in {span}",
        unit="pledges",
        sign=ADVERSE,
        code="EQUITY-PLEDGE-NEW",
        zh="{span}新增股权出质{value}笔",
        en="{value} equity pledges were made in {span}",
    ),
    _EQUITY.one(
        "equity_pledges_to_persons_36m",
        Feature(
            feed=EQUITY_PLEDGE,
            take=count(),
            within=months(36),
            where=col("pledgee_type").equals(PRIVATE_PLEDGEE),
            missing=0,
        ),
        label="近36个月向自然人出质股权笔数",
        label_en="Equity pledges to persons in the last 36 months",
        unit="pledges",
        sign=ADVERSE,
        code="EQUITY-PLEDGE-NEW",
        zh="近36个月向自然人出质股权{value}笔",
        en="{value} equity pledges to persons in 36 months",
    ),
    _EQUITY.one(
        "equity_pledged_outside_banks",
        _pledges(exists(), PLEDGED & ~col("pledgee_type").equals(BANK)),
        label="是否有向非银行的有效股权出质(1为有)",
        label_en="Equity pledged to others than banks (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="EQUITY-PLEDGE",
        zh=("有向非银行的有效股权出质", "无向非银行的有效股权出质"),
        en=("Equity is pledged to others than banks", "No equity is pledged to others than banks"),
    ),
    _EQUITY.one(
        "equity_pledges_released_share",
        ratio(_pledges(count(), ~PLEDGED), _pledges(count(), None, missing=None)),
        label="股权出质已注销占比",
        label_en="Equity pledges that were released",
        unit="share",
        sign=FAVOURABLE,
        code="EQUITY-RELEASED",
        zh=("股权出质仅注销{value}", "股权出质已注销{value}"),
        en=("Only {value} of equity pledges were released", "{value} of equity pledges were released"),
    ),
    _EQUITY.one(
        "days_since_equity_pledge",
        _pledges(days_since_last(), None, missing=None),
        label="距最近一次股权出质天数",
        label_en="Days since equity was last pledged",
        unit="days",
        sign=FAVOURABLE,
        code="EQUITY-PLEDGE-NEW",
        zh="{value}天前出质股权",
        en="Equity was last pledged {value} days ago",
    ),
    Family(f"{_EQUITY.reference};{_TO_CAPITAL}").one(
        "equity_pledged_to_capital",
        ratio(_pledges(total(col("amount_fen"))), _CAPITAL),
        label="有效出质股权占注册资本比例",
        label_en="Equity pledged over registered capital",
        unit="share",
        sign=ADVERSE,
        code="EQUITY-PLEDGE",
        zh="有效出质股权占注册资本{value}",
        en="Pledged equity is {value} of registered capital",
    ),
)

_MOVABLE_FEATURES = (
    _MOVABLE.one(
        "movable_securities",
        _securities(count()),
        label="有效动产和权利担保登记笔数",
        label_en="Registrations of movable security in force",
        unit="registrations",
        sign=ADVERSE,
        code="MOVABLE-SECURITY",
        zh="有效动产和权利担保{value}笔",
        en="{value} movable securities are in force",
    ),
    _MOVABLE.one(
        "movable_secured_debt",
        _securities(_DEBT),
        label="有效动产和权利担保的主债权金额",
        label_en="Debt under movable security in force",
        unit="fen",
        sign=ADVERSE,
        code="MOVABLE-SECURITY",
        zh="动产和权利担保的债权{value}",
        en="Debt of {value} is under movable security",
    ),
    *_MOVABLE.over(
        months_back(6, 24),
        "new_movable_securities_{span}",
        lambda within: Feature(feed=MOVABLE_SECURITY, take=count(), within=within, missing=0),
        label="{span}新增动产和权利担保登记笔数",
        label_en="Movable securities registered in {span}",
        unit="registrations",
        sign=ADVERSE,
        code="MOVABLE-SECURITY-NEW",
        zh="{span}新增动产和权利担保{value}笔",
        en="{value} movable securities were registered in {span}",
    ),
    *_MOVABLE.over(
        months_back(12),
        "new_movable_secured_debt_{span}",
        lambda within: Feature(feed=MOVABLE_SECURITY, take=_DEBT, within=within, missing=0),
        label="{span}新增动产和权利担保的主债权金额",
        label_en="Debt under movable security registered in {span}",
        unit="fen",
        sign=ADVERSE,
        code="MOVABLE-SECURITY-NEW",
        zh="{span}新增动产和权利担保债权{value}",
        en="Debt of {value} was secured by movables in {span}",
    ),
    *(
        _MOVABLE.one(
            f"{name}_in_force",
            _securities(count(), ENCUMBERED & col("kind").one_of(*kinds)),
            label=f"有效{zh}登记笔数",
            label_en=f"Registrations of {en} in force",
            unit="registrations",
            sign=ADVERSE,
            code="MOVABLE-SECURITY",
            zh=f"有效{zh}{{value}}笔",
            en=f"{{value}} registrations of {en} are in force",
        )
        for name, kinds, zh, en in (
            (
                "receivable_financing",
                (RECEIVABLE_PLEDGED, RECEIVABLE_SOLD),
                "应收账款质押与转让",
                "receivables",
            ),
            ("chattel_mortgages", (CHATTEL,), "动产抵押", "chattel mortgage"),
            ("finance_leases", (LEASE,), "融资租赁", "finance lease"),
        )
    ),
    _MOVABLE.one(
        "secured_parties_36m",
        Feature(feed=MOVABLE_SECURITY, take=distinct(col("secured_party")), within=months(36), missing=0),
        label="近36个月登记的担保权人数",
        label_en="Secured parties of the movable security of the last 36 months",
        unit="parties",
        sign=ADVERSE,
        code="MOVABLE-SECURITY",
        zh="近36个月登记的动产和权利担保涉及{value}家担保权人",
        en="{value} parties took movable security in 36 months",
    ),
    _MOVABLE.one(
        "movable_securities_overdue",
        _securities(count(), ENCUMBERED & col("due_on").is_known() & (col("due_on") <= AS_OF)),
        label="已到期未注销的动产和权利担保笔数",
        label_en="Movable securities due and not ended",
        unit="registrations",
        sign=ADVERSE,
        code="MOVABLE-SECURITY",
        zh="到期未注销的动产和权利担保{value}笔",
        en="{value} movable securities are due and not ended",
    ),
    _MOVABLE.one(
        "movable_securities_ended_share",
        ratio(_securities(count(), ~ENCUMBERED), _securities(count(), None, missing=None)),
        label="动产和权利担保已终止占比",
        label_en="Movable securities that ended",
        unit="share",
        sign=FAVOURABLE,
        code="MOVABLE-RELEASED",
        zh=("动产和权利担保仅终止{value}", "动产和权利担保已终止{value}"),
        en=("Only {value} of movable securities ended", "{value} of movable securities ended"),
    ),
    _MOVABLE.one(
        "days_since_movable_security",
        _securities(days_since_last(), None, missing=None),
        label="距最近一次动产和权利担保登记天数",
        label_en="Days since movable security was last registered",
        unit="days",
        sign=FAVOURABLE,
        code="MOVABLE-SECURITY-NEW",
        zh="{value}天前登记动产和权利担保",
        en="Movable security was last registered {value} days ago",
    ),
    _MOVABLE.one(
        "largest_movable_secured_debt_36m",
        Feature(feed=MOVABLE_SECURITY, take=largest(col("debt_fen")), within=months(36)),
        label="近36个月单笔最大动产和权利担保债权",
        label_en="Largest debt under one movable security of the last 36 months",
        unit="fen",
        sign=ADVERSE,
        code="MOVABLE-SECURITY",
        zh="近36个月单笔最大担保债权{value}",
        en="The largest debt secured by movables in 36 months is {value}",
    ),
    Family(f"{_MOVABLE.reference};{_TO_CAPITAL}").one(
        "movable_secured_debt_to_capital",
        ratio(_securities(_DEBT), _CAPITAL),
        label="动产和权利担保债权与注册资本之比",
        label_en="Debt under movable security over registered capital",
        unit="share",
        sign=ADVERSE,
        code="MOVABLE-SECURITY",
        zh="动产和权利担保债权为注册资本的{value}",
        en="Debt secured by movables is {value} of registered capital",
    ),
    Family(f"{_MOVABLE.reference};《企业信息公示暂行条例》企业年报(F05)").one(
        "movable_secured_debt_to_assets",
        ratio(_securities(_DEBT), Feature(feed=ANNUAL_REPORT, take=latest(col("assets_fen")), within=periods(2))),
        label="动产和权利担保债权与年报资产之比",
        label_en="Debt under movable security over reported assets",
        unit="share",
        sign=ADVERSE,
        code="MOVABLE-SECURITY",
        zh="动产和权利担保债权为年报资产的{value}",
        en="Debt secured by movables is {value} of reported assets",
    ),
)

SECURITY_FEATURES = (*_EQUITY_FEATURES, *_MOVABLE_FEATURES)
