"""The feeds of this group, in the order they are drawn."""

from collections.abc import Mapping

from features.sources.city.justice.commitments import commitments
from features.sources.city.justice.construction import construction_conduct
from features.sources.city.justice.environment import discharges, environment_ratings
from features.sources.city.justice.freezes import judicial_freezes
from features.sources.city.justice.honours import honours
from features.sources.city.justice.insolvency import bankruptcies
from features.sources.city.justice.licences import licences
from features.sources.city.justice.lists import public_lists
from features.sources.city.justice.performances import voluntary_performances
from features.sources.city.justice.restrictions import consumption_restrictions
from features.sources.city.justice.safety import fire_inspections, work_safety
from features.sources.city.justice.transport import transport_violations
from features.sources.city.stating import AfterDefault, BeforeDefault

BEFORE_DEFAULT: Mapping[str, BeforeDefault] = {
    "F30": judicial_freezes,
    "F31": bankruptcies,
    "F33": licences,
    "F35": public_lists,
    "F36": commitments,
    "F37": honours,
    "F38": environment_ratings,
    "F39": discharges,
    "F40": work_safety,
    "F41": fire_inspections,
    "F42": construction_conduct,
    "F43": transport_violations,
}
AFTER_DEFAULT: Mapping[str, AfterDefault] = {"F29": consumption_restrictions, "F32": voluntary_performances}
