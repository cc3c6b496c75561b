"""What all processes of one world share: how large it is, how it differs from the base, and its generators."""

from dataclasses import dataclass

from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.scenario import Scenario
from phygital_funnel.sandbox.world.sizes import Size
from phygital_funnel.sandbox.world.times import DAY, micros


@dataclass(frozen=True)
class Design:
    """The inputs that determine a world.

    Args:
        size: already with the scenario's period.
        scenario: its knobs.
        randomness: one generator per process.
    """

    size: Size
    scenario: Scenario
    randomness: Randomness

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
