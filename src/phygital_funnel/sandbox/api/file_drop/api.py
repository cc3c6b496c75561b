"""The file drop: a folder over HTTP with the brand's link logs and reference files, as CSV, and user paths."""

import html
from collections.abc import Callable
from datetime import date
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.file_drop import events, links
from phygital_funnel.sandbox.api.file_drop.days import ended_days
from phygital_funnel.sandbox.api.file_drop.events import EventLogs
from phygital_funnel.sandbox.api.file_drop.links import LinkLogs
from phygital_funnel.sandbox.api.file_drop.reference import Reference
from phygital_funnel.sandbox.api.file_drop.tables import to_csv
from phygital_funnel.sandbox.api.state import Sandbox

PREFIX = "/drop"
Log = tuple[str, tuple[str, ...], str, Callable[[str, date], bytes]]
"""Folder, streams, suffix and content of what is written per day."""


class Drop:
    """The drop of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._links = LinkLogs(sandbox.world)
        self._events = EventLogs(sandbox.world)
        self._reference = Reference(sandbox.world)

    def routes(self) -> list[Route]:
        """Folder listings and files."""
        listings = [
            Route(path, _listing(f"{PREFIX}/{folder}", names))
            for folder, names in self._folders().items()
            for path in {f"{PREFIX}/{folder}", f"{PREFIX}/{folder}".rstrip("/")}
        ]
        daily = [
            Route(f"{PREFIX}/{folder}/{stream}/{{name}}", self._daily(stream, suffix, file))
            for folder, streams, suffix, file in self._logs()
            for stream in streams
        ]
        return [*listings, *daily, Route(f"{PREFIX}/reference/{{table}}.csv", self._table)]

    def _logs(self) -> list[Log]:
        """What is written per day."""
        logs: list[Log] = [("links", links.STREAMS, ".csv", self._links.file)]
        if self._sandbox.world.scenario.has_event_drop:
            logs.append(("events", events.STREAMS, ".jsonl", self._events.file))
        return logs

    def _folders(self) -> dict[str, Callable[[], list[str]]]:
        logs = self._logs()
        top = [f"{folder}/" for folder, *_ in logs] + ["reference/"]
        folders: dict[str, Callable[[], list[str]]] = {"": lambda: top}
        for folder, streams, suffix, _ in logs:
            folders[f"{folder}/"] = partial(list, [f"{stream}/" for stream in streams])
            for stream in streams:
                folders[f"{folder}/{stream}/"] = partial(self._day_files, suffix)
        folders["reference/"] = lambda: [f"{name}.csv" for name in self._reference.tables]
        return folders

    def _day_files(self, suffix: str) -> list[str]:
        return [f"{day.isoformat()}{suffix}" for day in ended_days(self._sandbox.world, self._sandbox.now)]

    def _daily(self, stream: str, suffix: str, file: Callable[[str, date], bytes]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            name = request.path_params["name"]
            if name not in self._day_files(suffix):
                return _not_found()
            media_type = "text/csv" if suffix == ".csv" else "application/jsonl"
            return Response(file(stream, date.fromisoformat(name.removesuffix(suffix))), media_type=media_type)

        return answer

    def _table(self, request: Request) -> Response:
        table = self._reference.tables.get(request.path_params["table"])
        if table is None:
            return _not_found()
        return Response(to_csv(*table(self._sandbox.now)), media_type="text/csv")


def _not_found() -> Response:
    return PlainTextResponse("Not Found", status_code=404)


def _listing(folder: str, names: Callable[[], list[str]]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        rows = "".join(f'<li><a href="{folder}{html.escape(name)}">{html.escape(name)}</a></li>\n' for name in names())
        return HTMLResponse(f"<!doctype html><title>{folder}</title>\n<ul>\n{rows}</ul>\n")

    return answer
