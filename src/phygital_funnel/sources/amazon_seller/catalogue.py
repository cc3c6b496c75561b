"""What the landed reference files say of a marketplace: its time zone and its products."""

from functools import cached_property
from zoneinfo import ZoneInfo

import pyarrow as pa

from phygital_funnel.errors import ConfigError, NotYetLanded
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_seller.streams import SOURCE
from phygital_funnel.sources.reference.streams import LISTINGS, MARKETS
from phygital_funnel.sources.stream import Stream


class Catalogue:
    """Reads the reference files of a home.

    Args:
        settings: where they are landed.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def zone(self, marketplace_id: str, stream: Stream) -> ZoneInfo:
        """The time zone in which a marketplace counts its days.

        Raises:
            NotYetLanded: the reference files do not name the marketplace.
            ConfigError: they name a zone that does not exist.
        """
        name = self._market(marketplace_id, stream)[1]
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
            raise ConfigError(
                f"The time zone {name[:60]!r} of {marketplace_id} in reference.markets does not exist; write its IANA "
                "name, such as America/Los_Angeles, and extract reference again."
            ) from error

    def asins(self, marketplace_id: str, stream: Stream) -> list[str]:
        """The products listed in a marketplace, in order; none when no listings are landed.

        Raises:
            NotYetLanded: the reference files do not name the marketplace.
        """
        market = self._market(marketplace_id, stream)[0]
        listings = self._listings.select(["market", "asin"]).to_pylist()
        asins = {_text(row["asin"]).upper() for row in listings if _text(row["market"]) == market}
        return sorted(asins - {""})

    def _market(self, marketplace_id: str, stream: Stream) -> tuple[str, str]:
        """Our code of a marketplace, and its time zone."""
        for row in self._markets.select(["market", "marketplace_id", "timezone"]).to_pylist():
            if _text(row["marketplace_id"]) == marketplace_id:
                return _text(row["market"]), _text(row["timezone"])
        raise NotYetLanded(
            SOURCE,
            f"{stream.name} needs the time zone and the products of marketplace {marketplace_id}, and the landed "
            "reference.markets does not name it. Add it there if need be, run `phygital extract reference`, then this "
            "again.",
        )

    @cached_property
    def _markets(self) -> pa.Table:
        return Landing.of(self._settings).snapshot(MARKETS)

    @cached_property
    def _listings(self) -> pa.Table:
        return Landing.of(self._settings).snapshot(LISTINGS)


def _text(value: str | None) -> str:
    return (value or "").strip()
