"""Sales API v1 (api-contracts 7.4): orders, units and sales by hour, day, week, month, year or in all.

Orders count from the moment of purchase, pending ones too, until they are cancelled. Sales are item prices before
discounts and without tax and shipping.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import numpy as np
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_seller.gate import Call, Gate
from phygital_funnel.sandbox.api.amazon_seller.parameters import Parameters
from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput
from phygital_funnel.sandbox.api.amazon_seller.sales_facts import SalesFacts, SalesLines, distinct_orders, totals
from phygital_funnel.sandbox.api.amazon_seller.wire import EARLIEST_YEAR, LATEST_YEAR, decimal_text, json_answer
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import micros

PATH = "/sales/v1/orderMetrics"
GRANULARITIES = ("Hour", "Day", "Week", "Month", "Year", "Total")
HOURLY_DAYS, LONGEST_DAYS = 30, 731
_UTC_NAMES = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"})


class SalesMetrics:
    """The endpoint.

    Args:
        gate: admits requests.
        facts: gives the sales; asked on the first request.
        markets: the seller's storefronts.
    """

    def __init__(self, gate: Gate, facts: Callable[[], SalesFacts], markets: tuple[Market, ...]) -> None:
        self._gate = gate
        self._facts = facts
        self._markets = {market.marketplace_id: market for market in markets}

    def routes(self) -> list[Route]:
        """The endpoint served."""
        return [self._gate.route(PATH, "getOrderMetrics", self._answer)]

    def _answer(self, call: Call) -> Response:
        parameters = call.parameters
        marketplaces = parameters.choices("marketplaceIds", self._markets)
        if len(set(marketplaces)) != 1:
            raise InvalidInput("marketplaceIds must hold one marketplace.")
        market = self._markets[marketplaces[0]]
        edges = _edges(parameters, call.moment)
        lines = self._facts().lines(market).purchased_within(micros(edges[0]), micros(edges[-1]))
        lines = lines.where((lines.purchased <= call.now) & (lines.cancelled > call.now))
        return json_answer({"payload": _payload(_filtered(lines, parameters), edges, market)})


def _filtered(lines: SalesLines, parameters: Parameters) -> SalesLines:
    asin, sku = parameters.text("asin"), parameters.text("sku")
    if asin and sku:
        raise InvalidInput("Only one of asin and sku may be provided.")
    buyers = parameters.choice("buyerType", ("B2B", "B2C", "All"))
    network = parameters.choice("fulfillmentNetwork", ("MFN", "AFN"))
    if asin:
        lines = lines.where(lines.asins == asin)
    if sku:
        # One client encodes the number twice.
        lines = lines.where((lines.skus == sku) | (lines.skus == unquote(sku)))
    if buyers in ("B2B", "B2C"):
        lines = lines.where(lines.is_business == (buyers == "B2B"))
    if network == "MFN" or parameters.text("amazonProgram"):  # Amazon ships all, and no order is in such a program
        lines = lines.where(slice(0, 0))
    return lines


def _payload(lines: SalesLines, edges: list[datetime], market: Market) -> list[dict[str, Any]]:
    count = len(edges) - 1
    starts = np.array([micros(edge) for edge in edges], dtype=np.int64)
    group = np.searchsorted(starts, lines.purchased, "right") - 1
    columns = (
        totals(group, lines.quantity, count),
        np.bincount(group, minlength=count),
        distinct_orders(group, lines.order, count),
        totals(group, lines.price_minor, count),
    )
    figures = np.stack(columns, axis=1).tolist()
    texts = [_minute(edge) for edge in edges]
    return [_entry(f"{texts[row]}--{texts[row + 1]}", figures[row], market) for row in range(count)]


def _entry(interval: str, figures: list[int], market: Market) -> dict[str, Any]:
    units, items, orders, sales = figures
    average = round(sales / units) if units else 0
    return {
        "interval": interval,
        "unitCount": units,
        "orderItemCount": items,
        "orderCount": orders,
        "averageUnitPrice": _money(average, market),
        "totalSales": _money(sales, market),
    }


def _money(minor: int, market: Market) -> dict[str, str]:
    return {"amount": decimal_text(minor, market.exponent) if minor else "0", "currencyCode": market.currency}


def _minute(moment: datetime) -> str:
    text = moment.isoformat(timespec="minutes")
    return text.removesuffix("+00:00") + "Z" if moment.tzinfo is UTC else text


def _edges(parameters: Parameters, now: datetime) -> list[datetime]:
    """Start of every interval and the end of the last, in the time zone of the answer."""
    granularity = parameters.choice("granularity", GRANULARITIES)
    if granularity is None:
        raise InvalidInput("granularity must be provided.")
    first, end = _interval(parameters.text("interval"))
    if first >= end:
        raise InvalidInput("The interval must end after its start.")
    longest = timedelta(days=HOURLY_DAYS if granularity == "Hour" else LONGEST_DAYS)
    if first < now - longest or end - first > longest:
        raise InvalidInput(f"The interval must start at most {longest.days} days ago for granularity {granularity}.")
    zone = _zone(parameters, granularity, first, end)
    first, end = first.astimezone(zone), end.astimezone(zone)
    week_start = {"Monday": 0, "Sunday": 6}[parameters.choice("firstDayOfWeek", ("Monday", "Sunday")) or "Monday"]
    inner = [] if granularity == "Total" else list(_boundaries(granularity, first, end, week_start))
    return [first, *inner, end]


def _interval(text: str | None) -> tuple[datetime, datetime]:
    parts = (text or "").split("--")
    if len(parts) != 2:
        raise InvalidInput("interval must be two times joined by two hyphens.")
    try:
        first, end = (datetime.fromisoformat(part) for part in parts)
    except ValueError as error:
        raise InvalidInput("interval must hold two ISO 8601 times.") from error
    for moment in (first, end):
        if moment.tzinfo is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise InvalidInput("interval must hold absolute times: with Z or an offset.")
    return first, end


def _zone(parameters: Parameters, granularity: str, first: datetime, end: datetime) -> tzinfo:
    """The zone in which the intervals are counted.

    Raises:
        InvalidInput: there is none, it does not exist, or its offset is not the interval's.
    """
    name = parameters.text("granularityTimeZone")
    is_utc = "Z" in str(parameters.text("interval"))
    if name is None:
        if granularity not in ("Hour", "Total"):
            raise InvalidInput(f"granularityTimeZone must be provided for granularity {granularity}.")
        return UTC if is_utc else timezone(first.utcoffset() or timedelta(0))
    if is_utc:
        if name not in _UTC_NAMES:
            raise InvalidInput("granularityTimeZone must be UTC when the interval is written with Z.")
        return UTC
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise InvalidInput("granularityTimeZone is not an IANA time zone.") from error
    if any(moment.astimezone(zone).utcoffset() != moment.utcoffset() for moment in (first, end)):
        raise InvalidInput("granularityTimeZone must have the offset of the interval.")
    return zone


def _boundaries(granularity: str, first: datetime, end: datetime, week_start: int) -> Iterator[datetime]:
    """Starts of the intervals after the first, which may be cut by the request."""
    if granularity == "Hour":
        moment = (first.astimezone(UTC) - _past_hour(first)) + timedelta(hours=1)
        while moment < end:
            yield moment.astimezone(first.tzinfo)
            moment += timedelta(hours=1)
        return
    midnight = datetime(first.year, first.month, first.day, tzinfo=first.tzinfo)
    moment = _following(granularity, midnight, week_start)
    while moment.astimezone(UTC) < end.astimezone(UTC):
        yield moment
        moment = _following(granularity, moment, week_start)


def _past_hour(moment: datetime) -> timedelta:
    return timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)


def _following(granularity: str, midnight: datetime, week_start: int) -> datetime:
    """The next midnight of the wall clock at which an interval starts: days have 23 to 25 hours."""
    if granularity == "Day":
        return midnight + timedelta(days=1)
    if granularity == "Week":
        return midnight + timedelta(days=7 - (midnight.weekday() - week_start) % 7)
    year, month = divmod(midnight.year * 12 + (midnight.month if granularity == "Month" else 12), 12)
    return midnight.replace(year=year, month=month + 1, day=1)
