"""What happens of everything that could: the same random numbers decide, whatever had been shown.

Every order that could happen is a candidate with a uniform draw of its own. Which candidates happen depends on the
exposures shown (``removed`` takes some away), by three rules:

* Saturation and synergy: a caused candidate happens if its draw lies below the effect that its exposure has left, after
  the person's other exposures of the seven days before, and raised where paid and creator content met in them.
* Displacement: some Shop candidates are coupled to a baseline Amazon candidate of the same region in the 14 days after,
  which does not happen if the Shop order does.
* Stock: orders that found none happen in no world.
"""

from dataclasses import dataclass

import numpy as np

from phygital_funnel.sandbox.world.columns import Flags, Floats
from phygital_funnel.sandbox.world.delivery import Delivered
from phygital_funnel.sandbox.world.sampling import Ints32, ranges
from phygital_funnel.sandbox.world.times import DAY, Ints

WINDOW = 7 * DAY
DISPLACEMENT_WINDOW = 14 * DAY
_ROW_BITS = 27
"""Exposure numbers, packed below the number of their person."""


@dataclass(frozen=True)
class Windows:
    """Per caused candidate, in a flat list, the exposures of the same person in the seven days before its own.

    Args:
        exposures: exposure numbers, candidate by candidate.
        edges: where each candidate's begin, and the total.
        is_paid, is_creator: per entry of ``exposures``; creator means unpaid content of a creator.
    """

    exposures: Ints
    edges: Ints
    is_paid: Flags
    is_creator: Flags

    def count(self, flags: Flags) -> Ints:
        """How many entries of each candidate have their flag set."""
        running = np.append(0, np.cumsum(flags, dtype=np.int32))
        counts: Ints = running[self.edges[1:]] - running[self.edges[:-1]]
        return counts


def windows(made: Delivered, parents: Ints, is_creator_content: Flags) -> Windows:
    """The windows before some exposures.

    Args:
        made: all exposures.
        parents: exposure numbers, in any order.
        is_creator_content: per content number.
    """
    buyers = np.unique(made.person[parents])
    rank = np.full(int(made.person.max(initial=0)) + 1, -1, dtype=np.int32)
    rank[buyers] = np.arange(len(buyers), dtype=np.int32)
    # Exposures are numbered in order of time, so sorting (person, number) sorts each person's by time.
    keys = np.concatenate(
        [
            _keys(rank, made.person, int(first), int(last))
            for first, last in zip(made.day_starts, made.day_starts[1:], strict=False)
        ]
    )
    keys.sort()
    earliest = _earliest(made.occurred_at, parents)
    own = rank[made.person[parents]].astype(np.int64) << _ROW_BITS
    first, last = np.searchsorted(keys, own | earliest), np.searchsorted(keys, own | parents)
    exposures = keys[ranges(first, last - first)] & ((1 << _ROW_BITS) - 1)
    is_paid = made.ad[exposures] >= 0
    return Windows(
        exposures,
        np.append(0, np.cumsum(last - first)),
        is_paid,
        ~is_paid & is_creator_content[made.content[exposures]],
    )


def _earliest(occurred_at: Ints, parents: Ints) -> Ints:
    """Number of the first exposure within the window before each parent."""
    # Looked up in order, because jumping about in fifty million times costs three times as long.
    distinct, place = np.unique(parents, return_inverse=True)
    first: Ints = np.searchsorted(occurred_at, occurred_at[distinct] - WINDOW)[place]
    return first


def _keys(rank: Ints32, person: Ints32, first: int, last: int) -> Ints:
    ranks = rank[person[first:last]]
    rows = np.flatnonzero(ranks >= 0)
    keys: Ints = (ranks[rows].astype(np.int64) << _ROW_BITS) | (rows + first)
    return keys


def couple(chance: float, is_shop: Flags, is_target: Flags, region: Ints, purchased_at: Ints, roll: Floats) -> Ints:
    """Per candidate the one that it displaces, -1 for none.

    Args:
        chance: that a Shop candidate is coupled at all.
        is_shop: candidates that may displace.
        is_target: candidates that may be displaced.
        region: of each candidate's buyer; what is not bought on the Shop would have been bought at home, too.
        purchased_at: in order.
        roll: uniform draws, two per candidate.
    """
    displaces = np.full(len(region), -1)
    for number in np.unique(region):
        targets = np.flatnonzero(is_target & (region == number))
        rows = np.flatnonzero(is_shop & (region == number) & (roll[:, 0] < chance))
        first = np.searchsorted(purchased_at[targets], purchased_at[rows], side="right")
        last = np.searchsorted(purchased_at[targets], purchased_at[rows] + DISPLACEMENT_WINDOW, side="right")
        found = last > first
        chosen = first + (roll[rows, 1] * (last - first)).astype(np.int64)
        displaces[rows[found]] = targets[chosen[found]]
    return displaces


@dataclass(frozen=True)
class Outcome:
    """The rules, ready to be asked about any set of removed exposures.

    Args:
        is_available: per candidate whether there was stock.
        draw: per candidate, uniform.
        displaces: per candidate, -1 for none.
        caused: rows of the caused candidates.
        exposure: the exposure of each caused candidate.
        is_paid, is_creator: about the exposure of each caused candidate.
        windows: of the caused candidates.
        saturation, synergy: of the scenario.
    """

    is_available: Flags
    draw: Floats
    displaces: Ints
    caused: Ints
    exposure: Ints
    is_paid: Flags
    is_creator: Flags
    windows: Windows
    saturation: float
    synergy: float

    def happened(self, removed: Flags | None) -> Flags:
        """Which candidates happen without the removed exposures (one flag per exposure; None removes nothing)."""
        happens = self.is_available.copy()
        if removed is None:
            in_window = np.ones(len(self.windows.exposures), dtype=bool)
        else:
            happens[self.caused] &= ~removed[self.exposure]
            in_window = ~removed[self.windows.exposures]
        happens[self.caused] &= self.draw[self.caused] < self._chance(in_window)
        displaced = self.displaces[happens & (self.displaces >= 0)]
        happens[displaced] = False
        return happens

    def _chance(self, in_window: Flags) -> Floats:
        """What is left of each caused candidate's effect, against the rate at which candidates were drawn."""
        chance = 1 / (1 + self.saturation * self.windows.count(in_window))
        if self.synergy:
            paid = self.windows.count(in_window & self.windows.is_paid) > 0
            creator = self.windows.count(in_window & self.windows.is_creator) > 0
            meets = (self.is_paid & creator) | (self.is_creator & paid)
            chance = chance * (1 + self.synergy * meets) / (1 + self.synergy)
        return chance
