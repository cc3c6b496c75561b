"""The people behind break-downs: the groups that a market's people fall into."""

from collections.abc import Sequence
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.columns import codes_of

AGES = ("AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100")
PLATFORMS = ("IPHONE", "ANDROID")
GENDERS = ("FEMALE", "MALE")
BREAKDOWNS = frozenset({"age", "gender", "platform", "province_id"})
"""What an audience report can be broken down by besides the country, which every person of an account shares."""
_FIRST_PROVINCE = 6_250_000

Group = tuple[tuple[str, str], ...]
"""Break-downs with the value that the people of one row share; empty for everyone."""


class Audience:
    """The people of a world by what the platform believes about them."""

    def __init__(self, world: World) -> None:
        self._people = world["people"]

    @cached_property
    def _values(self) -> dict[str, tuple[npt.NDArray[np.int64], Sequence[str]]]:
        """By break-down: each person's value as a number, and the names of the values."""
        people = self._people
        regions = people["geo"].to_numpy().astype(np.int64)
        names = [str(_FIRST_PROVINCE + region) for region in range(int(regions.max(initial=0)) + 1)]
        return {
            "age": (codes_of(people["age_band"]).astype(np.int64), AGES),
            # The world does not say; whoever advertises only ever sees the platform's guess.
            "gender": (people["person_id"].to_numpy().astype(np.int64) % 2, GENDERS),
            "platform": (codes_of(people["os"]).astype(np.int64), PLATFORMS),
            "province_id": (regions, names),
        }

    @cached_property
    def _markets(self) -> npt.NDArray[np.object_]:
        return np.array(self._people["market"].to_pylist(), dtype=object)

    def groups(self, market: Market, breakdowns: Sequence[str]) -> list[Group]:
        """The groups of a market's people; one group of everyone without a break-down."""
        if not breakdowns:
            return [()]  # most reports: no look at every person is due
        here = self._markets == market.code
        choices = [
            [(name, self._values[name][1][code]) for code in np.unique(self._values[name][0][here]).tolist()]
            for name in breakdowns
        ]
        return list(product(*choices))

    def members(self, market: Market, group: Group) -> npt.NDArray[np.bool_]:
        """For each person, whether they belong to a group of a market."""
        belongs: npt.NDArray[np.bool_] = self._markets == market.code
        for name, value in group:
            codes, names = self._values[name]
            belongs = belongs & (codes == names.index(value))
        return belongs
