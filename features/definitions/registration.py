"""Registration and its changes (F01, F02): age, capital, industry, and how often the firm's own particulars move."""

from features.contracts.registration import REGISTRATION
from features.contracts.registration_change import REGISTRATION_CHANGE
from features.definitions.entry import CL0, Entry
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Feature,
    Reason,
    count,
    days_since_first,
    latest,
)
from features.engine.rows import col
from features.engine.windows import ever, months

REFERENCE = "《中华人民共和国市场主体登记管理条例》;市场监管部门登记信息(F01、F02)"
SECTIONS = tuple("ABCDEFGHIJKLMNOPQRST")
"""Sections of GB/T 4754-2017, the industry classification."""
DISTRICTS = (
    *("440303", "440304", "440305", "440306", "440307", "440308", "440309", "440310", "440311"),
    *("440103", "440104", "440105", "440106", "440111", "440112", "440113", "440114", "440115", "440117", "440118"),
    *("441302", "441303", "441322", "441323", "441324"),
)
"""Districts of Shenzhen, Guangzhou and Huizhou (GB/T 2260, end of 2022)."""
ENDED = {"存续": 0, "歇业": 0, "迁出": 1, "注销": 1, "吊销": 1}
"""A firm at rest (歇业) still exists; one that moved away is another city's."""

REGISTRATION_FEATURES = (
    Entry(
        name="age_days",
        definition=Feature(feed=REGISTRATION, take=days_since_first(), within=ever(), where=col("est_date").is_known()),
        label="成立天数",
        label_en="Days since establishment",
        unit="days",
        sign=FAVOURABLE,
        reason=Reason(
            "AGE",
            adverse="成立仅{value}天",
            favourable="成立已{value}天",
            adverse_en="Established only {value} days ago",
            favourable_en="Established {value} days ago",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
    Entry(
        name="registered_capital",
        definition=Feature(feed=REGISTRATION, take=latest(col("reg_capital_fen")), within=ever()),
        label="注册资本",
        label_en="Registered capital",
        unit="fen",
        sign=FAVOURABLE,
        reason=Reason(
            "CAPITAL",
            adverse="注册资本仅{value}",
            favourable="注册资本{value}",
            adverse_en="The registered capital is only {value}",
            favourable_en="The registered capital is {value}",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
    Entry(
        name="registration_ended",
        definition=Feature(feed=REGISTRATION, take=latest(col("status").mapped(ENDED)), within=ever()),
        label="登记状态为注销、吊销或迁出(1=是)",
        label_en="Registration cancelled, revoked or moved away (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        reason=Reason(
            "REGISTRATION-ENDED",
            adverse="登记已注销、吊销或迁出",
            favourable="登记状态正常",
            adverse_en="The registration is cancelled, revoked or moved away",
            favourable_en="The registration is in force",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
    Entry(
        name="industry_section",
        definition=Feature(feed=REGISTRATION, take=latest(col("section"), categories=SECTIONS), within=ever()),
        label="行业门类",
        label_en="Industry section (GB/T 4754)",
        unit="section",
        sign=NEUTRAL,
        reason=Reason(
            "INDUSTRY",
            adverse="所属行业门类为{value}",
            favourable="所属行业门类为{value}",
            adverse_en="The industry section is {value}",
            favourable_en="The industry section is {value}",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
    Entry(
        name="registration_district",
        definition=Feature(feed=REGISTRATION, take=latest(col("division"), categories=DISTRICTS), within=ever()),
        label="登记所在区县",
        label_en="District of registration (GB/T 2260)",
        unit="district",
        sign=NEUTRAL,
        reason=Reason(
            "DISTRICT",
            adverse="登记所在区县为{value}",
            favourable="登记所在区县为{value}",
            adverse_en="The district of registration is {value}",
            favourable_en="The district of registration is {value}",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
    Entry(
        name="control_changes_12m",
        definition=Feature(
            feed=REGISTRATION_CHANGE,
            take=count(),
            within=months(12),
            where=col("item").one_of("法人", "股东"),
            missing=0,
        ),
        label="近12个月法定代表人或股东变更次数",
        label_en="Changes of legal representative or shareholders in the last 12 months",
        unit="changes",
        sign=ADVERSE,
        reason=Reason(
            "CONTROL-CHANGE",
            adverse="近12个月变更法定代表人或股东{value}次",
            favourable="近12个月法定代表人与股东变更{value}次,保持稳定",
            adverse_en="Legal representative or shareholders changed {value} times in 12 months",
            favourable_en="Legal representative and shareholders are stable: {value} changes in 12 months",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
    Entry(
        name="address_changes_24m",
        definition=Feature(
            feed=REGISTRATION_CHANGE,
            take=count(),
            within=months(24),
            where=col("item").equals("住所"),
            missing=0,
        ),
        label="近24个月住所变更次数",
        label_en="Changes of address in the last 24 months",
        unit="changes",
        sign=ADVERSE,
        reason=Reason(
            "ADDRESS-CHANGE",
            adverse="近24个月变更住所{value}次",
            favourable="近24个月住所变更{value}次,保持稳定",
            adverse_en="The address changed {value} times in 24 months",
            favourable_en="The address is stable: {value} changes in 24 months",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
)
