"""Which rows belong to which UTC day."""

from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.columns import micros_of
from phygital_funnel.sandbox.world.times import DAY, NEVER, Ints

DAYS_AFTER_WORLD = 60
"""Registrations and refunds arrive after the last order, so the logs go on for a while."""
NO_ROWS: Ints = np.empty(0, dtype=np.int64)


def ended_days(world: World, now: datetime) -> list[date]:
    """Days of a world's logs that have ended at a time."""
    last = min(now.date(), world.size.start + timedelta(days=world.size.days + DAYS_AFTER_WORLD))
    return [world.size.start + timedelta(days=n) for n in range((last - world.size.start).days)]


def rows_by_day(times: pa.ChunkedArray, chosen: npt.NDArray[np.bool_] | None = None) -> dict[int, Ints]:
    """Row numbers by day number, in the table's order; rows without a time, or not chosen, are left out."""
    moments = micros_of(times)
    wanted = moments != NEVER
    rows = np.flatnonzero(wanted if chosen is None else wanted & chosen)
    if not len(rows):
        return {}
    days = moments[rows] // DAY
    order = np.argsort(days, kind="stable")
    numbers, starts = np.unique(days[order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(rows[order], starts[1:]), strict=True))
