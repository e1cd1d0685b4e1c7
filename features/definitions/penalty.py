"""Administrative penalties (F34). The law of their use drops what is revoked, repaired or past its publicity."""

from features.contracts.penalty import PENALTY
from features.definitions.entry import CL0, Entry
from features.engine.algebra import ADVERSE, Feature, Reason, count, total
from features.engine.rows import col
from features.engine.windows import months

REFERENCE = "《中华人民共和国行政处罚法》第四十八条;各部门行政处罚(F34)"

PENALTY_FEATURES = (
    Entry(
        name="penalties_36m",
        definition=Feature(
            feed=PENALTY,
            take=count(),
            within=months(36),
            where=~col("severity").equals("轻微"),
            missing=0,
        ),
        label="近36个月未撤销、未修复的一般与严重处罚次数",
        label_en="General and serious penalties of the last 36 months, neither revoked nor repaired",
        unit="penalties",
        sign=ADVERSE,
        reason=Reason(
            "PENALTY",
            adverse="近36个月受行政处罚{value}次",
            favourable="近36个月受行政处罚{value}次",
            adverse_en="{value} administrative penalties in 36 months",
            favourable_en="{value} administrative penalties in 36 months",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
    Entry(
        name="penalty_fines_36m",
        definition=Feature(
            feed=PENALTY,
            take=total(col("fine_fen") + col("confiscated_fen")),
            within=months(36),
            missing=0,
        ),
        label="近36个月未撤销、未修复处罚的罚没金额",
        label_en="Fines and confiscations of penalties of the last 36 months, neither revoked nor repaired",
        unit="fen",
        sign=ADVERSE,
        reason=Reason(
            "PENALTY",
            adverse="近36个月罚没{value}",
            favourable="近36个月罚没{value}",
            adverse_en="Fines and confiscations of {value} in 36 months",
            favourable_en="Fines and confiscations of {value} in 36 months",
        ),
        reference=REFERENCE,
        consent=CL0,
    ),
)
