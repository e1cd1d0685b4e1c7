"""Where chance comes from: one stream per seed, shard and topic, so that no feed disturbs another."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from features.sources.city.arrays import Ints, Uints

REFERENCE_SHARD = 2**31
"""The shard of the reference population on which the city's constants are solved; never delivered."""


@dataclass(frozen=True)
class Chances:
    """The random numbers of one shard of one city."""

    seed: int
    shard: int

    def of(self, topic: str) -> np.random.Generator:
        """The stream of one topic, from its beginning: the same names give the same numbers."""
        return np.random.Generator(np.random.SFC64([self.seed, self.shard, crc32(topic.encode())]))


def scramble(numbers: Ints | Uints, seed: int) -> Uints:
    """Distinct 64-bit numbers for distinct numbers, in an order that says nothing (SplitMix64's finaliser)."""
    start = np.uint64(seed * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    x = numbers.astype(np.uint64) + start
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scrambled: Uints = x ^ (x >> np.uint64(31))
    return scrambled


def scramble_within(block: Ints, numbers: Ints, bits: int, seed: int) -> Ints:
    """Distinct numbers for distinct numbers of each block: the block, and below it `bits` that say nothing.

    So one block's numbers lie together, as the serial numbers of one department's office do.
    """
    mask = np.uint64((1 << bits) - 1)
    x = (numbers.astype(np.uint64) ^ scramble(block, seed)) & mask
    x = (x * np.uint64(0xBF58476D1CE4E5B9)) & mask
    x = ((x ^ (x >> np.uint64(bits // 2))) * np.uint64(0x94D049BB133111EB)) & mask
    x ^= x >> np.uint64(bits // 2)
    scrambled: Ints = (block.astype(np.uint64) << np.uint64(bits) | x).astype(np.int64)
    return scrambled
