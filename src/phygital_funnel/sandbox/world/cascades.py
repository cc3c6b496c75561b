"""Organic views of posts as self-exciting processes: each view may bring further ones within the hour."""

import numpy as np

from phygital_funnel.sandbox.world.columns import Floats
from phygital_funnel.sandbox.world.content import EARLY_DAYS, EARLY_SHARE, LATE_DAYS
from phygital_funnel.sandbox.world.times import DAY, HOUR, Ints

KERNEL = HOUR
"""Mean time until a view brings another one; short, so that the view curve of a post keeps its shape."""


def views(
    expected: Floats, branching: Floats, published: Ints, is_sudden: Ints, draw: np.random.Generator
) -> tuple[Ints, Ints]:
    """Post rows and times of all views, in no order.

    Views nobody's view brought come along the view curve; then whole generations of brought views are drawn at once
    until one is empty. A post's total is ``expected`` in the mean whatever its branching.

    Args:
        expected: views per post in all its life.
        branching: further views each view brings, below 1.
        published: microseconds.
        is_sudden: 1 for posts whose views come in the first part of the curve only.
        draw: the generator.
    """
    row = np.repeat(np.arange(len(expected)), draw.poisson(expected * (1 - branching)))
    count = len(row)
    is_early = draw.random(count) < np.where(is_sudden, 1.0, EARLY_SHARE)[row]
    age = draw.standard_exponential(count) * np.where(is_early, EARLY_DAYS, LATE_DAYS)
    time = published[row] + (age * DAY).astype(np.int64)
    rows, times = [row], [time]
    while len(row):
        parent = np.repeat(np.arange(len(row)), draw.poisson(branching[row]))
        row = row[parent]
        time = time[parent] + (draw.standard_exponential(len(parent)) * KERNEL).astype(np.int64)
        rows.append(row)
        times.append(time)
    return np.concatenate(rows), np.concatenate(times)
