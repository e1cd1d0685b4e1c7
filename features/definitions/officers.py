"""Officers (F04): who acts for the enterprise, how long, and how often they are replaced."""

from features.contracts.officer import DIRECTOR, LEGAL_REP, LIAISON, MANAGER, OFFICER, SUPERVISOR
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Feature,
    count,
    days_since_first,
    days_since_last,
    distinct,
    exists,
    months_active,
    ratio,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import ever, months

_SAID = Family("《中华人民共和国公司法》;市场监管部门主要人员(F04)")
IN_OFFICE = ~col("resigned_on").is_known() | (col("resigned_on") > AS_OF)
RESIGNED = col("resigned_on").is_known() & (col("resigned_on") <= AS_OF)
_IS_LEGAL_REP = col("role").equals(LEGAL_REP)


def _ever(take: Aggregate, where: Condition | None = IN_OFFICE, missing: int | None = None) -> Feature:
    return Feature(feed=OFFICER, take=take, within=ever(), where=where, missing=missing)


OFFICER_FEATURES = (
    _SAID.one(
        "officers",
        _ever(distinct(col("person_hash"))),
        label="在任主要人员人数",
        label_en="Persons in office",
        unit="persons",
        sign=FAVOURABLE,
        code="OFFICERS",
        zh=("在任主要人员仅{value}名", "在任主要人员{value}名"),
        en=("Only {value} persons are in office", "{value} persons are in office"),
    ),
    _SAID.one(
        "offices_per_person",
        ratio(_ever(count()), _ever(distinct(col("person_hash")))),
        label="在任人员人均兼任职务数",
        label_en="Offices held by one person on average",
        unit="offices",
        sign=ADVERSE,
        code="OFFICERS",
        zh="主要人员人均兼任{value}个职务",
        en="One person holds {value} offices on average",
    ),
    _SAID.one(
        "board_members",
        _ever(count(), IN_OFFICE & col("role").one_of(DIRECTOR, SUPERVISOR), missing=0),
        label="在任董事监事人数",
        label_en="Directors and supervisors in office",
        unit="persons",
        sign=FAVOURABLE,
        code="OFFICERS",
        zh=("在任董事监事仅{value}名", "在任董事监事{value}名"),
        en=("Only {value} directors and supervisors are in office", "{value} directors and supervisors are in office"),
    ),
    *(
        _SAID.one(
            f"has_{name}",
            _ever(exists(), IN_OFFICE & col("role").equals(role), missing=0),
            label=f"是否有在任{role}(1为有)",
            label_en=f"There is a {name} in office (1 = yes)",
            unit="flag",
            sign=FAVOURABLE,
            code="OFFICES-FILLED",
            zh=(f"无在任{role}", f"有在任{role}"),
            en=(f"There is no {name} in office", f"There is a {name} in office"),
        )
        for name, role in (("supervisor", SUPERVISOR), ("manager", MANAGER), ("liaison", LIAISON))
    ),
    *_SAID.over(
        months_back(12, 36),
        "appointments_{span}",
        lambda within: Feature(feed=OFFICER, take=count(), within=within, missing=0),
        label="{span}主要人员任职次数",
        label_en="Appointments of officers in {span}",
        unit="appointments",
        sign=ADVERSE,
        code="OFFICER-CHANGE",
        zh="{span}新任主要人员{value}人次",
        en="{value} officers were appointed in {span}",
    ),
    *_SAID.over(
        months_back(6, 36),
        "legal_reps_appointed_{span}",
        lambda within: Feature(feed=OFFICER, take=count(), within=within, where=_IS_LEGAL_REP, missing=0),
        label="{span}新任法定代表人次数",
        label_en="Legal representatives appointed in {span}",
        unit="appointments",
        sign=ADVERSE,
        code="LEGAL-REP-CHANGE",
        zh="{span}新任法定代表人{value}次",
        en="Legal representatives were appointed {value} times in {span}",
    ),
    _SAID.one(
        "legal_rep_tenure_days",
        _ever(days_since_last(), _IS_LEGAL_REP),
        label="距最近一次法定代表人任职天数",
        label_en="Days since a legal representative was last appointed",
        unit="days",
        sign=FAVOURABLE,
        code="LEGAL-REP-CHANGE",
        zh=("最近一次法定代表人任职距今仅{value}天", "最近一次法定代表人任职距今{value}天"),
        en=(
            "A legal representative was appointed only {value} days ago",
            "The newest legal representative was appointed {value} days ago",
        ),
    ),
    _SAID.one(
        "longest_office_days",
        _ever(days_since_first(), IN_OFFICE & ~_IS_LEGAL_REP),
        label="在任董监高中最长任职天数",
        label_en="Longest days in office beside the legal representative",
        unit="days",
        sign=FAVOURABLE,
        code="OFFICER-STABLE",
        zh=("董监高最长任职仅{value}天", "董监高最长任职{value}天"),
        en=("No officer has served longer than {value} days", "The longest officer has served {value} days"),
    ),
    _SAID.one(
        "officers_resigned_share",
        ratio(_ever(count(), RESIGNED, missing=0), _ever(count(), None)),
        label="历任主要人员中已离任者占比",
        label_en="Officers who resigned, of all there ever were",
        unit="share",
        sign=ADVERSE,
        code="OFFICER-CHANGE",
        zh="历任主要人员中{value}已离任",
        en="{value} of all officers there were have resigned",
    ),
    _SAID.one(
        "officer_change_months_24m",
        Feature(feed=OFFICER, take=months_active(), within=months(24), missing=0),
        label="近24个月内有人员任职的自然月数",
        label_en="Calendar months with an appointment within the last 24 months",
        unit="months",
        sign=ADVERSE,
        code="OFFICER-CHANGE",
        zh="近24个月内有{value}个自然月有人员任职",
        en="Officers were appointed in {value} calendar months within 24 months",
    ),
    _SAID.one(
        "people_ever_in_office",
        _ever(distinct(col("person_hash")), None),
        label="历任主要人员人数",
        label_en="Persons who ever held an office",
        unit="persons",
        sign=NEUTRAL,
        code="OFFICERS",
        zh="历任主要人员{value}名",
        en="{value} persons have held an office",
    ),
)
