"""Sales and traffic per day and per product (api-contracts 7.5), in the marketplace's own days.

A day appears 24 hours after its end and settles after 72: until then some of its traffic is missing, and orders
cancelled later stay in it, so it never agrees to the cent with the orders.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.api.amazon_seller.order_book import OrderBook
from phygital_funnel.sandbox.api.amazon_seller.report_periods import period_start
from phygital_funnel.sandbox.api.amazon_seller.report_request import ReportRequest, Unreportable
from phygital_funnel.sandbox.api.amazon_seller.sales_facts import SalesFacts, SalesLines, distinct_orders, totals
from phygital_funnel.sandbox.api.amazon_seller.wire import amount
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sandbox.world.columns import Floats
from phygital_funnel.sandbox.world.times import HOUR, Ints, day_end, day_number, day_of, local_days

REPORT_TYPE = "GET_SALES_AND_TRAFFIC_REPORT"
APPEARS_AFTER, SETTLES_AFTER = 24 * HOUR, 72 * HOUR
LONGEST_DAYS = 731
TRAFFIC_SHARE = ((48 * HOUR, 0.92), (SETTLES_AFTER, 0.98))
"""How much of a day's traffic is shown until so long after its end."""
DEDUPLICATED = 0.94
"""Sessions of a day over those of its products: one visit may look at several."""
_ASINS = [product.asin for product in PRODUCTS]


@dataclass(frozen=True)
class _Traffic:
    """Figures of one market; every array is products by days."""

    browser_sessions: Ints
    app_sessions: Ints
    browser_pages: Ints
    app_pages: Ints
    buy_box: Floats

    @property
    def sessions(self) -> Ints:
        return self.browser_sessions + self.app_sessions

    @property
    def pages(self) -> Ints:
        return self.browser_pages + self.app_pages


@dataclass(frozen=True)
class _Sales:
    """Figures of one market: products by days for what was ordered, days for the rest."""

    units: Ints
    items: Ints
    minor: Ints
    refunded: Ints
    shipped_units: Ints
    shipped_orders: Ints
    shipped_minor: Ints


class SalesAndTraffic:
    """Writes the report.

    Args:
        world: its listing days.
        book: the orders.
        facts: the sales.
    """

    def __init__(self, world: World, book: OrderBook, facts: SalesFacts) -> None:
        self._listing: pa.Table = world["listing_days"]
        self._book = book
        self._facts = facts

    def write(self, request: ReportRequest, now: int) -> str:
        """The report; empty when no day of the range has appeared yet.

        Raises:
            Unreportable: an option is unknown, the range is too long, or there is more than one marketplace.
        """
        market = request.market()
        by_date = _granularity(request, "dateGranularity", ("DAY", "WEEK", "MONTH"))
        by_asin = _granularity(request, "asinGranularity", ("PARENT", "CHILD", "SKU"))
        days = _days(request, market, now)
        if not days:
            return ""
        traffic, sales = self._traffic(market, days, now), self._sales(market, days, now)
        document = {
            "reportSpecification": request.specification(),
            "salesAndTrafficByDate": _dates(market, days, by_date, traffic, sales),
            "salesAndTrafficByAsin": _products(market, by_asin, traffic, sales),
        }
        return orjson.dumps(document).decode()

    def _traffic(self, market: Market, days: list[int], now: int) -> _Traffic:
        rows = self._listing.filter(pc.equal(self._listing["market"].cast(pa.string()), market.code))
        day = rows["day"].cast(pa.int32()).to_numpy().astype(np.int64) - days[0]
        product = pc.index_in(rows["asin"].cast(pa.string()), value_set=pa.array(_ASINS)).to_numpy()
        chosen = (day >= 0) & (day < len(days))
        place = product[chosen], day[chosen]
        ages = np.array([now - day_end(number, market.timezone) for number in days])
        share = np.select([ages < limit for limit, _ in TRAFFIC_SHARE], [part for _, part in TRAFFIC_SHARE], 1.0)

        def grid(name: str) -> Floats:
            values = np.zeros((len(_ASINS), len(days)))
            values[place] = rows[name].to_numpy()[chosen]
            return values

        sessions, pages = np.floor(grid("sessions") * share), np.floor(grid("page_views") * share)
        mobile = grid("mobile_share")
        app_sessions, app_pages = np.rint(sessions * mobile), np.rint(pages * mobile)
        return _Traffic(
            browser_sessions=(sessions - app_sessions).astype(np.int64),
            app_sessions=app_sessions.astype(np.int64),
            browser_pages=(pages - app_pages).astype(np.int64),
            app_pages=app_pages.astype(np.int64),
            buy_box=grid("buy_box_share"),
        )

    def _sales(self, market: Market, days: list[int], now: int) -> _Sales:
        lines = self._facts.lines(market)
        start, end = day_end(days[0] - 1, market.timezone), day_end(days[-1], market.timezone)
        ordered = lines.purchased_within(start, end)
        day = local_days(ordered.purchased, market.timezone) - days[0]
        closes = np.array([min(now, day_end(number, market.timezone) + SETTLES_AFTER) for number in days])
        kept = ordered.cancelled > closes[day]
        ordered, day = ordered.where(kept), day[kept]
        place = _product_numbers(ordered) * len(days) + day

        def grid(values: Ints) -> Ints:
            return totals(place, values, len(_ASINS) * len(days)).reshape(len(_ASINS), len(days))

        shipped = _shipped(lines, market, days, now)
        return _Sales(
            units=grid(ordered.quantity),
            items=grid(np.ones(len(place), np.int64)),
            minor=grid(ordered.price_minor),
            refunded=self._refunded(market, days, now),
            shipped_units=shipped[0],
            shipped_orders=shipped[1],
            shipped_minor=shipped[2],
        )

    def _refunded(self, market: Market, days: list[int], now: int) -> Ints:
        book = self._book
        is_here = (book.market == book.markets.index(market)) & book.is_own_sale
        first, end = day_end(days[0] - 1, market.timezone), min(now + 1, day_end(days[-1], market.timezone))
        rows = np.flatnonzero(is_here[book.refund_order] & (book.refunded >= first) & (book.refunded < end))
        day = local_days(book.refunded[rows], market.timezone) - days[0]
        return totals(day, book.refunds["quantity"].to_numpy()[rows], len(days))


