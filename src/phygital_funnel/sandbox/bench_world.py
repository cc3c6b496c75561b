"""How fast a world is generated, in how much memory, and how fast it answers what would have happened."""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from phygital_funnel.sandbox.world import World, generate

_REPEATS = 16


def run(size: str, seed: int = 1, progress: Callable[[str, float], None] | None = None) -> dict[str, float | int]:
    """Generate a world of a size once and say what it took; the peak is that of the whole process.

    Raises:
        ConfigError: no size has that name.
    """
    phases = _Phases(progress)
    wall, cpu = time.perf_counter(), time.process_time()
    world = generate(size, seed, progress=phases)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    exposures = world["exposures"].num_rows
    return {
        "exposures": exposures,
        "orders": world["orders"].num_rows,
        "seconds": wall,
        "seconds of one core": cpu,
        **{f"  of which {name}": seconds for name, seconds in phases.seconds.items()},
        "exposures per second and core": round(exposures / cpu),
        "peak memory, MB": _peak_bytes() / 1e6,
        "one counterfactual, ms": _counterfactual_seconds(world) * 1000,
    }


class _Phases:
    """Processor seconds of each phase of the generator, which tells when one begins and ends."""

    def __init__(self, progress: Callable[[str, float], None] | None) -> None:
        self._progress = progress
        self._begun: dict[str, float] = {}
        self.seconds: dict[str, float] = {}

    def __call__(self, phase: str, share: float) -> None:
        now = time.process_time()
        self.seconds[phase] = now - self._begun.setdefault(phase, now)
        if self._progress:
            self._progress(phase, share)


def _peak_bytes() -> int:
    # Linux counts in kilobytes, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _counterfactual_seconds(world: World) -> float:
    removed = np.zeros(world["exposures"].num_rows, dtype=bool)
    removed[::2] = True
    start = time.perf_counter()
    for _ in range(_REPEATS):
        world.happened(removed)
    return (time.perf_counter() - start) / _REPEATS
