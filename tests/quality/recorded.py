"""Results of gates as runs leave them, without running any."""

from datetime import UTC, datetime
from typing import Any

from phygital_funnel.quality.history import folder_of
from phygital_funnel.settings import Settings
from phygital_funnel.state import Run, write_json

START = datetime(2026, 11, 1, 6, tzinfo=UTC)


def check(name: str, *, suite: str = "marts/orders", fails: int | None = 0, **changes: Any) -> dict[str, Any]:
    """A result as a gate writes it; ``fails`` rows break it."""
    return {
        "suite": suite,
        "expectation": name,
        "column": None,
        "severity": "warning",
        "success": not fails,
        "observed": fails,
        "reason": "Because it matters.",
        "owner": "finance",
        "unexpected_count": fails,
        "sample": [],
        "id": "M2",
        "action": "warn",
        "bound": "invariant: no row",
        **changes,
    }


def record(
    settings: Settings,
    run_id: str,
    *checks: dict[str, Any],
    sequence: int | None = None,
    at: datetime = START,
    as_of: str | None = None,
    status: str = "published",
) -> None:
    """Write the results of one run, and the run's own record unless it is an evaluation by hand."""
    if sequence is not None:
        run = Run(run_id, status, status, at.isoformat(), sequence=sequence, as_of=as_of)
        write_json(settings.home / "state" / "runs" / f"{run_id}.json", vars(run))
    by_stage: dict[str, list[dict[str, Any]]] = {}
    for one in checks:
        by_stage.setdefault(one["suite"].split("/")[0], []).append(one)
    for stage, of_stage in by_stage.items():
        blocked = any(not one["success"] and one["severity"] == "critical" for one in of_stage)
        document = {"stage": stage, "run_id": run_id, "evaluated_at": at.isoformat(), "passed": not blocked}
        write_json(folder_of(settings) / run_id / f"{stage}.json", {**document, "checks": of_stage})
