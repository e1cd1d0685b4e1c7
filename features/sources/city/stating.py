"""What a feed of the city is: a function from a shard to what a department states, before or after default is drawn."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from features.sources.city.cases import Cases
from features.sources.city.default import Defaults
from features.sources.city.enforcement import Enforcements
from features.sources.city.loans import Applications, Loans
from features.sources.city.shard import Shard


@dataclass(frozen=True)
class Aftermath:
    """What followed from the hidden state: who asked, who got loans, who failed, and what the courts did."""

    applications: Applications
    loans: Loans
    defaults: Defaults
    cases: Cases
    enforced: Enforcements


BeforeDefault = Callable[[Shard], pl.DataFrame]
"""Draws a feed from the hidden state alone; it cannot know who will default."""
AfterDefault = Callable[[Shard, Aftermath], pl.DataFrame]
"""Draws a feed part of which follows from default: the courts' and the banks' own."""
