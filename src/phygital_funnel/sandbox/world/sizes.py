"""How large a world is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world.times import EPOCH


@dataclass(frozen=True)
class Size:
    """Parameters of the processes that grow with the world; counts are over all markets and the whole period.

    Args:
        name: what the command line calls it.
        people: persons who may see content and buy.
        creators_per_market: besides the brand's own account.
        videos_per_creator: mean number of posts in the period.
        paid_exposures: ad impressions.
        organic_exposures: views that nobody paid for.
        baseline_orders: orders that no exposure caused.
        causal_share: share of all orders that exposures cause, in expectation.
        start: first UTC day.
        days: length of the period.
    """

    name: str
    people: int
    creators_per_market: int
    videos_per_creator: float
    paid_exposures: int
    organic_exposures: int
    baseline_orders: int
    causal_share: float = 0.17
    start: date = date(2026, 9, 7)
    days: int = 60

    @property
    def first_moment(self) -> datetime:
        """Midnight UTC of the first day."""
        return EPOCH + (self.start - EPOCH.date())

    @property
    def settled_moment(self) -> datetime:
        """13:00 UTC after the last day: what the sandbox's clock shows unless told otherwise."""
        return self.first_moment + timedelta(days=self.days, hours=13)


SIZES = {
    "tiny": Size("tiny", 2_000, 2, 6, 14_000, 4_000, 260),
    "demo": Size("demo", 110_000, 8, 12, 960_000, 280_000, 6_600),
}


def size_named(name: str) -> Size:
    """The size called ``name``.

    Raises:
        ConfigError: there is none.
    """
    try:
        return SIZES[name]
    except KeyError as error:
        raise ConfigError(f"{name!r} is not a world; use one of {', '.join(SIZES)}.") from error
