"""The feeds of this group, in the order they are drawn."""

from collections.abc import Mapping

from features.sources.city.market.abnormal_listings import abnormal_listings
from features.sources.city.market.annual_reports import annual_reports
from features.sources.city.market.complaints import complaints
from features.sources.city.market.deregistrations import deregistrations
from features.sources.city.market.equity_pledges import equity_pledges
from features.sources.city.market.inspections import inspections
from features.sources.city.market.movable_securities import movable_securities
from features.sources.city.market.officers import officers
from features.sources.city.market.serious_violations import serious_violations
from features.sources.city.market.shareholders import shareholders
from features.sources.city.stating import AfterDefault, BeforeDefault

BEFORE_DEFAULT: Mapping[str, BeforeDefault] = {
    "F03": shareholders,
    "F04": officers,
    "F05": annual_reports,
    "F06": abnormal_listings,
    "F07": serious_violations,
    "F08": deregistrations,
    "F09": inspections,
    "F10": equity_pledges,
    "F11": movable_securities,
    "F12": complaints,
}
AFTER_DEFAULT: Mapping[str, AfterDefault] = {}
