"""Publishes a build: export -> page -> gate -> rename -> swap, so that readers see a whole release or the one before.

A release is a folder that is never changed again: ``phygital.duckdb`` (storage version v1.0.0, readable by older
DuckDBs), the same tables as Parquet, the page and the manifest. ``releases/current`` is a symbolic link to it.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from phygital_funnel import __version__, clock, quality, report, state
from phygital_funnel.errors import ReleaseError
from phygital_funnel.quality import explain, page
from phygital_funnel.quality.archive import read_results
from phygital_funnel.settings import Settings
from phygital_funnel.state import Run, RunLog, write_json
from phygital_funnel.warehouse import quality_relation
from phygital_funnel.warehouse.build import Build, database_path, only_build, phase, recorded
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.releases import (
    CURRENT,
    DATABASE_NAME,
    MANIFEST_NAME,
    Release,
    current,
    folder_of,
    named,
    resolve_current,
)

__all__ = ["DATABASE_NAME", "Release", "current", "last_build", "publish", "resolve_current", "rollback"]

PUBLISHED_SCHEMAS = ("ledgers", "marts")
TOLD_OF_RUNS = ("mart_data_quality_status", "mart_data_quality_history")
"""Views over what the gates found: a release holds their rows, and gets those of its own last gate after that gate."""
WORKED_OUT = ("fct_attribution_credit_wide",)
"""Views over what only a build holds: a release holds their rows."""
STORAGE_VERSION = "v1.0.0"


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
    folder = folder_of(settings)
    final = folder / build.run.run_id
    draft = folder / f"{build.run.run_id}.staging"
    with only_build(settings), page.kept_up(settings):
        log = RunLog.resume(settings, build.run.run_id)
        with recorded(log):
            if not final.is_dir():
                _sweep(folder)
                with phase(log, "export", on_phase):
                    _check_build(build)
                    _export(build.database, draft)
                with phase(log, "gate published", on_phase):
                    result = quality.evaluate(settings, "published", draft / DATABASE_NAME, run_id=log.run.run_id)
                    explain.log_failures(result, settings.project_dir)
                    quality.enforce(result)
                    _add_results(settings, build, draft)
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


def rollback(settings: Settings, run_id: str | None = None) -> Release:
    """Point readers at an earlier release: the one before the current, or the one that is named.

    Raises:
        ReleaseError: there is no such release.
    """
    folder = folder_of(settings)
    with only_build(settings):
        target = run_id or current(settings).manifest().get("previous_run_id")
        if target is None:
            raise ReleaseError("the current release is the first one; there is nothing to roll back to.")
        release = named(settings, target)
        _swap(folder, release.run_id)
    return release


def _check_build(build: Build) -> None:
    with connect(build.database, read_only=True) as con:
        held = [run_id for (run_id,) in con.execute("select run_id from raw.build").fetchall()]
    if held != [build.run.run_id]:
        raise ReleaseError(f"{build.database.name} holds run {held}, not {build.run.run_id}; build again first.")


def _export(database: Path, draft: Path) -> None:
    (draft / "parquet").mkdir(parents=True)
    with connect() as con:
        _attach(con, database, draft)
        for schema, name, kind in _published(con):
            if kind == "BASE TABLE":
                con.execute(f'create table release.main."{name}" as from build.{schema}."{name}"')
        con.execute("use release")
        for schema, name, kind in _published(con):
            if kind == "VIEW":
                con.execute(_view(con, schema, name))
        _carry_comments(con)
        for _, name, _ in _published(con):
            _copy_as_parquet(con, name, draft)
        con.execute("use memory")
        con.execute("detach release")


def _add_results(settings: Settings, build: Build, draft: Path) -> None:
    """Let the release tell of its own last gate too, which looked at it without these rows."""
    with connect(build.database) as con:
        quality_relation.load_results(con, settings, build.run.run_id)
    with connect() as con:
        _attach(con, build.database, draft)
        for schema, name, _ in _published(con):
            if name in TOLD_OF_RUNS:
                con.execute(f'delete from release.main."{name}"')
                con.execute(f'insert into release.main."{name}" by name from build.{schema}."{name}"')
                _copy_as_parquet(con, name, draft)
        con.execute("detach release")


def _attach(con: duckdb.DuckDBPyConnection, database: Path, draft: Path) -> None:
    con.execute(f"attach '{_quoted(database)}' as build (read_only)")
    con.execute(f"attach '{_quoted(draft / DATABASE_NAME)}' as release (storage_version '{STORAGE_VERSION}')")


def _copy_as_parquet(con: duckdb.DuckDBPyConnection, name: str, draft: Path) -> None:
    """From the release's own rows: what a build works out is worked out once."""
    file = _quoted(draft / "parquet" / f"{name}.parquet")
    con.execute(f"copy (from release.main.\"{name}\") to '{file}' (format parquet, compression zstd)")


def _carry_comments(con: duckdb.DuckDBPyConnection) -> None:
    """Give the release's copies what dbt wrote beside relations and columns; copying rows loses it."""
    comments = con.execute(
        """
        with written as (
            select schema_name, table_name as name, null as column_name, comment from duckdb_tables()
            where database_name = 'build'
            union all
            select schema_name, view_name, null, comment from duckdb_views() where database_name = 'build'
            union all
            select schema_name, table_name, column_name, comment from duckdb_columns() where database_name = 'build'
        )
        select schema_name, name, column_name, comment from written where comment is not null
        """
    ).fetchall()
    kinds = {(schema, name): "view" if kind == "VIEW" else "table" for schema, name, kind in _published(con)}
    # In one transaction: each by itself would be written to the disk by itself.
    con.execute("begin")
    for schema, name, column, comment in comments:
        if kind := kinds.get((schema, name)):
            target = f'{kind} release.main."{name}"' if column is None else f'column release.main."{name}"."{column}"'
            con.execute(f"comment on {target} is '{_escaped(comment)}'")
    con.execute("commit")


def _published(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Schema and name in the build of what a release holds, and what it is there: a table or a view."""
    return con.execute(
        """
        select table_schema, table_name,
            case when list_contains($2, table_name) then 'BASE TABLE' else table_type end as kind
        from information_schema.tables
        where table_catalog = 'build' and list_contains($1, table_schema) order by table_name
        """,
        [list(PUBLISHED_SCHEMAS), [*TOLD_OF_RUNS, *WORKED_OUT]],
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
        "compared_with": run.compared_with,
        "commits": run.commits,
        "held": list(run.held),
        "row_decisions": run.row_decisions,
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
    return _escaped(str(path))


def _escaped(text: str) -> str:
    return text.replace("'", "''")
