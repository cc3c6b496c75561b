"""What all processes of one world share: how large it is, how it differs from the base, and its generators."""

from dataclasses import dataclass

import numpy as np

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.scenario import Scenario
from phygital_funnel.sandbox.world.sizes import Size
from phygital_funnel.sandbox.world.times import DAY, Ints, day_end, day_number, micros


@dataclass(frozen=True)
class Design:
    """The inputs that determine a world.

    Args:
        size: already with the scenario's period.
        scenario: its knobs.
        randomness: one generator per process.

    Raises:
        ConfigError: Amazon sells in no market, or a market would have nobody in it.
    """

    size: Size
    scenario: Scenario
    randomness: Randomness

    def __post_init__(self) -> None:
        if not any(market.has_amazon for market in self.markets):
            raise ConfigError(f"Scenario {self.scenario.name!r} has no market where Amazon sells; a world needs one.")
        empty = [market.code for market in self.markets if round(self.size.people * market.share) < 1]
        if empty:
            raise ConfigError(f"{self.size.people} people leave {', '.join(empty)} without any; ask for more.")

    @property
    def markets(self) -> tuple[Market, ...]:
        """The markets of this world; a market's number is its position here."""
        return self.scenario.markets

    @property
    def start(self) -> int:
        """First microsecond of the period."""
        return micros(self.size.first_moment)

    @property
    def end(self) -> int:
        """First microsecond after the period."""
        return self.start + self.size.days * DAY

    @property
    def shop_openings(self) -> Ints:
        """Per market the moment its TikTok Shop opens: before the period unless the scenario says otherwise."""
        opens = dict(self.scenario.shop_opens)
        moments = [
            day_end(day_number(opens[market.code]) - 1, market.timezone) if market.code in opens else 0
            for market in self.markets
        ]
        return np.array(moments, dtype=np.int64)
