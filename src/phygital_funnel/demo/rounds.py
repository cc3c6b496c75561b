"""One round of the demo: move the clock, start the extractions over a window, wait for the release they cause."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from phygital_funnel.demo.orchestrator import RunningAirflow
from phygital_funnel.demo.progress import Progress
from phygital_funnel.demo.rest import RunState, TaskState
from phygital_funnel.errors import FunnelError

EXTRACTIONS = ("extract_tiktok", "extract_amazon", "extract_first_party")
INTRADAY, WEEKLY = "extract_intraday", "extract_weekly"
BUILD = "build_funnel"
TIME_LIMIT = 20 * 60.0
"""Seconds after which a round is given up; the initial load takes about one minute."""
_POLL = 2.0
"""Seconds between two looks; each costs Airflow's API server a fifth of a second of processor time."""
_LOG_LINES = 25
_LINE_WIDTH = 1000


class DemoError(FunnelError):
    """A task of the demo failed for good."""


@dataclass(frozen=True)
class Round:
    """A window to load, and when.

    Args:
        name: what the phase is called.
        first: first date of the window.
        last: last date of the window, included.
        now: what the sandbox's clock shows then.
        intervals: the data interval of each extraction that runs.
    """

    name: str
    first: date
    last: date
    now: datetime
    intervals: Mapping[str, tuple[datetime, datetime]]


def plan_rounds(start: date, days: int, daily_runs: int = 1) -> list[Round]:
    """One initial load of all but the last days, then a run for each of those; each at 13:00 UTC of the next day.

    The streams of every hour and every week are read once, in the second round: they ask for what the reference files
    of the first have listed.
    """
    initial = start + timedelta(days=days - daily_runs - 1)
    rounds = [_round(f"initial load: {days - daily_runs} days", start, initial)]
    for number in range(1, daily_runs + 1):
        day = initial + timedelta(days=number)
        rounds.append(_round(f"daily run: {day}", day, day, has_others=number == 1))
    return rounds


def _round(name: str, first: date, last: date, *, has_others: bool = False) -> Round:
    end = _midnight(last) + timedelta(days=1)
    now = end + timedelta(hours=13)
    intervals = dict.fromkeys(EXTRACTIONS, (_midnight(first), end))
    if has_others:
        intervals |= {INTRADAY: (now - timedelta(hours=3), now), WEEKLY: (end - timedelta(days=7), end)}
    return Round(name, first, last, now, intervals)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class RoundRunner:
    """Runs rounds one after the other.

    Args:
        airflow: the running Airflow.
        progress: shows what happens.
        build_phase: says in which phase the running build is.
        is_published: whether the current release holds everything that is landed.
    """

    def __init__(
        self,
        airflow: RunningAirflow,
        progress: Progress,
        build_phase: Callable[[], str],
        is_published: Callable[[], bool],
    ) -> None:
        self._airflow = airflow
        self._progress = progress
        self._build_phase = build_phase
        self._is_published = is_published
        self._builds_seen = 0

    def run(self, turn: Round) -> None:
        """Load the window and wait until a build has published it.

        Several months were touched, so several builds start; all but one find nothing to do, and are not waited for.

        Raises:
            DemoError: with the task, the end of its log and the log's path.
        """
        run_id = f"demo__{turn.first}__{turn.last}"
        for dag_id, (start, end) in turn.intervals.items():
            self._airflow.api.trigger(dag_id, run_id=run_id, logical_date=start, start=start, end=end)
        deadline = time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline:
            self._airflow.check()
            if self._is_done(run_id, len(turn.intervals)):
                return
            time.sleep(_POLL)
        raise DemoError(
            f"{turn.name} did not end within {TIME_LIMIT / 60:.0f} minutes; Airflow's logs are in {self._airflow.logs}."
        )

    def _is_done(self, run_id: str, extractions: int) -> bool:
        newest = self._airflow.api.newest_runs()
        builds = [run for run in newest if run.dag_id == BUILD]
        runs = [run for run in newest if run.run_id == run_id]
        current = builds[: len(builds) - self._builds_seen]
        active = [run for run in current if run.state == "running"] or current[:1]
        tasks = self._airflow.api.tasks([*runs, *active])
        self._progress.show(tasks)
        phase = self._build_phase() if current else ""
        self._progress.note(f"build: {phase}" if phase else "")
        for run in (*runs, *current):
            self._refuse_failure(run, tasks.get(run.dag_id, []))
        landed = [run for run in runs if run.state == "success"]
        built = [run for run in current if run.state == "success"]
        is_done = bool(built) and len(landed) == extractions and self._is_published()
        if is_done:
            self._builds_seen += len(built)
        return is_done

    def _refuse_failure(self, run: RunState, tasks: list[TaskState]) -> None:
        for task in tasks:
            if task.state == "failed":
                raise DemoError(self._told(run, task, "failed"))
            if task.state == "up_for_retry":
                self._progress.warn(self._told(run, task, "failed and will be tried again"))
        if run.state == "failed":
            raise DemoError(f"{run.dag_id}: run {run.run_id} failed; its logs are in {self._airflow.logs}.")

    def _told(self, run: RunState, task: TaskState, what: str) -> str:
        log = task_log(self._airflow.logs, run, task)
        words = "\n".join(f"    {line}" for line in log_lines(log)[-_LOG_LINES:])
        return (
            f"{run.dag_id}: task {task.label} {what} (try {task.try_number} of run {run.run_id}). "
            f"The end of its log:\n{words}\n  The whole log: {log}"
        )


def task_log(logs: Path, run: RunState, task: TaskState) -> Path:
    """Where Airflow writes the log of a task's newest try."""
    folder = logs / "tasks" / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / f"task_id={task.task_id}"
    if task.map_index >= 0:
        folder /= f"map_index={task.map_index}"
    return folder / f"attempt={max(task.try_number, 1)}.log"


def log_lines(log: Path) -> list[str]:
    """A task's log as text; Airflow writes one JSON object per line, with errors as nested objects."""
    if not log.is_file():
        return ["(no log was written)"]
    return [text for line in log.read_text(errors="replace").splitlines() for text in _readable(line)]


def _readable(line: str) -> Iterator[str]:
    try:
        entry = json.loads(line)
    except ValueError:
        yield line
        return
    if not isinstance(entry, dict):
        yield line
        return
    yield str(entry.get("event", line))[:_LINE_WIDTH]
    for error in entry.get("error_detail") or ():
        yield f"{error.get('exc_type')}: {error.get('exc_value')}"[:_LINE_WIDTH]
