"""Which sources there are, their streams, and what reads them.

A platform is one package beside this file: ``streams.py`` declares what is loaded, ``extract.py`` reads it.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast, runtime_checkable

from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources.amazon_ads import streams as amazon_ads
from phygital_funnel.sources.amazon_attribution import streams as amazon_attribution
from phygital_funnel.sources.amazon_seller import streams as amazon_seller
from phygital_funnel.sources.events import streams as events
from phygital_funnel.sources.links import streams as links
from phygital_funnel.sources.reference import streams as reference
from phygital_funnel.sources.stream import Cadence, Coverage, Extraction, Stream, Window
from phygital_funnel.sources.tiktok_ads import streams as tiktok_ads
from phygital_funnel.sources.tiktok_organic import streams as tiktok_organic
from phygital_funnel.sources.tiktok_shop import streams as tiktok_shop

# Reference comes first: some streams ask for the products that are listed there.
STREAMS: dict[str, tuple[Stream, ...]] = {
    module.SOURCE: module.STREAMS
    for module in (
        reference,
        tiktok_ads,
        tiktok_organic,
        tiktok_shop,
        amazon_attribution,
        amazon_ads,
        amazon_seller,
        links,
        events,
    )
}
# Named, not imported: a task loads the client of the one source it reads.
EXTRACTORS = {
    "tiktok_ads": "tiktok_ads.extract.TikTokAdsExtractor",
    "tiktok_organic": "tiktok_organic.extract.TikTokOrganicExtractor",
    "tiktok_shop": "tiktok_shop.extract.TikTokShopExtractor",
    "amazon_attribution": "amazon_attribution.extract.AmazonAttributionExtractor",
    "amazon_seller": "amazon_seller.extract.AmazonSellerExtractor",
    "amazon_ads": "amazon_ads.extract.AmazonAdsExtractor",
}
DROP_EXTRACTOR = "drop.DropExtractor"


class Extractor(Protocol):
    """Reads the streams of one source."""

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one account; nothing is asked for before an extraction's pages are read."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


@runtime_checkable
class ReportExtractor(Extractor, Protocol):
    """Reads streams that a platform prepares as reports, which takes minutes to hours."""

    def prepare(
        self, stream: Stream, account: str, window: Window, *, done: frozenset[Window | None] = frozenset()
    ) -> tuple[str, ...]:
        """Ask for the reports that are missing, but for windows already ``done``; the ids of those not ready."""
        ...


def ages(stream: Stream) -> bool:
    """Whether what is known of a stream grows old; a table that is dropped as a file holds until another is dropped."""
    return stream.source in API_SOURCES or stream.coverage is not Coverage.SNAPSHOT


def all_streams() -> tuple[Stream, ...]:
    """Every stream of every source."""
    return tuple(stream for streams in STREAMS.values() for stream in streams)


def streams_of(source: str, name: str | None = None, cadence: Cadence | None = None) -> tuple[Stream, ...]:
    """The streams of a source, or the one that is named, or those of a cadence.

    Raises:
        ConfigError: no such source or stream.
    """
    if source not in STREAMS:
        raise ConfigError(f"{source!r} is not a source; use one of {', '.join(STREAMS)}.")
    chosen = tuple(stream for stream in STREAMS[source] if name in (None, stream.name))
    if not chosen:
        names = ", ".join(stream.name for stream in STREAMS[source])
        raise ConfigError(f"{source} has no stream {name!r}; use one of {names}.")
    return tuple(stream for stream in chosen if cadence in (None, stream.cadence))


def accounts_of(settings: Settings, source: str) -> tuple[str, ...]:
    """Accounts to extract one by one; one empty name for a source without accounts.

    Raises:
        ConfigError: the source is unknown, or an API source without credentials or accounts.
    """
    streams_of(source)
    if source not in API_SOURCES:
        return ("",)
    configured = settings.source(source)
    if not configured.is_configured:
        name = source.upper()
        raise ConfigError(
            f"{source} is not configured: set PHYGITAL_{name}_CREDENTIALS_FILE and PHYGITAL_{name}_ACCOUNTS."
        )
    return configured.accounts


def extractor(settings: Settings, source: str) -> Extractor:
    """What reads the streams of a source; clients are imported only for the source that is asked for."""
    module, name = EXTRACTORS.get(source, DROP_EXTRACTOR).rsplit(".", 1)
    return cast("Extractor", getattr(import_module(f"phygital_funnel.sources.{module}"), name)(settings))
