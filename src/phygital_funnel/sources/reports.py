"""Remembers which reports were asked for, so that a retried task re-attaches to its running report."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phygital_funnel import clock
from phygital_funnel.settings import Settings
from phygital_funnel.state import write_json


@dataclass(frozen=True)
class RequestedReport:
    """A report the platform was asked for.

    Args:
        report_id: the platform's id of it.
        requested_at: when, on our clock.
    """

    report_id: str
    requested_at: datetime


def report_key(source: str, account: str, body: dict[str, Any]) -> str:
    """What names a request: equal requests of one account have equal keys."""
    text = json.dumps([source, account, body], sort_keys=True, default=str)
    return f"{source}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


class RequestedReports:
    """The reports that are under way, one small file each, in the home's ``state/reports``."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "state" / "reports"

    def find(self, key: str) -> RequestedReport | None:
        """The report asked for under a key, if it has not been landed yet."""
        path = self._folder / f"{key}.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return RequestedReport(content["report_id"], datetime.fromisoformat(content["requested_at"]))
        except (FileNotFoundError, ValueError, KeyError):  # unreadable counts as unknown: it is asked for again
            return None

    def remember(self, key: str, report_id: str) -> None:
        """Note that the platform works on a report."""
        write_json(
            self._folder / f"{key}.json", {"report_id": report_id, "requested_at": clock.now().isoformat(), "key": key}
        )

    def forget(self, key: str) -> None:
        """Drop a report that was landed, or that the platform gave up."""
        (self._folder / f"{key}.json").unlink(missing_ok=True)
