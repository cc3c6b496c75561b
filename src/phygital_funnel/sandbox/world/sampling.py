"""Drawing rows in proportion to weights, fast enough for tens of millions of draws."""

from typing import Any

import numpy as np
import numpy.typing as npt

from phygital_funnel.sandbox.world.columns import Floats
from phygital_funnel.sandbox.world.times import HOUR, Ints

Ints32 = npt.NDArray[np.int32]
SLOTS_PER_PERSON = 8

# Hourly share of feed time on a local day, midnight first: quiet nights, an evening peak.
_HOURLY = np.array([3, 2, 1, 1, 1, 1, 2, 3, 4, 4, 4, 4, 5, 5, 4, 4, 5, 6, 7, 9, 10, 9, 7, 5])
_HOURS = np.repeat(np.arange(24), np.diff(np.cumsum(np.append(0, _HOURLY)) * 4096 // _HOURLY.sum()))


def slots(rows: npt.NDArray[Any], weights: Floats, draw: np.random.Generator) -> Ints32:
    """The rows, each repeated in proportion to its weight: one uniform draw from it is a weighted draw of a row.

    A search among cumulated weights costs ten times as much per draw. Shares are exact to one slot in
    ``SLOTS_PER_PERSON`` per row; which rows are rounded up is drawn once.
    """
    edges = np.floor(np.cumsum(weights) * (len(rows) * SLOTS_PER_PERSON / np.cumsum(weights)[-1]) + draw.random())
    return np.repeat(rows.astype(np.int32), np.diff(edges, prepend=0.0).astype(np.int64))


def pick(audience: Ints32, draw: np.random.Generator, count: int) -> Ints32:
    """Weighted draws, with replacement, from ``slots``."""
    chosen: Ints32 = audience.take(draw.integers(0, len(audience), count, dtype=np.int32))
    return chosen


def weighted(draw: np.random.Generator, weights: npt.NDArray[Any], count: int) -> Ints:
    """Row numbers drawn with replacement in proportion to ``weights``; for few draws or few weights."""
    edges = np.cumsum(weights)
    rows: Ints = np.searchsorted(edges, draw.random(count) * edges[-1], side="right").astype(np.int64)
    return rows


def within_day(draw: np.random.Generator, count: int, shift: int) -> Ints:
    """Microseconds since midnight UTC, peaked in the evening of a market ``shift`` hours off UTC."""
    bits = (draw.bit_generator.random_raw(count) >> np.uint64(2)).view(np.int64)
    # The lowest 12 bits choose the hour, 30 others the moment in it.
    hours: Ints = ((_HOURS - shift) % 24 * HOUR).take(bits & 4095)
    bits >>= 32
    bits *= HOUR
    bits >>= 30
    bits += hours
    return bits


def ranges(starts: Ints, counts: Ints) -> Ints:
    """The numbers of all ranges [start, start + count), one range after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    numbers: Ints = np.repeat(starts - (ends - counts), counts) + np.arange(total)
    return numbers


def order_by(keys: Ints) -> Ints:
    """The permutation that sorts small non-negative keys, ties in row order.

    Packing key and row into one number makes every key unique, so no sorting algorithm can order ties its own way.
    """
    bits = max(1, len(keys).bit_length())
    packed = np.sort((keys << bits) | np.arange(len(keys)))
    rows: Ints = packed & ((1 << bits) - 1)
    return rows
