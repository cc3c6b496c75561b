"""The quality page: every check of every gate as it stands, in one file that loads nothing and runs no script.

It is written anew after every build, publication and validation, so ``<home>/state/quality/index.html`` is the newest.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup

from phygital_funnel import clock, state
from phygital_funnel.errors import FunnelError
from phygital_funnel.freshness import Freshness, read_freshness
from phygital_funnel.quality import explain, history, runbook
from phygital_funnel.quality.history import Evaluation, Result, Standing
from phygital_funnel.quality.results import CRITICAL, printable
from phygital_funnel.quality.suites import STAGES
from phygital_funnel.report import wording
from phygital_funnel.settings import Settings

logger = logging.getLogger(__name__)

PAGE_NAME = "index.html"
SHOWN_RUNS = 30
"""Runs whose results are read; a bar of a sparkline each."""
LISTED_RUNS = 12

_HERE = Path(__file__).parent
_STYLES = (_HERE.parent / "report" / "page.css", _HERE / "page.css")
_BAR, _HIGH = 4, 16


def page_path(settings: Settings) -> Path:
    """Where the page is."""
    return history.folder_of(settings) / PAGE_NAME


@contextmanager
def kept_up(settings: Settings) -> Iterator[None]:
    """Write the page when the block has ended, well or not; a page that cannot be written ends nothing."""
    try:
        yield
    finally:
        try:
            write(settings)
        except Exception:  # whatever is wrong with the page, a release or a refusal must not be lost to it
            logger.exception("the quality page could not be written")


def write(settings: Settings) -> Path:
    """Write the page from the results in ``state/quality``, so that a reader sees the old one or the new one."""
    page = page_path(settings)
    page.parent.mkdir(parents=True, exist_ok=True)
    draft = page.with_name(f".{page.name}.{os.getpid()}")
    draft.write_text(_html(settings), encoding="utf-8")
    draft.replace(page)
    return page


def sparkline(past: Sequence[tuple[Evaluation, Result]]) -> Markup:
    """A bar per evaluation, oldest first: low and pale where it passed, high where it failed, by rows if there are."""
    most = max((_rows(result) for _, result in past), default=0)
    bars = [
        (index * _BAR, 3 if result["success"] else 7 + round((_HIGH - 7) * _rows(result) / max(most, 1)), result)
        for index, (_, result) in enumerate(past)
    ]
    drawn = {
        kind: "".join(
            f"M{x},{_HIGH}v-{high}h{_BAR - 1}v{high}z" for x, high, result in bars if result["success"] == passed
        )
        for kind, passed in (("ok", True), ("no", False))
    }
    failed = sum(not result["success"] for _, result in past)
    told = f"failed in {failed} of the last {len(past)} evaluations"
    paths = Markup("").join(
        Markup('<path class="{}" d="{}"/>').format(kind, path) for kind, path in drawn.items() if path
    )
    return Markup('<svg class="spark" role="img" aria-label="{}" width="{}" height="{}">{}</svg>').format(
        told, max(len(past), 1) * _BAR, _HIGH, paths
    )


def _rows(result: Result) -> int:
    return 0 if result["success"] else int(result["unexpected_count"] or 0)


def _html(settings: Settings) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters |= {"moment": wording.moment, "count": wording.count, "name": wording.name}
    found = history.evaluations(settings, by_hand=True, newest=SHOWN_RUNS)
    entries = runbook.read(settings.project_dir)
    checks = [_told(standing, entries) for standing in history.standings(found)]
    style = "\n".join(path.read_text(encoding="utf-8") for path in _STYLES)
    return environment.get_template("page.html.j2").render(
        checks=checks,
        failed=sorted((one for one in checks if not one["passed"]), key=lambda one: one["severity"] != CRITICAL),
        stages=[_stage(stage, checks, found) for stage in STAGES],
        runs=_runs(settings, found),
        freshness=_freshness(settings),
        shown_runs=SHOWN_RUNS,
        written_at=clock.now(),
        style=style,
    )


def _visible(value: Any) -> Any:
    """Whatever is put on the page, without characters that act instead of being seen."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else printable(value, len(value) * 10)


def _told(standing: Standing, entries: dict[str, runbook.Entry]) -> dict[str, Any]:
    """One check in the words of the page."""
    check, evaluation = standing.check, standing.evaluation
    told = explain.explain(check, entries)
    return {
        "id": check["id"],
        "anchor": f"{evaluation.stage}-{check['suite'].split('/', 1)[1]}-{check['expectation']}",
        "stage": evaluation.stage,
        "table": check["suite"].split("/", 1)[1],
        "severity": check["severity"],
        "action": check["action"],
        "passed": check["success"],
        "count": check["unexpected_count"],
        "told": told,
        "bound": check["bound"].partition(": ")[2] or check["bound"],
        "run_id": evaluation.run_id,
        "evaluated_at": evaluation.evaluated_at,
        "since": standing.since.evaluated_at,
        "is_since_first": standing.is_since_first,
        "evaluations": len(standing.past),
        "spark": sparkline(standing.past),
        "columns": list(dict.fromkeys(name for row in told.rows for name in row)),
    }


def _stage(stage: str, checks: list[dict[str, Any]], found: list[Evaluation]) -> dict[str, Any]:
    """A gate: what was found last, and its tables, those with failures first."""
    own = [check for check in checks if check["stage"] == stage]
    newest = next((one for one in reversed(found) if one.stage == stage), None)
    tables = [
        {"name": table, "checks": sorted(of_table, key=lambda check: check["passed"])}
        for table, of_table in ((name, list(group)) for name, group in groupby(own, key=lambda check: check["table"]))
    ]
    for table in tables:
        table["failed"] = [check for check in table["checks"] if not check["passed"]]
        table["is_critical"] = any(check["severity"] == CRITICAL for check in table["failed"])
    failed = [check for check in own if not check["passed"]]
    return {
        "name": stage,
        "checks": len(own),
        "critical": sum(check["severity"] == CRITICAL for check in failed),
        "warnings": sum(check["severity"] != CRITICAL for check in failed),
        "newest": newest,
        "tables": sorted(tables, key=lambda table: (not table["failed"], table["name"])),
    }


def _runs(settings: Settings, found: list[Evaluation]) -> list[dict[str, Any]]:
    """The newest runs, newest first, each with what its gates said."""
    records = {run.run_id: run for run in state.runs(settings)}
    gates: dict[str, dict[str, str]] = {}
    for one in found:
        gates.setdefault(one.run_id, {})[one.stage] = _said(one)
    return [
        {
            "run_id": run_id,
            "status": records[run_id].status if run_id in records else "by hand",
            "started_at": records[run_id].started_at if run_id in records else None,
            "gates": [said.get(stage, "") for stage in STAGES],
        }
        for run_id, said in list(reversed(gates.items()))[:LISTED_RUNS]
    ]


def _said(one: Evaluation) -> str:
    if not one.passed:
        return "blocked"
    warnings = sum(not check["success"] for check in one.checks)
    return "passed" if not warnings else f"passed, {warnings} warning{'s' if warnings > 1 else ''}"


def _freshness(settings: Settings) -> list[Freshness]:
    """Streams that something was landed of, or whose platform can be asked; a landing zone out of reach hides them."""
    try:
        return [one for one in read_freshness(settings) if one.newest_at is not None or one.configured]
    except FunnelError:
        return []
