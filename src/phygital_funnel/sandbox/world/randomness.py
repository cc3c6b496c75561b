"""One random generator per process, all spawned from the world's seed."""

import zlib
from dataclasses import dataclass

import numpy as np

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world.columns import Floats
from phygital_funnel.sandbox.world.times import Ints


class Randomness:
    """Hands out generators by process name, so that a new process leaves the draws of the others as they were.

    Raises:
        ConfigError: the seed is not a whole number, or negative.
    """

    def __init__(self, seed: int) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise ConfigError(f"A world's seed is a whole number from 0 up, not {seed!r}.")
        self._seed = seed

    def stream(self, process: str) -> np.random.Generator:
        """Generator of one process; the same name always gives the same draws."""
        key = zlib.crc32(process.encode())
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self._seed, spawn_key=(key,))))


@dataclass(frozen=True)
class RowDraws:
    """Random numbers that belong to rows: each row keeps its own, whatever becomes of the others and in any order.

    Every kind of number has a generator of its own and is drawn for all rows in the order in which they were made. Rows
    made first keep theirs even if a scenario makes fewer or more after them.

    Args:
        randomness: of the world.
        count: how many rows were made.
        rows: which of them are meant, by their number when they were made.
    """

    randomness: Randomness
    count: int
    rows: Ints

    def take(self, places: Ints) -> "RowDraws":
        """The numbers of the rows at these places, in this order."""
        return RowDraws(self.randomness, self.count, self.rows[places])

    def uniform(self, kind: str) -> Floats:
        """One number from 0 to 1 per row."""
        numbers: Floats = self.randomness.stream(kind).random(self.count)[self.rows]
        return numbers

    def normal(self, kind: str) -> Floats:
        """One standard normal number per row."""
        numbers: Floats = self.randomness.stream(kind).standard_normal(self.count)[self.rows]
        return numbers

    def exponential(self, kind: str) -> Floats:
        """One exponential number of mean 1 per row."""
        numbers: Floats = self.randomness.stream(kind).standard_exponential(self.count)[self.rows]
        return numbers

    def integers(self, kind: str, low: int, high: int) -> Ints:
        """One whole number from ``low`` to below ``high`` per row."""
        numbers: Ints = self.randomness.stream(kind).integers(low, high, self.count)[self.rows]
        return numbers
