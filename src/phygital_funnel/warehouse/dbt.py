"""Runs dbt inside this process, one layer at a time."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from phygital_funnel.errors import BuildError
from phygital_funnel.logs import TextFormatter
from phygital_funnel.settings import Settings

# What each layer builds and leaves out. Unit tests are checks of the code, which the test suite runs on made-up rows;
# so are the tests of base and staging: in a build, the gate `staging` looks at the same keys of the real rows at a
# fraction of dbt's cost per test, and the conservation tests of the later layers stay.
LAYERS = {
    "staging": (
        (
            "resource_type:seed",
            "path:models/base",
            "path:models/staging",
            "path:models/quarantine",
            "path:models/volumes",
        ),
        ("resource_type:unit_test", "resource_type:test"),
    ),
    "ledgers": (
        ("path:models/intermediate", "path:models/ledgers", "path:models/marts", "path:tests"),
        ("resource_type:unit_test",),
    ),
}
PARSED = ("*.yml", "models/**/*", "macros/**/*", "tests/**/*", "seeds/**/*")
DATABASE_VARIABLE = "PHYGITAL_BUILD_DATABASE"
LOGGED = {"info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
_manifests: dict[tuple[Any, ...], Any] = {}


class Project:
    """The dbt project on one database, parsed once for all the layers of a build.

    Args:
        settings: where the project is, and the constants its models read with ``var``.
        database: the build database; it is closed whenever no layer is being built.
    """

    def __init__(self, settings: Settings, database: Path) -> None:
        self._settings = settings
        self._database = database
        self._manifest: Any = None

    def build_layer(self, layer: str, *, full_refresh: bool = False) -> None:
        """Build and test the models of one layer; the first also loads the seeds.

        Args:
            layer: staging or ledgers.
            full_refresh: make anew what is kept from build to build.

        Raises:
            BuildError: a model or a test failed; the message names the first few.
        """
        if self._manifest is None:
            self._manifest = self._parsed()
        selected, excluded = LAYERS[layer]
        refresh = ("--full-refresh",) if full_refresh else ()
        # Every test of a layer is selected by its own path: to look for those of the models' ancestors costs seconds.
        self._run("build", "--indirect-selection", "empty", "--select", *selected, "--exclude", *excluded, *refresh)

    def _parsed(self) -> Any:
        """The project, parsed once in a process for all databases of one name: that takes longer than a small build."""
        folder = self._settings.project_dir / "dbt_project"
        files = frozenset((path, path.stat().st_mtime_ns) for pattern in PARSED for path in folder.glob(pattern))
        # Relations are named after the database's file.
        key = (files, self._database.stem, json.dumps(variables(self._settings)))
        if key not in _manifests:
            _manifests.clear()
            _manifests[key] = self._run("parse").result
        return _manifests[key]

    def _run(self, command: str, *arguments: str) -> Any:
        from dbt.adapters.factory import reset_adapters
        from dbt.cli.main import dbtRunner

        os.environ[DATABASE_VARIABLE] = str(self._database)
        os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        try:
            with _log(self._settings.home / "logs" / "dbt") as written:
                runner = dbtRunner(manifest=self._manifest, callbacks=[written])
                result = runner.invoke([command, *arguments, *_options(self._settings)])
        finally:
            reset_adapters()
            _close_connections()
        if not result.success:
            raise BuildError(f"dbt {command} {' '.join(arguments)} failed: {_failures(result)}")
        return result


def variables(settings: Settings) -> dict[str, Any]:
    """The constants that models read with ``var``."""
    return {
        **vars(settings.attribution),
        "restatement_horizon_days": settings.restatement_horizon_days,
        "reporting_currency": settings.reporting_currency,
    }


def _options(settings: Settings) -> Sequence[str]:
    project = str(settings.project_dir / "dbt_project")
    return (
        "--project-dir", project,
        "--profiles-dir", project,
        "--target-path", str(settings.home / "build" / "dbt"),
        "--log-path", str(settings.home / "logs" / "dbt"),
        "--log-level", "none",
        "--log-level-file", "none",
        "--no-use-colors",
        "--no-write-json",
        "--vars", json.dumps(variables(settings)),
    )  # fmt: skip


@contextmanager
def _log(folder: Path) -> Iterator[Callable[[Any], None]]:
    """Writes what dbt says into ``dbt.log``; its own log would first word the many events that it then leaves out."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "dbt.log", maxBytes=10 << 20, backupCount=5, encoding="utf-8", delay=True)
    handler.setFormatter(TextFormatter("%(asctime)s [%(levelname)s] %(message)s"))

    def written(event: Any) -> None:
        level = LOGGED.get(event.info.level)
        if level is not None:
            handler.handle(logging.LogRecord("dbt", level, "", 0, event.info.msg, None, None))

    try:
        yield written
    finally:
        handler.close()


def _close_connections() -> None:
    """dbt-duckdb keeps the database open for the life of the process; the gates and the next phase need it closed."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _failures(result: Any) -> str:
    if result.exception is not None:
        return str(result.exception)
    failed = [node for node in result.result if str(node.status) in ("error", "fail", "runtime error")]
    named = [f"{node.node.name}: {' '.join(str(node.message).split())[:300]}" for node in failed[:5]]
    more = f" (and {len(failed) - 5} more)" if len(failed) > 5 else ""
    return "; ".join(named) + more
