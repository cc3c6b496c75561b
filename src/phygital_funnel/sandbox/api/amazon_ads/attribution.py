"""Amazon Ads: profiles, and the Attribution API (api-contracts 5 and 6)."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.attribution_claims import Claims
from phygital_funnel.sandbox.api.attribution_reports import LEVELS, Reports, Row
from phygital_funnel.sandbox.api.state import Sandbox, ads_error
from phygital_funnel.sandbox.world.catalogue import BRAND, MARKETS
from phygital_funnel.sandbox.world.times import micros

ADVERTISER_ID = "580000000000000001"
PUBLISHERS = (
    {"id": "1", "name": "Google Ads", "macroEnabled": True},
    {"id": "2", "name": "Facebook", "macroEnabled": True},
    {"id": "12", "name": "TikTok", "macroEnabled": False},
)
PERFORMANCE_DAYS, PRODUCTS_DAYS = 396, 90
MAX_COUNT, DEFAULT_COUNT = 5000, 1000
RETRY_AFTER_SECONDS = 1
_DIMENSIONS = {
    "date", "advertiserName", "campaignId", "adGroupId", "creativeId", "publisher", "marketplace", "brandName",
    "productAsin", "productName", "productGroup", "productCategory", "productSubcategory", "productConversionType",
}  # fmt: skip
_BONUS = "brb_bonus_amount"


class BadRequest(Exception):
    """A request that the API answers with HTTP 400."""


class Attribution:
    """The Amazon Ads APIs of a sandbox.

    Args:
        sandbox: the shared state.
        client_id: the application whose tokens are accepted.
    """

    def __init__(self, sandbox: Sandbox, client_id: str) -> None:
        self._sandbox = sandbox
        self._client_id = client_id
        self._reports = Reports(Claims(sandbox.world))
        self._profiles = {market.profile_id: market for market in MARKETS}

    def routes(self) -> list[Route]:
        """The endpoints served."""
        return [
            Route("/v2/profiles", self._guarded(self._list_profiles, needs_profile=False)),
            Route("/attribution/advertisers", self._guarded(_advertisers)),
            Route("/attribution/publishers", self._guarded(_publishers)),
            Route("/attribution/report", self._guarded(self._report), methods=["POST"]),
        ]

    def _guarded(self, handler: Callable[[str, bytes], Response], *, needs_profile: bool = True) -> Any:
        """Check token, profile and quota before the handler gets (profile id, body)."""

        async def answer(request: Request) -> Response:
            profile_id = request.headers.get("amazon-advertising-api-scope", "")
            if not self._is_authorised(request):
                return ads_error(401, "Not authorized to access scope: the access token is invalid or has expired")
            if needs_profile and profile_id not in self._profiles:
                return ads_error(403, "This profileID is not authorized to use Amazon Attribution")
            if not self._sandbox.throttle.admits("attribution", profile_id):
                return ads_error(429, "Too Many Requests", {"Retry-After": str(RETRY_AFTER_SECONDS)})
            try:
                return await run_in_threadpool(handler, profile_id, await request.body())
            except BadRequest as refusal:
                return ads_error(400, str(refusal))

        return answer

    def _is_authorised(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        is_ours = request.headers.get("amazon-advertising-api-clientid") == self._client_id
        return scheme.lower() == "bearer" and is_ours and self._sandbox.tokens.owner(token) == self._client_id

    def _list_profiles(self, profile_id: str, body: bytes) -> Response:
        profiles = [
            {
                "profileId": int(market.profile_id),
                "countryCode": market.ads_country,
                "currencyCode": market.currency,
                "dailyBudget": 999999999.0,
                "timezone": market.timezone,
                "accountInfo": {
                    "marketplaceStringId": market.marketplace_id,
                    "id": f"ENTITYSBX{number}",
                    "type": "seller",
                    "name": BRAND,
                    "validPaymentMethod": True,
                },
            }
            for number, market in enumerate(MARKETS, start=1)
        ]
        return JSONResponse(profiles)

    def _report(self, profile_id: str, body: bytes) -> Response:
        wanted = _json_object(body)
        rows = self._rows(profile_id, wanted)
        first, last = _range(wanted, self._sandbox.now)
        rows = [row for row in rows if first <= row["date"] <= last]
        columns = _columns(wanted, set(rows[0]) if rows else set())
        if columns:
            rows = [{name: value for name, value in row.items() if name in columns} for row in rows]
        count, page = _count(wanted), _page(wanted)
        part = rows[page * count : (page + 1) * count]
        cursor = _cursor(page + 1) if (page + 1) * count < len(rows) else None
        return JSONResponse({"reports": part, "cursorId": cursor, "size": len(part)})

    def _rows(self, profile_id: str, wanted: dict[str, Any]) -> list[Row]:
        now = micros(self._sandbox.now)
        kind = wanted.get("reportType") or "PERFORMANCE"
        if kind == "PRODUCTS":
            return self._reports.products(profile_id, now)
        if kind != "PERFORMANCE":
            raise BadRequest(f"Invalid reportType value {kind!r}.")
        level = wanted.get("groupBy") or "CREATIVE"
        if level not in LEVELS:
            raise BadRequest(f"Invalid groupBy value {level!r}.")
        return self._reports.performance(profile_id, level, now)


def _advertisers(profile_id: str, body: bytes) -> Response:
    return JSONResponse({"advertisers": [{"advertiserId": ADVERTISER_ID, "advertiserName": BRAND}]})


def _publishers(profile_id: str, body: bytes) -> Response:
    return JSONResponse({"publisher": list(PUBLISHERS)})


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise BadRequest("The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise BadRequest("The request body is not an object.")
    return value


def _range(wanted: dict[str, Any], now: datetime) -> tuple[str, str]:
    days: list[date] = []
    for name in ("startDate", "endDate"):
        text = str(wanted.get(name, ""))
        if not re.fullmatch(r"\d{8}", text, re.ASCII):
            raise BadRequest(f"Invalid {name}: use YYYYMMDD.")
        try:
            days.append(date(int(text[:4]), int(text[4:6]), int(text[6:])))
        except ValueError as error:
            raise BadRequest(f"Invalid {name}: there is no such day.") from error
    if days[1] < days[0]:
        raise BadRequest("endDate is before startDate.")
    is_products = wanted.get("reportType") == "PRODUCTS"
    reach = PRODUCTS_DAYS if is_products else PERFORMANCE_DAYS
    if days[0] < now.date() - timedelta(days=reach):
        raise BadRequest(f"startDate is more than {reach} days ago.")
    return f"{days[0]:%Y%m%d}", f"{days[1]:%Y%m%d}"


def _columns(wanted: dict[str, Any], known: set[str]) -> set[str]:
    """Columns asked for, with the dimensions; empty when all are."""
    metrics = {name for name in str(wanted.get("metrics") or "").split(",") if name}
    if _BONUS in metrics and (wanted.get("groupBy") or "CREATIVE") == "CREATIVE":
        raise BadRequest(f"Invalid groupBy value for requested metric {_BONUS}.")
    # The bonus is silently absent, as for a seller who is not enrolled.
    unknown = metrics - known - {_BONUS} if known else set()
    if unknown:
        raise BadRequest(f"Invalid metrics: {', '.join(sorted(unknown))}.")
    return metrics | _DIMENSIONS if metrics else set()


def _count(wanted: dict[str, Any]) -> int:
    count = wanted.get("count", DEFAULT_COUNT)
    if not isinstance(count, int) or not 1 <= count <= MAX_COUNT:
        raise BadRequest(f"count must be between 1 and {MAX_COUNT}.")
    return count


def _cursor(page: int) -> str:
    # JSON text inside JSON, as the real API has it.
    fields = {
        "values": [5868519 + page, 161600],
        "page": page,
        "fields": ["campaign_id", "day_timestamp"],
        "version": "V2",
    }
    return json.dumps(fields, separators=(",", ":"))


def _page(wanted: dict[str, Any]) -> int:
    cursor = wanted.get("cursorId")
    if cursor in (None, ""):
        return 0
    found = re.search(r'"page":(\d{1,6}),', str(cursor), re.ASCII)
    if found is None or cursor != _cursor(int(found[1])):
        raise BadRequest("Invalid cursorId: send the previous answer's value unchanged.")
    return int(found[1])
