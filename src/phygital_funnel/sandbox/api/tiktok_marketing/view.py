"""What a report shows: whose delivery, at which level, by which time."""

from dataclasses import dataclass

from phygital_funnel.sandbox.api.tiktok_marketing.audience import Group
from phygital_funnel.sandbox.world.catalogue import Market

ID_OF_LEVEL = {
    "AUCTION_AD": "ad_id",
    "AUCTION_ADGROUP": "adgroup_id",
    "AUCTION_CAMPAIGN": "campaign_id",
    "AUCTION_ADVERTISER": "advertiser_id",
}
LEVELS_WITHOUT_ADS = frozenset({"AUCTION_CAMPAIGN", "AUCTION_ADVERTISER"})
"""They have delivery that no ad is named for."""
DAY_GRAIN, HOUR_GRAIN, NO_GRAIN = "stat_time_day", "stat_time_hour", ""


@dataclass(frozen=True)
class View:
    """What a table covers.

    Args:
        market: whose ad account is shown.
        level: data level.
        sources: positions of the sources that pass the filters.
        first, last: local day numbers.
        grain: the time dimension, or none.
        is_by_entity: False adds everything up.
        is_in_utc: whether days are UTC days.
        group: whose delivery it is; empty for everyone's.
    """

    market: Market
    level: str
    sources: tuple[int, ...]
    first: int
    last: int
    grain: str
    is_by_entity: bool = True
    is_in_utc: bool = False
    group: Group = ()

    @property
    def zone(self) -> str:
        """IANA name of the zone in which its days are counted."""
        return "UTC" if self.is_in_utc else self.market.advertiser_timezone
