"""Courts (F26, F27, F28): suits as defendant, open enforcement, the dishonest-debtor list.

Most of these records are effects of a default and arrive months after it; only what was known on the day counts.
"""

from features.contracts.court_case import COURT_CASE
from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.enforcement import ENFORCEMENT
from features.definitions.entry import CL0, Entry
from features.engine.algebra import ADVERSE, Feature, Reason, count, exists, total
from features.engine.rows import AS_OF, col
from features.engine.windows import ever, months

CLOSED_SOMEHOW = col("closed_way").is_known()
"""Of some cases the way they were closed arrives and not the day."""
OPEN_ENFORCEMENT = (~col("closed_on").is_known() & ~CLOSED_SOMEHOW) | (col("closed_on") > AS_OF)

COURT_FEATURES = (
    Entry(
        name="defendant_cases_24m",
        definition=Feature(
            feed=COURT_CASE, take=count(), within=months(24), where=col("role").equals("被告"), missing=0
        ),
        label="近24个月作为被告的案件数",
        label_en="Court cases as defendant in the last 24 months",
        unit="cases",
        sign=ADVERSE,
        reason=Reason(
            "COURT-DEFENDANT",
            adverse="近24个月作为被告涉诉{value}件",
            favourable="近24个月作为被告涉诉{value}件",
            adverse_en="Defendant in {value} court cases in 24 months",
            favourable_en="Defendant in {value} court cases in 24 months",
        ),
        reference="《最高人民法院关于人民法院在互联网公布裁判文书的规定》;法院立案与裁判(F26)",
        consent=CL0,
    ),
    Entry(
        name="enforcement_open_count",
        definition=Feature(feed=ENFORCEMENT, take=count(), within=ever(), where=OPEN_ENFORCEMENT, missing=0),
        label="未结被执行案件数",
        label_en="Enforcement cases not closed",
        unit="cases",
        sign=ADVERSE,
        reason=Reason(
            "ENFORCEMENT",
            adverse="有{value}件未结被执行案件",
            favourable="未结被执行案件{value}件",
            adverse_en="{value} enforcement cases are open",
            favourable_en="Open enforcement cases: {value}",
        ),
        reference="《中华人民共和国民事诉讼法》;法院被执行信息(F27)",
        consent=CL0,
    ),
    Entry(
        name="enforcement_open_fen",
        definition=Feature(
            feed=ENFORCEMENT, take=total(col("amount_fen")), within=ever(), where=OPEN_ENFORCEMENT, missing=0
        ),
        label="未结被执行标的金额",
        label_en="Amount of enforcement cases not closed",
        unit="fen",
        sign=ADVERSE,
        reason=Reason(
            "ENFORCEMENT",
            adverse="未结被执行标的{value}",
            favourable="未结被执行标的{value}",
            adverse_en="Open enforcement amounts to {value}",
            favourable_en="Open enforcement amounts to {value}",
        ),
        reference="《中华人民共和国民事诉讼法》;法院被执行信息(F27)",
        consent=CL0,
    ),
    Entry(
        name="dishonest_listed",
        definition=Feature(feed=DISHONEST_DEBTOR, take=exists(), within=ever(), missing=0),
        label="是否在列失信被执行人(1为在列)",
        label_en="On the list of dishonest judgment debtors (1 = listed)",
        unit="flag",
        sign=ADVERSE,
        reason=Reason(
            "DISHONEST-LIST",
            adverse="当前为失信被执行人",
            favourable="当前不在失信被执行人名单",
            adverse_en="Listed as a dishonest judgment debtor",
            favourable_en="Not listed as a dishonest judgment debtor",
        ),
        reference="《最高人民法院关于公布失信被执行人名单信息的若干规定》;失信被执行人(F28)",
        consent=CL0,
    ),
)
