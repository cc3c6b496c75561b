"""Asynchronous reports: created, polled until they are done, and downloaded as CSV."""

import csv
import io
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_marketing.parameters import Parameters, Refused, invalid
from phygital_funnel.sandbox.api.tiktok_marketing.query import ReportQuery, read_query

KEPT = timedelta(days=30)
URL_SECONDS = 3600
MAX_TASKS = 4500
"""As many as an app may create in a day; older ones are forgotten."""
CHECK_PATH = "/open_api/v1.3/report/task/check/"
_BY_POLLS = ("QUEUING", "PROCESSING", "SUCCESS")
_TITLES = {
    "stat_time_day": "By Day", "stat_time_hour": "By Hour", "spend": "Cost", "ad_id": "Ad ID", "cpc": "CPC",
    "adgroup_id": "Ad Group ID", "campaign_id": "Campaign ID", "advertiser_id": "Account ID", "cpm": "CPM",
    "ctr": "CTR", "conversion": "Conversions", "ad_name": "Ad Name", "adgroup_name": "Ad Group Name",
    "video_play_actions": "Video Views", "video_watched_2s": "2-Second Video Views",
    "video_watched_6s": "6-Second Video Views",
}  # fmt: skip


@dataclass
class Task:
    """One report task.

    Args:
        number: serial.
        token: that created it; only this one may ask for it.
        advertiser_id: whose report it is.
        query: what is asked.
        output_format: CSV_STRING or CSV_DOWNLOAD.
        file_name: of the download.
        translates: whether the heading has titles instead of metric names.
        created_at: time of the world.
        polls: how often it was asked for.
        ended: FAILED or CANCELED; empty while neither.
    """

    number: int
    token: str
    advertiser_id: str
    query: ReportQuery
    output_format: str
    file_name: str
    translates: bool
    created_at: datetime
    polls: int = 0
    ended: str = ""

    @property
    def task_id(self) -> str:
        """What the platform calls it."""
        return f"rpt_{7439000000000000000 + self.number}"

    @property
    def status(self) -> str:
        """How far it is; every look takes it one step on."""
        return self.ended or _BY_POLLS[min(max(self.polls, 1), len(_BY_POLLS)) - 1]


class Tasks:
    """The report tasks of one sandbox.

    Args:
        sandbox: clock, faults and real time.
        lines: all rows of a query as text, dimensions first.
    """

    def __init__(self, sandbox: Sandbox, lines: Callable[[ReportQuery], Any]) -> None:
        self._sandbox = sandbox
        self._lines = lines
        self._tasks: OrderedDict[str, Task] = OrderedDict()
        self._created = 0
        self._lock = Lock()

    def create(self, parameters: Parameters, token: str) -> dict[str, Any]:
        """Start a report.

        Raises:
            Refused: the query is not one, or its format is not offered.
        """
        query = read_query(parameters, is_task=True)
        if query.is_multiple:
            raise invalid("advertiser_ids: Not supported for asynchronous reports.")
        output_format = parameters.choice(
            "output_format", ("CSV_STRING", "CSV_DOWNLOAD", "XLSX_DOWNLOAD"), "CSV_STRING"
        )
        if output_format == "XLSX_DOWNLOAD":
            raise invalid("output_format: XLSX_DOWNLOAD is not offered here; use CSV_DOWNLOAD.")
        translates = parameters.flag("enable_report_title_translation", default=True)
        file_name = parameters.text("file_name", "sandbox_report")[:100]
        with self._lock:
            self._created += 1
            now = self._sandbox.now
            task = Task(self._created, token, query.advertisers[0], query, output_format, file_name, translates, now)
            self._tasks[task.task_id] = task
            while len(self._tasks) > MAX_TASKS:
                self._tasks.popitem(last=False)
        return {"task_id": task.task_id}

    def check(self, parameters: Parameters, token: str) -> dict[str, Any]:
        """How far a report is.

        Raises:
            Refused: there is no such task.
        """
        task = self._task(parameters, token)
        if not task.ended and self._sandbox.faults.take(CHECK_PATH, frozenset({"failed_task"})):
            task.ended = "FAILED"
        task.polls += 1
        return {"status": task.status, "message": "Internal error." if task.ended == "FAILED" else ""}

    def cancel(self, parameters: Parameters, token: str) -> dict[str, Any]:
        """Stop a report that is not done.

        Raises:
            Refused: there is no such task, or it is done.
        """
        task = self._task(parameters, token)
        if task.status == "SUCCESS" or task.ended == "FAILED":
            raise invalid("task_id: The task has already finished.")
        task.ended = "CANCELED"
        return {}

    def finished(self, parameters: Parameters, token: str) -> Task:
        """The finished report that a download asks for.

        Raises:
            Refused: there is no such task, or it has no file.
        """
        task = self._task(parameters, token)
        if task.ended:
            raise Refused(40200, f"The task is {task.ended}.")
        if task.status != "SUCCESS":
            raise Refused(40201, "The task has not finished. Please retry later.")
        return task

    def link(self, task: Task) -> dict[str, str]:
        """Where a finished report can be fetched for an hour."""
        expires = int(self._sandbox.monotonic()) + URL_SECONDS
        path = f"/_blob/{task.task_id}.csv?exp={expires}&sig={self._signature(task, expires)}"
        return {
            "download_url": f"{self._sandbox.base_url}{path}",
            "file_name": task.file_name,
            "output_format": task.output_format,
        }

    def linked(self, task_id: str, expires: str, signature: str) -> Task | None:
        """The report behind a link; None when the link is wrong or has expired."""
        task = self._tasks.get(task_id)
        if task is None or not expires.isdecimal() or len(expires) > 12 or not expires.isascii():
            return None
        if signature != self._signature(task, int(expires)) or self._sandbox.monotonic() > int(expires):
            return None
        return task

    def csv(self, task: Task) -> str:
        """The report's file."""
        names = (*task.query.dimensions, *task.query.metrics)
        heading = [_title(name) for name in names] if task.translates else names
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(self._lines(task.query))
        return text.getvalue()

    def _signature(self, task: Task, expires: int) -> str:
        return self._sandbox.credentials.secret(f"{task.task_id} until {expires}")

    def _task(self, parameters: Parameters, token: str) -> Task:
        advertiser_id, task_id = parameters.required("advertiser_id"), parameters.required("task_id")
        task = self._tasks.get(task_id)
        is_known = task is not None and task.token == token and task.advertiser_id == advertiser_id
        if task is None or not is_known or self._sandbox.now - task.created_at > KEPT:
            raise invalid("task_id: The task does not exist.")
        return task


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " ").title())
