"""Evaluates the suites of a stage, records the result, and stops the run when a critical check failed."""

import json
import os
import re
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import ConfigError, QualityGateFailed
from phygital_funnel.quality.engine import Engine, Outcome, build_expectation
from phygital_funnel.quality.results import CRITICAL, CheckResult, GateResult
from phygital_funnel.quality.suites import LANDING, Check, Suite, find_suites, read_views
from phygital_funnel.settings import Settings

TABLE_EXISTS = "table_exists"
TABLE_EXISTS_ID = "L2"
BLOCK = "block"

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+:\-]*")


def evaluate(
    settings: Settings,
    stage: str,
    database: Path,
    *,
    run_id: str,
    read_only: bool = True,
    table: str | None = None,
    known_at: datetime | None = None,
) -> GateResult:
    """Evaluate every suite of a stage and write ``<home>/state/quality/<run_id>/<stage>.json``.

    Failed checks are results, not exceptions. The database is closed again when this returns. At the gate ``landing``
    the suites of streams of which nothing waits are left out.

    Args:
        settings: says where the suites and the state are, and which sources are configured.
        stage: one of landing, staging, marts, published.
        database: the build's or the release's DuckDB file.
        run_id: the build's run.
        read_only: how the file is opened; see ``engine.Engine``.
        table: only the suite of this table.
        known_at: of what moment the knowledge is, where no build has said so; by it ages are judged.

    Raises:
        ConfigError: unknown stage or table, a run id that is no file name, or a broken suite.
        BuildError: the database cannot be opened.
    """
    path = results_path(settings, run_id, stage)
    now = clock.now()
    suites = [_applicable(suite, settings) for suite in _chosen(find_suites(settings.project_dir, stage), stage, table)]
    views = read_views(settings.project_dir, stage)
    variables = {"evaluated_at": now} | ({"known_at": known_at} if known_at else {})
    with Engine(database, read_only=read_only, variables=variables, views=views) as engine:
        # Most extractions concern a few streams, and each check costs a tenth of a second even of an empty table.
        idle = engine.idle_streams() if stage == LANDING else frozenset()
        wanted = [suite for suite in suites if suite.checks and suite.table not in idle]
        checks = tuple(result for suite in wanted for result in evaluate_suite(engine, suite))
    result = GateResult(stage, run_id, now, checks)
    _write(path, result.as_dict())
    return result


def enforce(result: GateResult) -> None:
    """Stop the run if a critical check failed.

    Raises:
        QualityGateFailed: one sentence per failed critical check.
    """
    if not result.passed:
        raise QualityGateFailed(result.stage, [check.sentence for check in result.critical_failures])


def results_path(settings: Settings, run_id: str, stage: str) -> Path:
    """Where the result of a run's gate is kept.

    Raises:
        ConfigError: the run id cannot be a folder's name.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise ConfigError(f"{run_id!r} cannot name a run; use letters, digits and _ . + : - only.")
    return settings.home / "state" / "quality" / run_id / f"{stage}.json"


def _chosen(suites: list[Suite], stage: str, table: str | None) -> list[Suite]:
    chosen = [suite for suite in suites if table in (None, suite.table)]
    if not chosen:
        near = get_close_matches(str(table), [suite.table for suite in suites], n=3, cutoff=0.4)
        raise ConfigError(
            f"the gate {stage!r} has no suite for {table!r}; did you mean {' or '.join(near)}?"
            if near
            else f"the gate {stage!r} has no suite for {table!r}; expectations/{stage} lists them."
        )
    return chosen


def _applicable(suite: Suite, settings: Settings) -> Suite:
    """The suite without the checks of sources that are not configured."""
    configured = settings.configured_sources()
    checks = tuple(check for check in suite.checks if check.source is None or check.source in configured)
    return Suite(suite.stage, suite.table, suite.schema, checks)


def evaluate_suite(engine: Engine, suite: Suite) -> list[CheckResult]:
    """Evaluate the checks of one table; a table that is not there is one failed critical check.

    Raises:
        ConfigError: Great Expectations refuses one of the suite's expectations.
    """
    if not engine.has_table(suite):
        return [_missing_table(suite)]
    # All objects are built first: a broken suite is refused before anything is evaluated.
    pairs = [(check, build_expectation(suite, check)) for check in suite.checks]
    batch = engine.batch(suite)
    return [_result(suite, check, engine.validate(batch, check, expectation)) for check, expectation in pairs]


def _result(suite: Suite, check: Check, outcome: Outcome) -> CheckResult:
    return CheckResult(
        suite=suite.name,
        expectation=check.name,
        column=check.column,
        # A check that cannot run protects nothing, so it blocks whatever its severity.
        severity=check.severity if outcome.error is None else CRITICAL,
        success=outcome.success,
        observed=outcome.observed if outcome.error is None else f"not evaluated: {outcome.error}",
        reason=check.reason,
        owner=check.owner,
        unexpected_count=outcome.unexpected_count,
        sample=outcome.sample,
        id=check.id,
        action=check.action if outcome.error is None else BLOCK,
        bound=check.bound,
    )


def _missing_table(suite: Suite) -> CheckResult:
    return CheckResult(
        suite=suite.name,
        expectation=TABLE_EXISTS,
        column=None,
        severity=CRITICAL,
        success=False,
        observed=f"{suite.schema}.{suite.table} is not in the database",
        reason=f"The {len(suite.checks)} checks of this table cannot run without it.",
        owner=suite.checks[0].owner,
        id=TABLE_EXISTS_ID,
        action=BLOCK,
        bound="invariant: the table exists",
    )


def _write(path: Path, document: dict[str, Any]) -> None:
    """Write so that a reader sees the whole file or none: a killed run leaves no half result."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    draft.replace(path)
