"""Collect what happens beside the story of the leads, so that the truth can tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from demo.activities import Activities
from demo.buying import Buyers
from demo.columns import Ints
from demo.customers import Expansions
from demo.hunters import Hunted


@dataclass(frozen=True)
class Beside:
    """What one chunk has besides its story."""

    activities: Activities
    buyers: Buyers
    expansions: Expansions
    hunted: Hunted
    removed: Ints
    """Persons with a deleted second record."""
