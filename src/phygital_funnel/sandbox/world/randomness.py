"""One random generator per process, all spawned from the world's seed."""

import zlib

import numpy as np


class Randomness:
    """Hands out generators by process name, so that a new process leaves the draws of the others as they were."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def stream(self, process: str) -> np.random.Generator:
        """Generator of one process; the same name always gives the same draws."""
        key = zlib.crc32(process.encode())
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self._seed, spawn_key=(key,))))
