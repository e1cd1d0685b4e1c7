"""What the firms a model was trained on looked like: medians of all of them, and of each industry with enough."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.columns import Value

INDUSTRY = "industry_section"
"""The feature that names a firm's industry, where the model reads it."""


@dataclass(frozen=True)
class Peers:
    """Medians by feature, in the feature's unit. by_industry: of those industries that have enough firms."""

    everyone: Mapping[str, float] = field(default_factory=dict)
    by_industry: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def median(self, feature: str, values: Mapping[str, Value]) -> tuple[float | None, bool]:
        """The median among a firm's peers, and whether these are of its own industry and not all."""
        own = self.by_industry.get(str(values.get(INDUSTRY)), {})
        return (own[feature], True) if feature in own else (self.everyone.get(feature), False)


NO_PEERS = Peers()
