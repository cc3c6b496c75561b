"""Publishes a build: export -> page -> gate -> rename -> swap, so that readers see a whole release or the one before.

A release is a folder that is never changed again: ``phygital.duckdb`` (storage version v1.0.0, readable by older
DuckDBs), the same tables as Parquet, the page and the manifest. ``releases/current`` is a symbolic link to it.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from phygital_funnel import __version__, clock, quality, report, state
from phygital_funnel.errors import ConfigError, ReleaseError
from phygital_funnel.quality.archive import read_results
from phygital_funnel.settings import Settings
from phygital_funnel.state import Run, RunLog, write_json
from phygital_funnel.warehouse.build import Build, database_path, only_build, phase, recorded
from phygital_funnel.warehouse.database import connect

DATABASE_NAME = "phygital.duckdb"
MANIFEST_NAME = "manifest.json"
CURRENT = "current"
PUBLISHED_SCHEMAS = ("ledgers", "marts")
STORAGE_VERSION = "v1.0.0"


@dataclass(frozen=True)
class Release:
    """A published release."""

    run_id: str
    path: Path

    @property
    def database(self) -> Path:
        """Its DuckDB file."""
        return self.path / DATABASE_NAME

    @property
    def page(self) -> Path:
        """Its self-contained page."""
        return self.path / "report.html"

    def manifest(self) -> dict[str, Any]:
        """What it was made of."""
        content: dict[str, Any] = json.loads((self.path / MANIFEST_NAME).read_text(encoding="utf-8"))
        return content


def publish(settings: Settings, build: Build, *, on_phase: Callable[[str], None] | None = None) -> Release:
    """Publish a finished build.

    Raises:
        QualityGateFailed: the gate on the exported files blocked; the last good release stays.
        ReleaseError: the build is not in a state to be published.
    """
    if build.run.status not in (state.BUILT, state.PUBLISHED):
        raise ReleaseError(
            f"run {build.run.run_id} ended as '{build.run.status}' ({build.run.reason}); build again first."
        )
    folder = _folder(settings)
    final = folder / build.run.run_id
    draft = folder / f"{build.run.run_id}.staging"
    with only_build(settings):
        log = RunLog.resume(settings, build.run.run_id)
        with recorded(log):
            if not final.is_dir():
                _sweep(folder)
                with phase(log, "export", on_phase):
                    _check_build(build)
                    _export(build.database, draft)
                with phase(log, "gate published", on_phase):
                    result = quality.evaluate(settings, "published", draft / DATABASE_NAME, run_id=log.run.run_id)
                    quality.enforce(result)
                with phase(log, "page", on_phase):
                    write_json(draft / MANIFEST_NAME, _manifest(settings, log.run))
                    report.render(draft)
                _flush(draft)
                draft.rename(final)
            _swap(folder, final.name)
            log.update(status=state.PUBLISHED, phase="published")
    return Release(build.run.run_id, final)


def last_build(settings: Settings) -> Build:
    """The newest build of the current state of knowledge.

    Raises:
        ReleaseError: there is none.
    """
    for run in reversed(state.runs(settings)):
        if run.as_of is None:
            return Build(run, database_path(settings))
    raise ReleaseError("nothing has been built yet; run `phygital build` first.")


def resolve_current(settings: Settings) -> Path:
    """Folder of the published release; the link is resolved once, so all reads see the same release.

    Raises:
        ReleaseError: nothing is published.
    """
    link = _folder(settings) / CURRENT
    if not link.is_symlink() or not link.exists():
        raise ReleaseError("nothing is published yet; run `phygital run`, or `phygital build` and `phygital publish`.")
    return link.resolve()


def current(settings: Settings) -> Release:
    """The published release.

    Raises:
        ReleaseError: nothing is published.
    """
    path = resolve_current(settings)
    return Release(path.name, path)


def rollback(settings: Settings, run_id: str | None = None) -> Release:
    """Point readers at an earlier release: the one before the current, or the one that is named.

    Raises:
        ReleaseError: there is no such release.
    """
    folder = _folder(settings)
    with only_build(settings):
        target = run_id or current(settings).manifest().get("previous_run_id")
        if target is None:
            raise ReleaseError("the current release is the first one; there is nothing to roll back to.")
        path = folder / target
        if not _is_release(path):
            raise ReleaseError(f"there is no release {target!r} in {folder}.")
        _swap(folder, path.name)
    return Release(path.name, path)


def _is_release(path: Path) -> bool:
    """Whether a folder is a finished release under its own name: no link, and no publication that was broken off."""
    manifest = path / MANIFEST_NAME
    return not path.is_symlink() and manifest.is_file() and Release(path.name, path).manifest()["run_id"] == path.name


def _folder(settings: Settings) -> Path:
    if "://" in settings.releases_url:
        raise ConfigError(
            f"PHYGITAL_RELEASES_URL={settings.releases_url} is not a local folder; this version publishes to one."
        )
    return Path(settings.releases_url)


def _check_build(build: Build) -> None:
    with connect(build.database, read_only=True) as con:
        held = [run_id for (run_id,) in con.execute("select run_id from raw.build").fetchall()]
    if held != [build.run.run_id]:
        raise ReleaseError(f"{build.database.name} holds run {held}, not {build.run.run_id}; build again first.")


def _export(database: Path, draft: Path) -> None:
    (draft / "parquet").mkdir(parents=True)
    with connect() as con:
        con.execute(f"attach '{_quoted(database)}' as build (read_only)")
        con.execute(f"attach '{_quoted(draft / DATABASE_NAME)}' as release (storage_version '{STORAGE_VERSION}')")
        for schema, name, kind in _published(con):
            if kind == "BASE TABLE":
                con.execute(f'create table release.main."{name}" as from build.{schema}."{name}"')
            file = _quoted(draft / "parquet" / f"{name}.parquet")
            con.execute(f"copy (from build.{schema}.\"{name}\") to '{file}' (format parquet, compression zstd)")
        con.execute("use release")
        for schema, name, kind in _published(con):
            if kind == "VIEW":
                con.execute(_view(con, schema, name))
        con.execute("use memory")
        con.execute("detach release")


def _published(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return con.execute(
        """
        select table_schema, table_name, table_type from information_schema.tables
        where table_catalog = 'build' and list_contains($1, table_schema) order by table_name
        """,
        [list(PUBLISHED_SCHEMAS)],
    ).fetchall()


def _view(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> str:
    """The view's definition over the release's own tables, which all stand in one schema."""
    rows = con.execute(
        "select sql from duckdb_views() where database_name = 'build' and schema_name = $1 and view_name = $2",
        [schema, name],
    ).fetchall()
    body = str(rows[0][0]).split(" AS ", 1)[1]
    for catalog in ("build.", '"build".', ""):
        for published in PUBLISHED_SCHEMAS:
            for spelled in (f"{catalog}{published}.", f'{catalog}"{published}".'):
                body = body.replace(spelled, "")
    return f'create view release.main."{name}" as {body}'


def _manifest(settings: Settings, run: Run) -> dict[str, Any]:
    try:
        previous = current(settings).run_id
    except ReleaseError:
        previous = None
    return {
        "run_id": run.run_id,
        "published_at": clock.now().isoformat(),
        "known_at": run.known_at,
        "as_of": run.as_of,
        "commits": run.commits,
        "held": list(run.held),
        "settings": settings.public(),
        "code_version": __version__,
        "duckdb_version": duckdb.__version__,
        "gates": read_results(settings, run.run_id),
        "phases_seconds": run.phases,
        "previous_run_id": previous if previous != run.run_id else None,
    }


def _sweep(folder: Path) -> None:
    """Remove what a killed publication left; the build lock says that none is running."""
    for leftover in folder.glob("*.staging"):
        shutil.rmtree(leftover)


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _swap(folder: Path, name: str) -> None:
    draft = folder / f".{CURRENT}.{os.getpid()}"
    draft.unlink(missing_ok=True)
    draft.symlink_to(name)
    draft.replace(folder / CURRENT)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
