"""How old what is known of each stream is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from phygital_funnel import clock
from phygital_funnel.decisions import held_manifests
from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Coverage, Stream


class State(StrEnum):
    """What can be said of a stream."""

    FRESH = "fresh"
    """Every account was extracted within the stream's hours."""
    STALE = "stale"
    """Some account was not."""
    NEVER = "never"
    """Nothing that builds may use has been landed."""


@dataclass(frozen=True)
class Freshness:
    """One stream.

    Args:
        stream: what it is.
        configured: whether its API can be asked; None for streams that arrive as files.
        state: of the account that was extracted the longest ago.
        accounts: accounts that are to be extracted; 1 for files, of which only the newest tells anything.
        fresh_accounts: those of them that are fresh.
        newest_at: when the newest extraction was landed.
        age: how long ago that was.
        newest_day: the last day that was asked for, if the stream has days.
        rows: rows of the newest extraction.
        held: extractions that builds must not use.
    """

    stream: Stream
    configured: bool | None
    state: State
    accounts: int
    fresh_accounts: int
    newest_at: datetime | None
    age: timedelta | None
    newest_day: date | None
    rows: int | None
    held: int


def read_freshness(settings: Settings) -> list[Freshness]:
    """Every stream of every source, from the landing zone alone; nothing is changed.

    Raises:
        LandingError: the landing zone cannot be read.
    """
    landing = Landing.of(settings)
    held = held_manifests(settings, landing=landing)
    return [_freshness(settings, stream, landing.manifests(stream), held, clock.now()) for stream in all_streams()]


def freshness_known(
    settings: Settings, landing: Landing, commits: Mapping[str, int], held: frozenset[str], at: datetime
) -> list[Freshness]:
    """Every stream as it was known to a build.

    Args:
        settings: which sources are configured, today: a rebuild of a past state knows no other.
        landing: where the extractions are.
        commits: newest commit known, by relation.
        held: manifest ids that were set aside.
        at: the moment that ages are counted to.

    Raises:
        LandingError: the landing zone cannot be read.
    """
    return [
        _freshness(
            settings, stream, [m for m in landing.manifests(stream) if m.commit <= commits[stream.relation]], held, at
        )
        for stream in all_streams()
    ]


def _freshness(
    settings: Settings, stream: Stream, manifests: list[Manifest], held: frozenset[str], now: datetime
) -> Freshness:
    usable = [manifest for manifest in manifests if manifest.is_complete and manifest.manifest_id not in held]
    newest = max(usable, key=lambda manifest: manifest.commit, default=None)
    newest_of = {manifest.account: manifest for manifest in sorted(usable, key=lambda manifest: manifest.commit)}
    is_api = stream.source in API_SOURCES
    # The accounts of files are their names, and a file is landed once: only the newest one tells anything.
    wanted = settings.source(stream.source).accounts if is_api else ("",)
    fresh = sum(_is_fresh(stream, newest_of.get(account) if is_api else newest, now) for account in wanted)
    return Freshness(
        stream=stream,
        configured=settings.source(stream.source).is_configured if is_api else None,
        state=_state(newest, fresh, len(wanted)),
        accounts=len(wanted),
        fresh_accounts=fresh,
        newest_at=newest.committed_at if newest else None,
        age=now - newest.committed_at if newest else None,
        newest_day=_newest_day(usable),
        rows=newest.row_count if newest else None,
        held=sum(manifest.manifest_id in held for manifest in manifests),
    )


def _is_fresh(stream: Stream, newest: Manifest | None, now: datetime) -> bool:
    if newest is None:
        return False
    # A table that is dropped as a file is landed when it changes, so an old one is as good as new.
    if newest.checksum and stream.coverage is Coverage.SNAPSHOT:
        return True
    return now - newest.committed_at <= timedelta(hours=stream.fresh_hours)


def _state(newest: Manifest | None, fresh: int, wanted: int) -> State:
    if newest is None:
        return State.NEVER
    return State.FRESH if fresh == wanted > 0 else State.STALE


def _newest_day(manifests: Iterable[Manifest]) -> date | None:
    return max((manifest.window_to for manifest in manifests if manifest.window_to), default=None)
