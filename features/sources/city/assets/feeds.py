"""The feeds of this group, in the order they are drawn."""

from collections.abc import Mapping

from features.sources.city.assets.financing_demand import financing_demands
from features.sources.city.assets.guarantee import guarantees
from features.sources.city.assets.intellectual_property import patents, trademarks
from features.sources.city.assets.merchant_review import merchant_reviews
from features.sources.city.assets.public_evaluation import public_evaluations
from features.sources.city.assets.qualification import qualifications, research_projects
from features.sources.city.assets.real_estate import real_estate
from features.sources.city.assets.service_address import service_addresses
from features.sources.city.assets.tenancy import tenancies
from features.sources.city.assets.utilities import gas, water
from features.sources.city.stating import AfterDefault, BeforeDefault

BEFORE_DEFAULT: Mapping[str, BeforeDefault] = {
    "F48": water,
    "F49": gas,
    "F50": real_estate,
    "F51": tenancies,
    "F52": patents,
    "F53": trademarks,
    "F54": qualifications,
    "F55": research_projects,
    "F58": public_evaluations,
    "F62": guarantees,
    "F63": merchant_reviews,
    "F64": service_addresses,
}
AFTER_DEFAULT: Mapping[str, AfterDefault] = {"F61": financing_demands}
"""Demands follow the applications to banks, which stand in the aftermath; default has no part in them."""
