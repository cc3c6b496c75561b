"""How old what is known of each stream is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from phygital_funnel import clock
from phygital_funnel.decisions import held_manifests
from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources.registry import ages, all_streams
from phygital_funnel.sources.stream import Stream


class State(StrEnum):
    """What can be said of a stream."""

    FRESH = "fresh"
    """The newest day of every account is within the stream's target."""
    STALE = "stale"
    """That of some account is not."""
    UNCHANGED = "unchanged"
    """A table that is dropped as a file: what was landed holds, however old, until another is dropped."""
    NEVER = "never"
    """Nothing that builds may use has been landed."""


@dataclass(frozen=True)
class Freshness:
    """One stream.

    Args:
        stream: what it is.
        configured: whether its API can be asked; None for streams that arrive as files.
        state: of the account whose newest day is the oldest.
        accounts: accounts that are to be extracted; 1 for files, of which only the newest tells anything.
        fresh_accounts: those of them that are fresh, or unchanged.
        newest_at: when the newest extraction was landed.
        age: how long ago that was.
        newest_day: the last day that was asked for, or that a file is named after; None if the stream has none.
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

    @property
    def target(self) -> timedelta | None:
        """By how much the newest day may lie before now; None for what does not age."""
        return None if self.state is State.UNCHANGED else timedelta(days=self.stream.due_days)

    @property
    def landed(self) -> str:
        """How long ago the newest extraction was landed, in its two largest units; empty if there is none."""
        return "" if self.age is None else f"{_told(self.age)} ago"

    @property
    def due(self) -> str:
        """The target in words."""
        return "does not age" if self.target is None else _days(self.target.days)


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
    is_api = stream.source in API_SOURCES
    # The accounts of files are their names, and a file is landed once: only the newest one tells anything.
    wanted = settings.source(stream.source).accounts if is_api else ("",)
    due = now.date() - timedelta(days=stream.due_days)
    reached = [
        max((_day(one) for one in usable if not is_api or one.account == account), default=None) for account in wanted
    ]
    fresh = sum(day is not None and (day >= due or not ages(stream)) for day in reached)
    return Freshness(
        stream=stream,
        configured=settings.source(stream.source).is_configured if is_api else None,
        state=_state(stream, newest, fresh == len(wanted) > 0),
        accounts=len(wanted),
        fresh_accounts=fresh,
        newest_at=newest.committed_at if newest else None,
        age=now - newest.committed_at if newest else None,
        newest_day=_newest_day(usable),
        rows=newest.row_count if newest else None,
        held=sum(manifest.manifest_id in held for manifest in manifests),
    )


def _state(stream: Stream, newest: Manifest | None, is_fresh: bool) -> State:
    if newest is None:
        return State.NEVER
    if not ages(stream):
        return State.UNCHANGED
    return State.FRESH if is_fresh else State.STALE


def _day(manifest: Manifest) -> date:
    """The newest day of an extraction, as the gate of landing counts it: without days, that on which it was landed."""
    return _named_day(manifest) or manifest.committed_at.date()


def _named_day(manifest: Manifest) -> date | None:
    if manifest.window_to:
        return manifest.window_to
    try:
        return date.fromisoformat(manifest.account[:10])  # files of a day are named after it
    except ValueError:
        return None


def _newest_day(manifests: Iterable[Manifest]) -> date | None:
    return max(filter(None, map(_named_day, manifests)), default=None)


def _told(age: timedelta) -> str:
    minutes = max(0, age // timedelta(minutes=1))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
