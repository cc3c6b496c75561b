"""TikTok Marketing API v1.3: entities and the synchronous daily ad report (api-contracts 1)."""

import hmac
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_entities import Entities
from phygital_funnel.sandbox.api.tiktok_figures import METRICS, AdFigures, Row, iso_day
from phygital_funnel.sandbox.world.times import day_number

PREFIX = "/open_api/v1.3"
MAX_DAYS, MAX_PAGE, MAX_ADVERTISERS = 30, 1000, 100
DIMENSIONS = {"ad_id", "stat_time_day"}
ATTRIBUTE_METRICS = ("campaign_id", "campaign_name", "adgroup_id", "adgroup_name", "ad_name", "ad_text")
_ID_FILTERS = {"ad_ids": "ad_id", "adgroup_ids": "adgroup_id", "campaign_ids": "campaign_id"}


class Refused(Exception):
    """A request that TikTok answers with an error code."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


class TikTok:
    """The Marketing API of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._figures = AdFigures(sandbox.world)
        self._entities = Entities(sandbox.world)

    def routes(self) -> list[Route]:
        """The endpoints served."""
        handlers: dict[str, Callable[[Request], dict[str, Any]]] = {
            "advertiser/info": self._advertisers,
            "campaign/get": lambda request: self._listing(request, "campaigns"),
            "adgroup/get": lambda request: self._listing(request, "ad_groups"),
            "ad/get": lambda request: self._listing(request, "ads"),
            "report/integrated/get": self._report,
        }
        return [Route(f"{PREFIX}/{path}/", self._endpoint(handler)) for path, handler in handlers.items()]

    def _endpoint(self, handler: Callable[[Request], dict[str, Any]]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            try:
                self._admit(request)
                return self._sandbox.tiktok(handler(request))
            except Refused as refusal:
                return self._sandbox.tiktok({}, refusal.code, str(refusal))

        return answer

    def _admit(self, request: Request) -> None:
        token = request.headers.get("access-token", "")
        if not hmac.compare_digest(token.encode(), self._sandbox.tiktok_token.encode()):
            raise Refused(40105, "Access token is incorrect or has been revoked.")
        if not self._sandbox.throttle.admits("tiktok", token):
            raise Refused(40100, "Too many requests. Please retry in some time.")

    def _advertisers(self, request: Request) -> dict[str, Any]:
        ids = _json_list(request, "advertiser_ids")
        if len(ids) > MAX_ADVERTISERS:
            raise Refused(40011, f"advertiser_ids: at most {MAX_ADVERTISERS} ids.")
        for advertiser_id in ids:
            self._permit(advertiser_id)
        return {"list": [self._entities.advertiser(advertiser_id) for advertiser_id in ids]}

    def _listing(self, request: Request, kind: str) -> dict[str, Any]:
        advertiser_id = self._permit(request.query_params.get("advertiser_id", ""))
        filtering = _json_value(request, "filtering", dict) or {}
        rows = self._entities.listing(kind, advertiser_id, filtering, self._sandbox.now)
        return _page(request, rows)

    def _permit(self, advertiser_id: str) -> str:
        if not advertiser_id:
            raise Refused(40002, "advertiser_id: Missing data for required field.")
        if not self._entities.knows(advertiser_id):
            raise Refused(40001, f"No permission to operate advertiser {advertiser_id}.")
        return advertiser_id

    def _report(self, request: Request) -> dict[str, Any]:
        advertiser_id = self._permit(request.query_params.get("advertiser_id", ""))
        _check_kind(request)
        first, last = _range(request)
        metrics = _json_list(request, "metrics") or ["spend", "impressions"]
        unknown = sorted(set(metrics) - METRICS - set(ATTRIBUTE_METRICS))
        if unknown:
            raise Refused(40002, f"metrics: Invalid metric fields: {', '.join(unknown)}.")
        wanted = self._wanted(_json_value(request, "filtering", list) or [])
        rows = [
            self._wire(row, metrics)
            for row in self._figures.at(self._sandbox.now)
            if row.advertiser_id == advertiser_id and first <= row.day <= last and wanted(row)
        ]
        return _page(request, rows)

    def _wire(self, row: Row, metrics: list[str]) -> dict[str, Any]:
        ad = self._entities.ads[row.ad_id]
        return {
            "dimensions": {"ad_id": row.ad_id, "stat_time_day": iso_day(row.day)},
            "metrics": {name: ad[name] if name in ATTRIBUTE_METRICS else row.metrics[name] for name in metrics},
        }

    def _wanted(self, filters: list[Any]) -> Callable[[Row], bool]:
        shows_deleted = False
        chosen: dict[str, set[str]] = {}
        for entry in filters:
            name, values = _filter(entry)
            if name == "ad_status":
                shows_deleted = shows_deleted or "STATUS_ALL" in values
            elif name in _ID_FILTERS:
                chosen[_ID_FILTERS[name]] = values
            else:
                raise Refused(40002, f"filtering: field_name {name!r} is not supported.")

        def accepts(row: Row) -> bool:
            ad = self._entities.ads[row.ad_id]
            if not shows_deleted and self._entities.is_deleted(ad, self._sandbox.now):
                return False
            return all(ad[column] in values for column, values in chosen.items())

        return accepts


def _filter(entry: Any) -> tuple[str, set[str]]:
    # filter_value is JSON text inside JSON text.
    try:
        values = json.loads(entry["filter_value"])
        return str(entry["field_name"]), {str(value) for value in values}
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(40002, "filtering: filter_value must be the JSON text of a list.") from error


def _check_kind(request: Request) -> None:
    expected = {"report_type": "BASIC", "data_level": "AUCTION_AD"}
    for name, value in expected.items():
        if request.query_params.get(name) != value:
            raise Refused(40002, f"{name}: Must be {value}.")
    if set(_json_list(request, "dimensions")) != DIMENSIONS:
        raise Refused(40002, "dimensions: Must be ad_id and stat_time_day.")


def _range(request: Request) -> tuple[int, int]:
    days = []
    for name in ("start_date", "end_date"):
        try:
            days.append(day_number(date.fromisoformat(request.query_params.get(name, ""))))
        except ValueError as error:
            raise Refused(40002, f"{name}: Not a valid date, use YYYY-MM-DD.") from error
    if days[1] < days[0]:
        raise Refused(40002, "end_date: Must not be before start_date.")
    if days[1] - days[0] >= MAX_DAYS:
        raise Refused(40002, f"start_date: The time span must not exceed {MAX_DAYS} days.")
    return days[0], days[1]


def _json_value(request: Request, name: str, kind: type) -> Any:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refused(40002, f"{name}: Not valid JSON.") from error
    if not isinstance(value, kind):
        raise Refused(40002, f"{name}: Not a valid {kind.__name__}.")
    return value


def _json_list(request: Request, name: str) -> list[str]:
    return [str(value) for value in _json_value(request, name, list) or []]


def _page(request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
    page = _number(request, "page", 1, None)
    size = _number(request, "page_size", 10, MAX_PAGE)
    info = {"page": page, "page_size": size, "total_number": len(rows), "total_page": -(-len(rows) // size)}
    return {"list": rows[(page - 1) * size : page * size], "page_info": info}


def _number(request: Request, name: str, default: int, most: int | None) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdecimal() or int(text) < 1 or (most is not None and int(text) > most):
        raise Refused(40002, f"{name}: Must be between 1 and {most or 'the last page'}.")
    return int(text)
