"""Gathers what a person who was woken at night asks first."""

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from phygital_funnel import state
from phygital_funnel.decisions import held_extractions
from phygital_funnel.errors import FunnelError, LandingError, ReleaseError
from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.quality.archive import read_results, warnings_of
from phygital_funnel.quality.page import page_path
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.state import Run
from phygital_funnel.warehouse.build import database_path, is_building
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.release import current

SHOWN_RUNS = 5
SHOWN_EXTRACTIONS = 40


@dataclass(frozen=True)
class Status:
    """The state of a home.

    Args:
        current: run id of the published release.
        published_at: when it was published.
        known_at: its knowledge time.
        configured: API sources that can be extracted.
        runs: the last runs, newest first.
        warnings: failed checks of the last run that do not block.
        quarantine: rejected rows of the last build, as (table, rule, rows).
        held: extractions set aside, each with its manifest id and the reason.
        quality_page: where every check is explained; None before the first gate.
    """

    current: str | None
    published_at: str
    known_at: str
    configured: tuple[str, ...]
    runs: tuple[Run, ...]
    warnings: tuple[str, ...]
    quarantine: tuple[tuple[str, str, int], ...]
    held: tuple[str, ...]
    quality_page: Path | None


def read_status(settings: Settings) -> Status:
    """The state of the home, from its files alone; nothing is changed."""
    try:
        release = current(settings)
        manifest = release.manifest()
    except ReleaseError:
        release, manifest = None, {}
    recent = _recent_runs(settings)
    return Status(
        current=release.run_id if release else None,
        published_at=str(manifest.get("published_at", "")),
        known_at=str(manifest.get("known_at", "")),
        configured=tuple(sorted(settings.configured_sources())),
        runs=recent,
        warnings=_warnings(settings, recent),
        quarantine=_quarantine(settings),
        held=_held(settings),
        quality_page=page if (page := page_path(settings)).is_file() else None,
    )


def _recent_runs(settings: Settings) -> tuple[Run, ...]:
    """The last runs, newest first; one whose process is gone was interrupted, whatever it last wrote."""
    recent = tuple(reversed(state.runs(settings)[-SHOWN_RUNS:]))
    if not recent or is_building(settings):
        return recent
    reason = "its process was killed or the machine stopped; landing and the current release are whole: run again"
    return tuple(
        replace(run, status=state.INTERRUPTED, reason=reason) if run.status == state.RUNNING else run for run in recent
    )


def newest_extractions(settings: Settings) -> list[Manifest]:
    """The newest extractions of all streams, newest first; at one moment the later commits of a stream come first."""
    landing = Landing(settings.landing_url)
    manifests = [manifest for stream in all_streams() for manifest in landing.manifests(stream)]
    newest = sorted(manifests, key=lambda manifest: (manifest.committed_at, manifest.commit), reverse=True)
    return newest[:SHOWN_EXTRACTIONS]


def _held(settings: Settings) -> tuple[str, ...]:
    """What is held; a landing zone that cannot be reached must not hide the rest of the status."""
    try:
        return tuple(_told(manifest, reason) for manifest, reason in held_extractions(settings))
    except LandingError as error:
        return (f"not known: {error}",)


def _told(manifest: Manifest, reason: str) -> str:
    window = f" {manifest.window_from}..{manifest.window_to}" if manifest.window_from else ""
    name = " ".join(part for part in (manifest.account, manifest.part) if part)
    return f"{manifest.manifest_id} {manifest.source}.{manifest.stream} {name}{window}: {reason}"


def _warnings(settings: Settings, recent: tuple[Run, ...]) -> tuple[str, ...]:
    if not recent:
        return ()
    return warnings_of(read_results(settings, recent[0].run_id))


def _quarantine(settings: Settings) -> tuple[tuple[str, str, int], ...]:
    path = database_path(settings)
    if not path.is_file():
        return ()
    try:
        with connect(path, read_only=True) as con:
            tables = con.execute(
                "select table_name from information_schema.tables where table_schema = 'quarantine' order by 1"
            ).fetchall()
            counts = [
                (name, rule, count)
                for (name,) in tables
                for rule, count in con.execute(
                    f'select reject_rule, count(*) from quarantine."{name}" group by 1 order by 1'
                ).fetchall()
            ]
    except (FunnelError, duckdb.Error):  # a build is writing; its own record says so
        return ()
    return tuple(counts)
