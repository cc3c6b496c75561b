"""Times of the world: integer microseconds since 1970-01-01 UTC."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 3600 * SECOND
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CENTURY_HOURS = 100 * 8766
NEVER = np.iinfo(np.int64).max
"""A time that no clock reaches; stored as NULL in the tables."""


def micros(moment: datetime) -> int:
    """Microseconds since the epoch of an aware time."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(us: int) -> datetime:
    """Aware UTC time of microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=int(us))


def day_number(day: date) -> int:
    """Days since the epoch."""
    return (day - EPOCH.date()).days


def day_of(number: int) -> date:
    """Date of a day number."""
    return EPOCH.date() + timedelta(days=int(number))


def local_days(us: npt.NDArray[Any], zone: str) -> Ints:
    """Day number of each time in a zone, daylight saving included (all our zones are whole hours off UTC).

    Raises:
        ValueError: the times lie more than a century apart, as ``NEVER`` does.
    """
    hours = np.asarray(us, dtype=np.int64) // HOUR
    if not len(hours):
        return hours
    first, last = int(hours.min()), int(hours.max())
    if last - first > _CENTURY_HOURS:
        raise ValueError(f"No days can be told of times {(last - first) // 8766} years apart; leave NEVER out.")
    days = np.array([_local_day(hour, zone) for hour in range(first, last + 1)], dtype=np.int64)
    found: Ints = days[hours - first]
    return found


@lru_cache(maxsize=1 << 17)
def _local_day(hour: int, zone: str) -> int:
    return day_number(moment(hour * HOUR).astimezone(ZoneInfo(zone)).date())


def day_end(number: int, zone: str) -> int:
    """First microsecond after a local day."""
    following = day_of(number + 1)
    return micros(datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(zone)).astimezone(UTC))
