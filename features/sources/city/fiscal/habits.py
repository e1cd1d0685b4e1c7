"""How the records of this group answer to the hidden state."""

from features.sources.city.shapes import Strict


class FiscalHabits(Strict):
    """One field a feed."""
