"""dbt as a compiler: the models as plain SQL, for benchmarks and tests that run them on tables of their own."""

import json
import os
from collections.abc import Iterable, Mapping
from copy import copy
from pathlib import Path
from typing import Any

from phygital_funnel.errors import BuildError
from phygital_funnel.warehouse.dbt import DATABASE_VARIABLE


class Compiler:
    """dbt in this process, on a project that is parsed once; nothing is built.

    Args:
        project_dir: the folder that holds ``dbt_project``.
        folder: a scratch folder.
        database: the file the queries are compiled for: relations are named after it, and what it holds decides
            whether earlier credit is kept.
    """

    def __init__(self, project_dir: Path, folder: Path, database: Path) -> None:
        os.environ[DATABASE_VARIABLE] = str(database)
        os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        project, scratch = str(project_dir / "dbt_project"), str(folder)
        self._options = (
            "--project-dir", project, "--profiles-dir", project, "--target-path", scratch, "--log-path", scratch,
            "--log-level", "none", "--quiet", "--no-write-json",
        )  # fmt: skip
        self._manifest: Any = None
        self._manifest = self._run("parse").result

    def nodes(self, *selected: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Models and seeds by name, with their compiled SQL.

        Args:
            selected: what is compiled, in dbt's words.
            variables: what the models read with ``var``, where it is not the default.

        Raises:
            BuildError: dbt cannot compile them.
        """
        return self._compiled(selected, ("--exclude", "resource_type:test", "resource_type:unit_test"), variables)

    def checks(self, *names: str, variables: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Queries of data tests by name: each finds what is wrong, and nothing when all is well.

        Args:
            names: which tests.
            variables: what they read with ``var``, where it is not the default.

        Raises:
            BuildError: dbt cannot compile them.
        """
        nodes = self._compiled(names, (), variables)
        return {name: nodes[name].compiled_code for name in names}

    def _compiled(
        self, selected: Iterable[str], options: Iterable[str], variables: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        settings = json.dumps(dict(variables or {}))
        run = self._run("compile", "--select", *selected, *options, "--vars", settings)
        # Copies, because the next run compiles the manifest's own nodes again.
        return {result.node.name: copy(result.node) for result in run.result.results}

    def _run(self, *arguments: str) -> Any:
        # A tool's import of two seconds, which only a compiler needs.
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.adapters.factory import reset_adapters
        from dbt.cli.main import dbtRunner

        run: Any = dbtRunner(manifest=self._manifest).invoke([*arguments, *self._options])
        reset_adapters()
        DuckDBConnectionManager.close_all_connections()
        if not run.success:
            raise BuildError(f"dbt cannot compile the models: {run.exception or run.result}")
        return run