def _shipped(lines: SalesLines, market: Market, days: list[int], now: int) -> tuple[Ints, Ints, Ints]:
    """Units, orders and sales shipped on each day."""
    first, end = day_end(days[0] - 1, market.timezone), min(now + 1, day_end(days[-1], market.timezone))
    lines = lines.where((lines.shipped >= first) & (lines.shipped < end) & (lines.cancelled > now))
    day = local_days(lines.shipped, market.timezone) - days[0]
    units, minor = totals(day, lines.quantity, len(days)), totals(day, lines.price_minor, len(days))
    return units, distinct_orders(day, lines.order, len(days)), minor


def _product_numbers(lines: SalesLines) -> Ints:
    numbers: Ints = pc.index_in(pa.array(lines.asins), value_set=pa.array(_ASINS)).to_numpy().astype(np.int64)
    return numbers


def _granularity(request: ReportRequest, name: str, known: tuple[str, ...]) -> str:
    value = request.option(name) or known[0]
    if value not in known:
        raise Unreportable(f"The report option {name} must be one of {', '.join(known)}.")
    return value


def _days(request: ReportRequest, market: Market, now: int) -> list[int]:
    """Numbers of the days asked for that have appeared."""
    first, last = (day_number(day) for day in request.days)
    if last - first >= LONGEST_DAYS:
        raise Unreportable("The report covers two years at most.")
    return [number for number in range(first, last + 1) if day_end(number, market.timezone) + APPEARS_AFTER <= now]


def _dates(market: Market, days: list[int], period: str, traffic: _Traffic, sales: _Sales) -> list[dict[str, Any]]:
    starts = [period_start(day_of(number), period) for number in days]
    entries = []
    for start in dict.fromkeys(starts):
        chosen = np.array([day == start for day in starts])
        entries.append(
            {
                "date": start.isoformat(),
                "salesByDate": _sales_by_date(market, sales, chosen),
                "trafficByDate": _traffic_by_date(traffic, sales, chosen),
            }
        )
    return entries


