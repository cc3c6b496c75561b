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
        live_exposures: viewers of LIVE sessions.
        baseline_orders: orders that no exposure caused, on Amazon and on TikTok Shop.
        causal_share: share of all orders that exposures cause, in expectation and before saturation and displacement.
            As most of them settle on the Shop, the share of Amazon's orders is about half of it.
        geos: regions, spread over the markets by their share.
        ad_sets: how often the plan of ten ads per market is repeated.
        start: first UTC day.
        days: length of the period.

    Raises:
        ConfigError: a figure is below what a world needs.
    """

    name: str
    people: int
    creators_per_market: int
    videos_per_creator: float
    paid_exposures: int
    organic_exposures: int
    live_exposures: int
    baseline_orders: int
    causal_share: float = 0.27
    geos: int = 40
    ad_sets: int = 1
    start: date = date(2026, 9, 7)
    days: int = 60

    def __post_init__(self) -> None:
        least = dict.fromkeys(("people", "creators_per_market", "geos", "ad_sets", "days"), 1) | dict.fromkeys(
            ("videos_per_creator", "paid_exposures", "organic_exposures", "live_exposures", "baseline_orders"), 0
        )
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                raise ConfigError(f"World {self.name!r} needs {name} of at least {lowest}, not {getattr(self, name)}.")
        if not 0 <= self.causal_share < 1:
            raise ConfigError(f"World {self.name!r} needs a causal_share from 0 to below 1, not {self.causal_share}.")

    @property
    def exposures(self) -> int:
        """All exposures, in expectation."""
        return self.paid_exposures + self.organic_exposures + self.live_exposures

    @property
    def first_moment(self) -> datetime:
        """Midnight UTC of the first day."""
        return EPOCH + (self.start - EPOCH.date())

    @property
    def settled_moment(self) -> datetime:
        """13:00 UTC after the last day: what the sandbox's clock shows unless told otherwise."""
        return self.first_moment + timedelta(days=self.days, hours=13)


SIZES = {
    "tiny": Size("tiny", 900, 2, 6, 14_000, 3_400, 800, 420, geos=14),
    "demo": Size("demo", 110_000, 8, 12, 950_000, 270_000, 30_000, 7_000),
    "large": Size(
        "large",
        1_500_000,
        40,
        40,
        38_500_000,
        10_500_000,
        1_200_000,
        850_000,
        ad_sets=6,
        start=date(2026, 5, 10),
        days=180,
    ),
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
