"""Electronic service (F64): whether legal papers reach an enterprise where it said they would."""

from features.contracts.service_address import SERVICE_ADDRESS
from features.definitions.entry import Entry
from features.definitions.families import Family
from features.engine.algebra import ADVERSE, FAVOURABLE, NEUTRAL, Aggregate, Feature, days_since_first, exists
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import ever

FAMILY = Family("《广东省优化营商环境条例》;送达地址承诺与托管(F64)")
ACTIVE = ~col("withdrawn_on").is_known() | (col("withdrawn_on") > AS_OF)
BOUNCED = col("bounced_on").is_known() & (col("bounced_on") <= AS_OF)
SILENT = ~col("replied_on").is_known() | (col("replied_on") > AS_OF)


def committed(take: Aggregate, where: Condition, missing: int | None = 0) -> Feature:
    return Feature(feed=SERVICE_ADDRESS, take=take, within=ever(), where=where, missing=missing)


SERVICE_ADDRESS_FEATURES: tuple[Entry, ...] = (
    FAMILY.one(
        "service_committed",
        committed(exists(), ACTIVE),
        label="是否有有效的电子送达承诺(1为有)",
        label_en="Whether a commitment to electronic service is in force (1 = yes)",
        unit="flag",
        sign=FAVOURABLE,
        code="SERVICE-COMMITTED",
        zh=("没有有效的电子送达承诺", "有有效的电子送达承诺"),
        en=("No commitment to electronic service is in force", "A commitment to electronic service is in force"),
    ),
    FAMILY.one(
        "service_lost",
        committed(exists(), BOUNCED & SILENT),
        label="电子送达邮件退回且未联系上(1为是)",
        label_en="Whether an e-mail bounced and nobody has replied since (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="SERVICE-LOST",
        zh=("电子送达邮件被退回且未联系上", "没有退回后失联的电子送达邮件"),
        en=("An e-mail bounced and nobody replied", "No e-mail bounced without a reply"),
    ),
    FAMILY.one(
        "service_bounced",
        committed(exists(), BOUNCED),
        label="电子送达邮件是否退回过(1为退回过)",
        label_en="Whether an e-mail ever bounced (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="SERVICE-BOUNCED",
        zh=("电子送达邮件曾被退回", "电子送达邮件未被退回"),
        en=("An e-mail bounced", "No e-mail bounced"),
    ),
    FAMILY.one(
        "service_withdrawn",
        committed(exists(), ~ACTIVE),
        label="是否撤回过电子送达承诺(1为撤回过)",
        label_en="Whether a commitment to electronic service was withdrawn (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="SERVICE-WITHDRAWN",
        zh=("曾撤回电子送达承诺", "未撤回电子送达承诺"),
        en=("A commitment to electronic service was withdrawn", "No commitment was withdrawn"),
    ),
    FAMILY.one(
        "service_hosted",
        committed(exists(), ACTIVE & col("host_id").is_known()),
        label="送达地址是否由托管机构代收(1为是)",
        label_en="Whether a host receives its papers (1 = yes)",
        unit="flag",
        sign=NEUTRAL,
        code="SERVICE-HOSTED",
        zh=("送达地址由托管机构代收", "送达地址不由托管机构代收"),
        en=("A host receives its papers", "It receives its papers itself"),
    ),
    FAMILY.one(
        "service_days",
        committed(days_since_first(), ACTIVE, missing=None),
        label="现行电子送达承诺距今天数",
        label_en="Days since the commitment to electronic service in force was made",
        unit="days",
        sign=FAVOURABLE,
        code="SERVICE-SINCE",
        zh=("电子送达承诺仅{value}天", "电子送达承诺已{value}天"),
        en=("The commitment is only {value} days old", "The commitment has held for {value} days"),
    ),
)