def _sales_by_date(market: Market, sales: _Sales, chosen: Ints) -> dict[str, Any]:
    units, items = int(sales.units[:, chosen].sum()), int(sales.items[:, chosen].sum())
    minor, refunded = int(sales.minor[:, chosen].sum()), int(sales.refunded[chosen].sum())
    return {
        "orderedProductSales": _money(minor, market),
        "unitsOrdered": units,
        "totalOrderItems": items,
        "averageSalesPerOrderItem": _money(round(minor / items) if items else 0, market),
        "averageUnitsPerOrderItem": _ratio(units, items),
        "averageSellingPrice": _money(round(minor / units) if units else 0, market),
        "unitsRefunded": refunded,
        "refundRate": _percent(refunded, units),
        "claimsGranted": 0,
        "claimsAmount": _money(0, market),
        "shippedProductSales": _money(int(sales.shipped_minor[chosen].sum()), market),
        "unitsShipped": int(sales.shipped_units[chosen].sum()),
        "ordersShipped": int(sales.shipped_orders[chosen].sum()),
    }


def _traffic_by_date(traffic: _Traffic, sales: _Sales, chosen: Ints) -> dict[str, Any]:
    browser, app = (
        round(DEDUPLICATED * int(part[:, chosen].sum())) for part in (traffic.browser_sessions, traffic.app_sessions)
    )
    browser_pages, app_pages = int(traffic.browser_pages[:, chosen].sum()), int(traffic.app_pages[:, chosen].sum())
    return {
        "browserPageViews": browser_pages,
        "mobileAppPageViews": app_pages,
        "pageViews": browser_pages + app_pages,
        "browserSessions": browser,
        "mobileAppSessions": app,
        "sessions": browser + app,
        "buyBoxPercentage": _buy_box(traffic.buy_box[:, chosen], traffic.pages[:, chosen]),
        "orderItemSessionPercentage": _percent(int(sales.items[:, chosen].sum()), browser + app),
        "unitSessionPercentage": _percent(int(sales.units[:, chosen].sum()), browser + app),
        "averageOfferCount": len(_ASINS),
        "averageParentItems": len({product.parent_asin for product in PRODUCTS}),
        "feedbackReceived": 0,
        "negativeFeedbackReceived": 0,
        "receivedNegativeFeedbackRate": 0.0,
    }


def _products(market: Market, granularity: str, traffic: _Traffic, sales: _Sales) -> list[dict[str, Any]]:
    """One entry per product or parent over the whole range; those without visit and order are missing."""
    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for number, product in enumerate(PRODUCTS):
        names = {"parentAsin": product.parent_asin, "childAsin": product.asin, "sku": product.sku_in(market)}
        kept = list(names)[: {"PARENT": 1, "CHILD": 2, "SKU": 3}[granularity]]
        groups.setdefault(tuple((name, names[name]) for name in kept), []).append(number)
    return [
        {
            **dict(names),
            "salesByAsin": {
                "unitsOrdered": int(sales.units[rows].sum()),
                "orderedProductSales": _money(int(sales.minor[rows].sum()), market),
                "totalOrderItems": int(sales.items[rows].sum()),
            },
            "trafficByAsin": _traffic_by_asin(traffic, int(sales.units[rows].sum()), rows),
        }
        for names, rows in groups.items()
        if traffic.sessions[rows].any() or sales.units[rows].any()
    ]


def _traffic_by_asin(traffic: _Traffic, units: int, rows: list[int]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, percentage, grid in (
        ("browserSessions", "browserSessionPercentage", traffic.browser_sessions),
        ("mobileAppSessions", "mobileAppSessionPercentage", traffic.app_sessions),
        ("sessions", "sessionPercentage", traffic.sessions),
        ("browserPageViews", "browserPageViewsPercentage", traffic.browser_pages),
        ("mobileAppPageViews", "mobileAppPageViewsPercentage", traffic.app_pages),
        ("pageViews", "pageViewsPercentage", traffic.pages),
    ):
        body[name] = int(grid[rows].sum())
        body[percentage] = _percent(body[name], int(grid.sum()))
    body["buyBoxPercentage"] = _buy_box(traffic.buy_box[rows], traffic.pages[rows])
    body["unitSessionPercentage"] = _percent(units, body["sessions"])
    return body


def _buy_box(shares: Floats, pages: Ints) -> float:
    """Percentage of the page views that showed the seller's own offer."""
    seen = int(pages.sum())
    return round(100 * float((shares * pages).sum()) / seen, 2) if seen else 0.0


def _money(minor: int, market: Market) -> dict[str, Any]:
    return {"amount": amount(minor, market.exponent), "currencyCode": market.currency}


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 2) if whole else 0.0


def _percent(part: int, whole: int) -> float:
    return _ratio(100 * part, whole)
