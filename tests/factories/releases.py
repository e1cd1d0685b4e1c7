"""A version kept and released by two people."""

from datetime import UTC, datetime
from pathlib import Path

from models.keeping import Kept, keep
from models.releasing import Deeds, release_by_two
from models.training import Trained
from tests.factories.people import signature

AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def release_kept(home: Path, mlruns: Path, trained: Trained) -> Kept:
    """Keep what was trained in a home, log it and have two people release it."""
    kept = keep(home, mlruns, trained, AT)
    one, other = signature(home, "王建模"), signature(home, "李审批")
    release_by_two(Deeds(home, mlruns, kept.name), kept.version, one, other, AT)
    return kept
