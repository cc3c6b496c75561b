"""Which world is simulated: the base, and scenarios that each differ from it in one documented thing."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world.catalogue import JAPAN, MARKETS, Market
from phygital_funnel.sandbox.world.sizes import Size

DIRT_KNOBS = (
    "duplicate_pages", "missing_hour", "schema_drift", "retyped_ids", "late_partitions", "throttling", "server_errors",
    "restatement", "dst_days", "currency_typo", "bot_views", "out_of_order_pages",
)  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """Everything that may differ between worlds of one size and seed; the defaults are the base world's.

    Args:
        name: what the command line calls it.
        title: a few words.
        difference: one sentence on what differs from the base world.
        effect_scale: factor on the orders an exposure causes in expectation; 0 makes the null world.
        targeting: factor on the exponent by which delivery prefers those with affinity: the confounding's strength.
        tag_survival: mean share of tagged ad clicks whose tag reaches Amazon (iOS below it, Android above).
        link_misuse: factor on the shares of edited, wrong and doubly tagged links.
        displacement: chance that a TikTok Shop order which an exposure caused cancels a baseline Amazon order. Those
            of the Shop's own customers cancel none: with or without TikTok's content they would come out the same.
        beta: slope of the log-odds of settling on Amazon in ln(basket / 35 USD).
        lag_sigma: sigma of the log-normal lag of considered Amazon orders, whose median is 2.5 days.
        saturation: how fast an exposure's effect falls with a person's exposures of the 7 days before; 0 is not at all.
        synergy: extra effect, as a share, of an exposure that meets one of the other kind (paid, creator) in 7 days.
        viral_share: views of one viral video as a share of the size's exposures; five in six of them come within 48
            hours, which is 10 million in the large world.
        stock_out_in_spike: whether Amazon runs out of the viral video's product while it spreads.
        campaign_concentration: share of the paid delivery that falls into the five days of Black Friday.
        registration_depends: whether registering and using a code depend on basket, loyalty, creator and lag.
        start: first UTC day instead of the size's.
        days: length of the period instead of the size's; the size's volumes spread over it.
        markets: the markets of the world.
        shop_opens: (market code, first local day of its TikTok Shop) where that falls into the period.
        is_masked: whether Amazon Attribution hides tags with fewer than ten clicks.
        has_event_drop: whether complete user paths are dropped as ``events`` files.
        has_gmv_max: whether a GMV Max campaign claims the Shop's orders.
        late_restatement: share by which TikTok's past days move at day 20.
        dirt: names of ``DIRT_KNOBS`` that are on.
    """

    name: str
    title: str
    difference: str
    effect_scale: float = 1.0
    targeting: float = 1.0
    tag_survival: float = 0.5
    link_misuse: float = 1.0
    displacement: float = 0.2
    beta: float = 1.1
    lag_sigma: float = 0.95
    saturation: float = 0.1
    synergy: float = 0.0
    viral_share: float = 0.0
    stock_out_in_spike: bool = False
    campaign_concentration: float = 0.0
    registration_depends: bool = False
    start: date | None = None
    days: int | None = None
    markets: tuple[Market, ...] = MARKETS
    shop_opens: tuple[tuple[str, date], ...] = ()
    is_masked: bool = True
    has_event_drop: bool = False
    has_gmv_max: bool = False
    late_restatement: float = 0.0
    dirt: frozenset[str] = frozenset()

    def sized(self, size: Size) -> Size:
        """The size with this scenario's period."""
        return replace(size, start=self.start or size.start, days=self.days or size.days)


BASE = Scenario("S1", "Base", "The base world: every process at its default.")


def _variant(name: str, title: str, difference: str, **knobs: Any) -> Scenario:
    return replace(BASE, name=name, title=title, difference=difference, **knobs)


_ALL = (
    _variant("S0", "Null", "No exposure causes any order.", effect_scale=0.0),
    BASE,
    _variant("S2", "One viral video", "One video collects ten million views in 48 hours.", viral_share=0.24),
    _variant("S3", "Strong targeting", "Delivery seeks out those who would buy anyway.", targeting=2.5),
    _variant(
        "S4",
        "Campaign in Black Friday week",
        "The paid campaign coincides with Black Friday.",
        start=date(2026, 10, 19),
        campaign_concentration=0.6,
    ),
    _variant("S5", "Few tags survive", "A fifth of the tags reach Amazon.", tag_survival=0.2),
    _variant("S5_80", "Most tags survive", "Four fifths of the tags reach Amazon.", tag_survival=0.8),
    _variant(
        "S6", "Strong displacement", "Six in ten Shop orders that TikTok caused cancel one on Amazon.", displacement=0.6
    ),
    _variant("S6_0", "No displacement", "Shop orders leave Amazon's as they are.", displacement=0.0),
    _variant("S7", "Basket does not matter", "Where an order settles does not depend on its basket.", beta=0.0),
    # A fifth of a log-normal with median 2.5 days lies beyond 14 days: ln(14 / 2.5) / 0.8416.
    _variant("S8", "Fat lag", "A fifth of the unclicked orders come after 14 days.", lag_sigma=2.047),
    _variant(
        "S9",
        "Yen and summer time",
        "Japan is a market too, and the period holds the clock changes of spring and autumn.",
        markets=(*MARKETS, JAPAN),
        start=date(2026, 3, 2),
        days=250,
    ),
    _variant("S10", "GMV Max", "A GMV Max campaign claims all orders of the Shop.", has_gmv_max=True),
    _variant("S11", "Late restatement", "TikTok's past days move by 15 % at day 20.", late_restatement=0.15),
    _variant("S12", "Dirty feed", "Every kind of dirt is on.", dirt=frozenset(DIRT_KNOBS)),
    _variant("S13", "Synergy", "Paid and creator exposures strengthen each other.", synergy=1.0),
    _variant(
        "S14",
        "Market launch and fee change",
        "TikTok Shop opens in France and Germany, and its fee rises, within the period.",
        start=date(2025, 3, 3),
        days=336,
        shop_opens=(("FR", date(2025, 3, 31)), ("DE", date(2025, 3, 31))),
    ),
    _variant(
        "S15",
        "Out of stock in the spike",
        "Amazon runs out of a viral video's product while it spreads.",
        viral_share=0.24,
        stock_out_in_spike=True,
    ),
    _variant(
        "S16",
        "Selected registrations",
        "Registering and using a code depend on basket, loyalty, creator and lag.",
        registration_depends=True,
    ),
    _variant(
        "full_capture",
        "Everything is captured",
        "All tags survive, nothing is masked, and user paths are dropped as events.",
        tag_survival=1.0,
        link_misuse=0.0,
        is_masked=False,
        has_event_drop=True,
    ),
    _variant(
        "additive",
        "Additive",
        "No saturation, synergy or displacement: an order's parent is its whole cause.",
        saturation=0.0,
        displacement=0.0,
    ),
)
SCENARIOS = {scenario.name: scenario for scenario in _ALL}


def scenario_named(name: str) -> Scenario:
    """The scenario called ``name``.

    Raises:
        ConfigError: there is none.
    """
    try:
        return SCENARIOS[name]
    except KeyError as error:
        raise ConfigError(f"{name!r} is not a scenario; use one of {', '.join(SCENARIOS)}.") from error
