"""How the records of this group answer to the hidden state."""

from features.sources.city.shapes import Strict


class JusticeHabits(Strict):
    """One field a feed."""
