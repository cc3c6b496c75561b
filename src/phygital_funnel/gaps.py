"""Where a scheduled run has to begin, so that an outage of the scheduler leaves no day unread.

A run after an outage covers the day before it and no more; what each stream re-reads reaches back a little further.
What neither reaches would never be asked for, and a feed of changes would lose those changes for good.
"""

import logging
from datetime import date, timedelta

from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import streams_of
from phygital_funnel.sources.stream import Stream, Window

logger = logging.getLogger(__name__)


def without_gap(settings: Settings, source: str, window: Window, *, account: str, stream: str) -> Window:
    """The window, begun where the stream's extractions of the account end, if that is earlier.

    At most the restatement horizon is caught up; what lies before it is named in the log and left to a backfill.

    Args:
        settings: where landing is, and the horizon.
        source: for example ``tiktok_shop``.
        window: dates of the run.
        account: one account; empty for a source without any.
        stream: one stream.

    Raises:
        LandingError: landing cannot be read.
    """
    (one,) = streams_of(source, stream)
    until = _read_until(Landing.of(settings), one, account)
    if until is None or until >= window.start - timedelta(days=1):
        return window
    earliest = window.end - timedelta(days=settings.restatement_horizon_days)
    if until < earliest:
        logger.warning(
            "%s %s was last read up to %s; %s to %s are left to a backfill: phygital extract %s --from %s --to %s",
            one.relation, account, until, until, earliest, source, until, earliest,
        )  # fmt: skip
    start = max(until, earliest)
    logger.info("%s %s was last read up to %s, so this run begins there", one.relation, account, start)
    return Window(min(start, window.start), window.end)


def _read_until(landing: Landing, stream: Stream, account: str) -> date | None:
    """The last day that was read; of a stream in parts the part that is furthest behind decides."""
    held = landing.held(stream)
    newest: dict[str, date] = {}
    for manifest in landing.manifests(stream):
        day = _last_day(manifest, account)
        if day is not None and manifest.is_complete and manifest.manifest_id not in held:
            newest[manifest.part] = max(day, newest.get(manifest.part, day))
    return min(newest.values(), default=None)


def _last_day(manifest: Manifest, account: str) -> date | None:
    if manifest.window is not None:
        return manifest.window.end if manifest.account == account else None
    try:
        return date.fromisoformat(manifest.account[:10])  # a dropped file belongs to the day its name begins with
    except ValueError:
        return None
