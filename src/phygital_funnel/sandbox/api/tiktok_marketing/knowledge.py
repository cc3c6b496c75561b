"""When TikTok shows what: late, then provisional, then corrected.

Numbers lag by half an hour and come by whole hours. Until 12:00 UTC of the day after, 97 % of the impressions are
there; then all of them, with a small correction of spend that comes at 12:00 UTC of the third day after. Whatever
counts people takes 16 hours from the end of the day.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from phygital_funnel.sandbox.api.tiktok_marketing.calendar import HOURS_A_DAY, Calendar
from phygital_funnel.sandbox.api.tiktok_marketing.delivery import ARRIVALS, DAY_TWENTY, NEXT_NOON
from phygital_funnel.sandbox.api.tiktok_marketing.metrics import Floats
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, Ints

SPEND_CORRECTION = 0.008
"""Largest share by which spend is still wrong between the first and the last correction."""
LAST_CORRECTION_DAYS, RESTATED_AFTER_DAYS = 3, 20
LATENCY = 30 * MINUTE
REACH_DELAY = 16 * HOUR
AUDIENCE_DELAY = 16 * HOUR
"""By which break-downs by what people are lag behind everything else."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Knowledge:
    """What is known at a time.

    Args:
        now: microseconds since the epoch.
        dirt: knobs that are on; ``missing_hour`` and ``late_partitions`` hide hours and days.
        restates: whether 15 % of the impressions only count from day 20.
    """

    now: int
    dirt: frozenset[str]
    restates: bool

    def arrived(self, calendar: Calendar, first_hour: int) -> Flags:
        """By arrival and hour of a calendar, whether impressions are in the reports."""
        days = calendar.days
        known = (first_hour + np.arange(len(days)) + 1) * HOUR <= self.now - LATENCY
        if "missing_hour" in self.dirt:  # one afternoon hour a week never comes
            known &= ~((days % 7 == 3) & (calendar.wall % HOURS_A_DAY == 14))
        if "late_partitions" in self.dirt:  # every fifth day comes as a whole, a day late
            known &= (days % 5 != 0) | self._is_past_noon(days, 2)
        seen = np.repeat(known[None, :], ARRIVALS, axis=0)
        seen[NEXT_NOON] &= self._is_past_noon(days, 1)
        if self.restates:
            seen[DAY_TWENTY] &= self._is_past_noon(days, RESTATED_AFTER_DAYS)
        return seen

    def counts_people(self, calendar: Calendar) -> Flags:
        """For each hour, whether the people of its day have been counted."""
        settled: Flags = calendar.ends + REACH_DELAY <= self.now
        return settled

    def spend_shares(self, names: Sequence[str], days: Ints) -> Floats:
        """Share of the true spend that is reported, by name and hour; ``days`` has the local day of each hour."""
        shares = np.ones((len(names), len(days)))
        between = self._is_past_noon(days, 1) & ~self._is_past_noon(days, LAST_CORRECTION_DAYS)
        for day in np.unique(days[between]).tolist():
            hours = days == day
            for row, name in enumerate(names):
                shares[row, hours] = first_spend_share(name, day)
        return shares

    def _is_past_noon(self, days: Ints, later: int) -> Flags:
        """Whether it is past 12:00 UTC, ``later`` days after each day."""
        past: Flags = (days + later) * DAY + 12 * HOUR <= self.now
        return past


def first_spend_share(name: str, day: int) -> float:
    """Share of the true spend that is reported between the first and the last correction.

    Args:
        name: the ad's id, or the campaign's for delivery without an ad.
        day: local day number.
    """
    return 1 + SPEND_CORRECTION * (zlib.crc32(f"{name}|{day}".encode()) / 2**31 - 1)
