"""The file drop: a folder over HTTP with the brand's link logs and reference files, as CSV."""

import csv
import html
import io
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.reference import Reference, iso_micros
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.delivery import micros_of
from phygital_funnel.sandbox.world.times import DAY, day_number

PREFIX = "/drop"
CLICK_COLUMNS = (
    "click_id", "clicked_at", "visitor_id", "ttclid", "campaign_id", "ad_group_id", "ad_id", "content_id", "creator_id",
    "placement", "destination_asin", "country",
)  # fmt: skip
REGISTRATION_COLUMNS = ("amazon_order_id", "person_hash", "visitor_id", "registered_at", "registration_source")
DAYS_AFTER_WORLD = 60
"""Registrations arrive after the last order, so the logs go on for a while."""


class LinkLogs:
    """The redirector's clicks and the registrations, one file per ended UTC day."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ads = {ad["ad_id"]: ad for ad in world["ads"].to_pylist()}
        self._days = {
            "clicks": micros_of(world["clicks"]["clicked_at"]) // DAY,
            "registrations": micros_of(world["registrations"]["registered_at"]) // DAY,
        }

    def days(self, now: datetime) -> list[date]:
        """Days that have ended at a time."""
        last = min(now.date(), self._world.size.start + timedelta(days=self._world.size.days + DAYS_AFTER_WORLD))
        return [self._world.size.start + timedelta(days=n) for n in range((last - self._world.size.start).days)]

    @lru_cache(maxsize=512)  # noqa: B019  one instance per process
    def file(self, stream: str, day: date) -> str:
        """A day's file as CSV."""
        chosen = (self._days[stream] == day_number(day)).nonzero()[0]
        rows = self._world[stream].take(chosen).to_pylist()
        if stream == "clicks":
            return to_csv(CLICK_COLUMNS, (self._click(row) for row in rows))
        ordered = sorted(rows, key=lambda row: (row["registered_at"], row["order_id"]))
        return to_csv(REGISTRATION_COLUMNS, (_registration(row) for row in ordered))

    def _click(self, row: dict[str, Any]) -> tuple[Any, ...]:
        # A link in a bio knows its creator, an ad's link the ad; a Spark ad's also knows the post it shows.
        ad = self._ads.get(row["ad_id"], {})
        shows_post = bool(ad.get("is_spark"))
        return (
            row["click_id"],
            iso_micros(row["clicked_at"]),
            row["visitor_id"],
            row["ttclid"],
            ad.get("campaign_id"),
            ad.get("adgroup_id"),
            row["ad_id"],
            row["video_id"] if shows_post else None,
            row["creator_id"] if shows_post or not row["is_paid"] else None,
            row["placement"],
            row["asin"],
            row["country"],
        )


def _registration(row: dict[str, Any]) -> tuple[Any, ...]:
    registered_at = iso_micros(row["registered_at"])
    return row["order_id"], row["person_hash"], row["visitor_id"], registered_at, row["registration_source"]


def to_csv(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> str:
    """RFC 4180 with line feeds; NULL is an empty field."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return sink.getvalue()


class Drop:
    """The drop of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._logs = LinkLogs(sandbox.world)
        self._reference = Reference(sandbox.world)

    def routes(self) -> list[Route]:
        """Folder listings and files."""
        folders: dict[str, Callable[[], list[str]]] = {
            "": lambda: ["links/", "reference/"],
            "links/": lambda: ["clicks/", "registrations/"],
            "links/clicks/": self._day_files,
            "links/registrations/": self._day_files,
            "reference/": lambda: [f"{name}.csv" for name in self._reference.tables],
        }
        listings = [
            Route(path, _listing(f"{PREFIX}/{folder}", names))
            for folder, names in folders.items()
            for path in {f"{PREFIX}/{folder}", f"{PREFIX}/{folder}".rstrip("/")}
        ]
        return [
            *listings,
            Route(f"{PREFIX}/links/{{stream}}/{{day}}.csv", self._log),
            Route(f"{PREFIX}/reference/{{table}}.csv", self._table),
        ]

    def _day_files(self) -> list[str]:
        return [f"{day.isoformat()}.csv" for day in self._logs.days(self._sandbox.now)]

    def _log(self, request: Request) -> Response:
        name = f"{request.path_params['day']}.csv"
        stream = request.path_params["stream"]
        if stream not in ("clicks", "registrations") or name not in self._day_files():
            return PlainTextResponse("Not Found", status_code=404)
        return _csv(self._logs.file(stream, date.fromisoformat(request.path_params["day"])))

    def _table(self, request: Request) -> Response:
        table = self._reference.tables.get(request.path_params["table"])
        return _csv(to_csv(*table(self._sandbox.now))) if table else PlainTextResponse("Not Found", status_code=404)


def _listing(folder: str, names: Callable[[], list[str]]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        links = "".join(f'<li><a href="{folder}{html.escape(name)}">{html.escape(name)}</a></li>\n' for name in names())
        return HTMLResponse(f"<!doctype html><title>{folder}</title>\n<ul>\n{links}</ul>\n")

    return answer


def _csv(text: str) -> Response:
    return Response(text, media_type="text/csv")
