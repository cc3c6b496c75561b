"""The few calls of Airflow's REST API that the demo needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

PAGE = 100
"""Entries of a page; Airflow gives no more."""


@dataclass(frozen=True)
class TaskState:
    """One task instance; ``map_index`` is -1 when the task is not mapped."""

    task_id: str
    map_index: int
    state: str | None
    try_number: int
    seconds: float | None
    map_label: str = ""

    @property
    def label(self) -> str:
        """The task's id with what tells it from the other mapped instances."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_label or self.map_index}]"


@dataclass(frozen=True)
class RunState:
    """One run of a DAG."""

    dag_id: str
    run_id: str
    state: str
    run_after: str


class AirflowApi:
    """A logged-in client.

    Args:
        client: its base URL is the API server's.
        user: name of the simple auth manager's user.
        password: that user's password.
    """

    def __init__(self, client: httpx.Client, user: str, password: str) -> None:
        self._client = client
        self._user = user
        self._password = password
        self._token: str | None = None

    def is_up(self) -> bool:
        """Whether both APIs answer and the scheduler and the DAG processor report a heartbeat."""
        try:
            # The tasks' own API builds its routes on the first request, which takes seconds: better now than in a task.
            self._client.get("/execution/health").raise_for_status()
            health = self._client.get("/api/v2/monitor/health").raise_for_status().json()
        except httpx.HTTPError:
            return False
        return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))

    def create_pool(self, name: str, slots: int) -> None:
        """Create a pool."""
        self._call("POST", "/pools", {"name": name, "slots": slots, "description": "", "include_deferred": False})

    def dag_ids(self) -> set[str]:
        """Ids of the DAGs known to the scheduler."""
        return {dag["dag_id"] for dag in self._call("GET", "/dags")["dags"]}

    def import_errors(self) -> dict[str, str]:
        """Stack trace per DAG file that could not be read."""
        errors = self._call("GET", "/importErrors")["import_errors"]
        return {error["filename"]: error["stack_trace"] for error in errors}

    def trigger(self, dag_id: str, *, run_id: str, logical_date: datetime, start: datetime, end: datetime) -> None:
        """Start a run over one data interval (``start`` included, ``end`` not)."""
        self._call(
            "POST",
            f"/dags/{dag_id}/dagRuns",
            {
                "dag_run_id": run_id,
                "logical_date": logical_date.isoformat(),
                "data_interval_start": start.isoformat(),
                "data_interval_end": end.isoformat(),
            },
        )

    def newest_runs(self, limit: int = PAGE) -> list[RunState]:
        """The newest runs of all DAGs, newest first."""
        answer = self._call("GET", f"/dags/~/dagRuns?order_by=-id&limit={limit}")
        return [
            RunState(run["dag_id"], run["dag_run_id"], run["state"], run["run_after"]) for run in answer["dag_runs"]
        ]

    def tasks(self, runs: Sequence[RunState]) -> dict[str, list[TaskState]]:
        """The task instances of runs of different DAGs, by DAG id, in the order of the runs."""
        if not runs:
            return {}
        # A plain GET: the endpoint that takes a list of runs writes an audit row on every call.
        since = quote(min(run.run_after for run in runs))
        instances = self._all(f"/dags/~/dagRuns/~/taskInstances?order_by=id&run_after_gte={since}", "task_instances")
        found: dict[str, list[TaskState]] = {run.dag_id: [] for run in runs}
        wanted = {run.run_id for run in runs}
        for task in (task for task in instances if task["dag_run_id"] in wanted):
            found[task["dag_id"]].append(
                TaskState(
                    task["task_id"],
                    task["map_index"],
                    task["state"],
                    task["try_number"],
                    task["duration"],
                    task.get("rendered_map_index") or "",
                )
            )
        return {
            dag_id: sorted(tasks, key=lambda task: (task.task_id, task.map_index)) for dag_id, tasks in found.items()
        }

    def _all(self, path: str, name: str) -> list[dict[str, Any]]:
        """Every entry of a list, page by page."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self._call("GET", f"{path}&limit={PAGE}&offset={len(found)}")
            found += answer[name]
            if len(found) >= answer["total_entries"] or not answer[name]:
                return found

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        if self._token is None:
            self._token = self._log_in()
        answer = self._client.request(
            method, f"/api/v2{path}", json=body, headers={"Authorization": f"Bearer {self._token}"}
        )
        if answer.is_error:
            raise httpx.HTTPStatusError(
                f"Airflow answered {answer.status_code} to {method} {path}: {answer.text[:500]}",
                request=answer.request,
                response=answer,
            )
        result: dict[str, Any] = answer.json()
        return result

    def _log_in(self) -> str:
        answer = self._client.post("/auth/token", json={"username": self._user, "password": self._password})
        token: str = answer.raise_for_status().json()["access_token"]
        return token
