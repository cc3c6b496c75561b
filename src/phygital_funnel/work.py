"""What there is to extract: the streams of every account, one piece of work each."""

import logging
from collections.abc import Iterable

from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import accounts_of, streams_of
from phygital_funnel.sources.stream import Cadence

logger = logging.getLogger(__name__)


def pieces(settings: Settings, sources: Iterable[str], cadence: Cadence) -> list[dict[str, str]]:
    """The source, account and stream of every piece; a source that is not configured has none, and is told of.

    Args:
        settings: which sources are configured.
        sources: names of sources.
        cadence: which of their streams.

    Raises:
        ConfigError: no such source.
    """
    return [
        {"source": source, "account": account, "stream": stream.name}
        for source in sources
        if _is_configured(settings, source)
        for account in accounts_of(settings, source)
        for stream in streams_of(source, cadence=cadence)
    ]


def _is_configured(settings: Settings, source: str) -> bool:
    is_configured = source not in settings.sources or settings.sources[source].is_configured
    if not is_configured:
        name = source.upper()
        logger.warning(
            "%s is not configured and is left out: set PHYGITAL_%s_CREDENTIALS_FILE and PHYGITAL_%s_ACCOUNTS.",
            source, name, name,
        )  # fmt: skip
    return is_configured
