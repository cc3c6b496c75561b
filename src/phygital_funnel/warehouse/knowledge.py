"""What a build may know: the extractions of every stream up to a commit, those held of them, the release before."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from phygital_funnel import __version__, clock
from phygital_funnel.decisions import held_manifests
from phygital_funnel.errors import ConfigError, ReleaseError
from phygital_funnel.landing import Landing
from phygital_funnel.quarantine import decisions
from phygital_funnel.quarantine.decisions import RowDecisions
from phygital_funnel.settings import AttributionSettings, Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.warehouse import releases
from phygital_funnel.warehouse.releases import Release

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Knowledge:
    """A state of knowledge.

    Args:
        known_at: the moment it stands for.
        commits: newest commit to use of each stream, by relation; -1 for none.
        held: ids of the extractions that must not be used.
        before: the release that this state is compared with; None for the first.
        rows: what people had decided about single rows.
    """

    known_at: datetime
    commits: Mapping[str, int]
    held: frozenset[str]
    before: Release | None
    rows: RowDecisions


@dataclass(frozen=True)
class Past:
    """A past state of knowledge that was asked for.

    Args:
        moment: the time.
        release: the release that was made of exactly this knowledge, if it is kept.
    """

    moment: datetime
    release: Release | None


def past(settings: Settings, asked: datetime | str) -> Past:
    """Find what ``--as-of`` names.

    Args:
        settings: where the releases are.
        asked: a moment with a time zone, or the run id of a kept release.

    Raises:
        ConfigError: the moment has no time zone or has not come yet.
        ReleaseError: no kept release has that run id.
    """
    if isinstance(asked, str):
        release = releases.named(settings, asked)
        return Past(_known_at(release), release)
    if asked.tzinfo is None or asked > clock.now():
        raise ConfigError(
            "--as-of needs a time zone and must not lie in the future, for example 2026-11-03T13:00:00+00:00."
        )
    moment = asked.astimezone(UTC)
    made_then = [release for release in _first_hand(settings) if _known_at(release) == moment]
    return Past(moment, made_then[-1] if made_then else None)


def settings_of(settings: Settings, asked: Past | None) -> Settings:
    """The settings a build has to use: those of the release it reproduces, else today's."""
    if asked is None or asked.release is None:
        return settings
    made_of = asked.release.manifest()
    if made_of["code_version"] != __version__:
        logger.warning("release %s was made by version %s", asked.release.run_id, made_of["code_version"])
    then = made_of["settings"]
    return replace(
        settings,
        attribution=AttributionSettings(**then["attribution"]),
        reporting_currency=then["reporting_currency"],
        restatement_horizon_days=then["restatement_horizon_days"],
    )


def known(settings: Settings, asked: Past | None) -> Knowledge:
    """What is known now, or was in the past."""
    landing = Landing.of(settings)
    if asked is None:
        commits = {stream.relation: landing.newest(stream) for stream in all_streams()}
        # After the commits, so that what the guard doubts among them is known to be held.
        held, rows = held_manifests(settings, landing=landing), decisions.known(settings)
        return Knowledge(clock.now(), commits, held, _current(settings), rows)
    if asked.release is not None:
        return _known_to(settings, asked.release)
    commits = {stream.relation: landing.known_at(stream, asked.moment) for stream in all_streams()}
    held = held_manifests(settings, asked.moment, landing=landing)
    earlier = [release for release in _first_hand(settings) if _known_at(release) < asked.moment]
    rows = decisions.known(settings, asked.moment)
    return Knowledge(asked.moment, commits, held, earlier[-1] if earlier else None, rows)


def _known_to(settings: Settings, release: Release) -> Knowledge:
    """Exactly what a release was made of, whatever clocks say of its extractions."""
    made_of = release.manifest()
    commits = {stream.relation: made_of["commits"].get(stream.relation, -1) for stream in all_streams()}
    previous = made_of.get("compared_with")
    try:
        before = releases.named(settings, previous) if previous else None
    except ReleaseError:
        logger.warning("release %s is no longer kept: the comparison with it stays empty", previous)
        before = None
    rows = decisions.known(settings).first(made_of.get("row_decisions", 0))
    return Knowledge(_known_at(release), commits, frozenset(made_of["held"]), before, rows)


def _first_hand(settings: Settings) -> list[Release]:
    """Releases of what was known when they were made, oldest knowledge first."""
    found = [release for release in releases.kept(settings) if release.manifest()["as_of"] is None]
    return sorted(found, key=_known_at)


def _known_at(release: Release) -> datetime:
    return datetime.fromisoformat(release.manifest()["known_at"]).astimezone(UTC)


def _current(settings: Settings) -> Release | None:
    try:
        return releases.current(settings)
    except ReleaseError:
        return None
