"""The world's hours as an ad account's zone names them. Every zone here is whole hours off UTC."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from phygital_funnel.sandbox.world.times import HOUR, Ints, day_of, moment

HOURS_A_DAY = 24


@dataclass(frozen=True)
class Calendar:
    """Local time of each hour of the world.

    Args:
        wall: hours since 1970 on a clock on the wall; one repeats and one is skipped when the clocks change.
        days: local day numbers.
        ends: microseconds UTC at which each hour's local day is over.
    """

    wall: Ints
    days: Ints
    ends: Ints

    def between(self, first: int, last: int) -> tuple[int, int]:
        """Positions of the hours of the days from first to last: start, and end without it."""
        start, end = np.searchsorted(self.days, (first, last + 1))
        return int(start), int(end)

    def label(self, hour: int) -> str:
        """TikTok's form of an hour, which does not tell the first 01:00 of an autumn day from the second."""
        day, clock = divmod(int(self.wall[hour]), HOURS_A_DAY)
        return f"{day_of(day).isoformat()} {clock:02d}:00:00"


def calendar_of(first_hour: int, hours: int, zone: str, *, changes_late: bool = False) -> Calendar:
    """The calendar of a zone.

    Args:
        first_hour: hours since 1970 of the first.
        hours: how many.
        zone: IANA name.
        changes_late: whether the clocks change a day late, as a report does that counts days in the wrong offset.
    """
    info = ZoneInfo(zone)
    numbers = first_hour + np.arange(hours + HOURS_A_DAY * 2)
    lag = HOURS_A_DAY if changes_late else 0
    offsets = [_offset(int(number) - lag, info) for number in numbers]
    wall = numbers + np.array(offsets, dtype=np.int64)
    days = wall // HOURS_A_DAY
    ends = (first_hour + np.searchsorted(days, days[:hours], side="right")) * HOUR
    return Calendar(wall[:hours], days[:hours], ends)


def _offset(hour: int, zone: ZoneInfo) -> int:
    offset = moment(hour * HOUR).astimezone(zone).utcoffset()
    return round(offset.total_seconds() / 3600) if offset else 0


def iso_day(day: int) -> str:
    """TikTok's form of a day."""
    return f"{day_of(day).isoformat()} 00:00:00"
