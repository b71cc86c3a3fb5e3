"""Give every concept of the company a random stream of its own."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

import numpy as np

from demo.contract import Settings

Draws = Callable[[str], np.random.Generator]
"""A generator by the name of what is drawn."""


def draws_of(settings: Settings, place: int) -> Draws:
    """Give the generators of one chunk: what one concept draws moves no other."""

    def generator(name: str) -> np.random.Generator:
        return np.random.default_rng([settings.seed, place, crc32(name.encode())])

    return generator
