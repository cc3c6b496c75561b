"""Which sources there are, their streams, and what reads them."""

from collections.abc import Iterator
from typing import Protocol

from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources.amazon_attribution import streams as amazon_attribution
from phygital_funnel.sources.amazon_seller import streams as amazon_seller
from phygital_funnel.sources.events import streams as events
from phygital_funnel.sources.links import streams as links
from phygital_funnel.sources.reference import streams as reference
from phygital_funnel.sources.stream import Extraction, Stream, Window
from phygital_funnel.sources.tiktok_ads import streams as tiktok_ads

STREAMS: dict[str, tuple[Stream, ...]] = {
    module.SOURCE: module.STREAMS
    for module in (tiktok_ads, amazon_attribution, amazon_seller, links, reference, events)
}


class Extractor(Protocol):
    """Reads the streams of one source."""

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one account."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


def all_streams() -> tuple[Stream, ...]:
    """Every stream of every source."""
    return tuple(stream for streams in STREAMS.values() for stream in streams)


def streams_of(source: str, name: str | None = None) -> tuple[Stream, ...]:
    """The streams of a source, or the one that is named.

    Raises:
        ConfigError: no such source or stream.
    """
    if source not in STREAMS:
        raise ConfigError(f"{source!r} is not a source; use one of {', '.join(STREAMS)}.")
    chosen = tuple(stream for stream in STREAMS[source] if name in (None, stream.name))
    if not chosen:
        names = ", ".join(stream.name for stream in STREAMS[source])
        raise ConfigError(f"{source} has no stream {name!r}; use one of {names}.")
    return chosen


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
    if source == tiktok_ads.SOURCE:
        from phygital_funnel.sources.tiktok_ads.extract import TikTokAdsExtractor

        return TikTokAdsExtractor(settings)
    if source == amazon_attribution.SOURCE:
        from phygital_funnel.sources.amazon_attribution.extract import AmazonAttributionExtractor

        return AmazonAttributionExtractor(settings)
    if source == amazon_seller.SOURCE:
        from phygital_funnel.sources.amazon_seller.extract import AmazonSellerExtractor

        return AmazonSellerExtractor(settings)
    from phygital_funnel.sources.drop import DropExtractor

    return DropExtractor(settings)
