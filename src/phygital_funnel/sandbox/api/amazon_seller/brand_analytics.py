"""Brand Analytics (api-contracts 7.5): how searches led to a product, and which products a search led to.

The world has the searches for the brand. What the platform counts beside them (other brands' products on the same
result page) stands in a fixed proportion to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.api.amazon_seller.report_periods import whole_period
from phygital_funnel.sandbox.api.amazon_seller.report_request import ReportRequest, Unreportable
from phygital_funnel.sandbox.api.amazon_seller.wire import amount
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market, shelf_price
from phygital_funnel.sandbox.world.columns import micros_of
from phygital_funnel.sandbox.world.times import DAY, day_end, day_number

QUERY_REPORT = "GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT"
TERMS_REPORT = "GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT"
QUERY_LAG, TERMS_LAG = 10 * DAY, 3 * DAY
"""How long after its end a period can be reported."""
MOST_ASIN_CHARACTERS = 200
TOP_ASINS = 3
RESULTS_PER_SEARCH = 14
_LOWEST_RANK = 400_000


@dataclass(frozen=True)
class _Funnel:
    """How often one search led to something."""

    clicks: int
    carts: int
    purchases: int

    def plus(self, other: "_Funnel") -> "_Funnel":
        return _Funnel(self.clicks + other.clicks, self.carts + other.carts, self.purchases + other.purchases)


@dataclass(frozen=True)
class _Query:
    """One search text of a period: how often it was searched for each product, and what came of it."""

    text: str
    searches: dict[str, int]
    funnels: dict[str, _Funnel]

    @property
    def volume(self) -> int:
        return sum(self.searches.values())

    @property
    def total(self) -> _Funnel:
        """The brand's products and all others on the page."""
        total = _Funnel(self.volume // 5, self.volume // 25, self.volume // 40)
        for funnel in self.funnels.values():
            total = total.plus(funnel)
        return total


class BrandAnalytics:
    """Writes both reports.

    Args:
        world: its searches.
    """

    def __init__(self, world: World) -> None:
        self._searches: pa.Table = world["searches"]
        self._searched = micros_of(self._searches["searched_at"])

    def write_queries(self, request: ReportRequest, now: int) -> str:
        """Query by query what led to the products of the option ``asin``; empty before the period is reported.

        Raises:
            Unreportable: the period or the products are malformed.
        """
        first, last = whole_period(request, ("WEEK", "MONTH", "QUARTER"))
        asins, market = _asins(request), request.market()
        queries = self._queries(market, first, last, now - QUERY_LAG)
        rows = [row for asin in asins for row in _performances(queries, asin, market)]
        dated = [{"startDate": first.isoformat(), "endDate": last.isoformat(), **row} for row in rows]
        return _document(request, "dataByAsin", dated)

    def write_terms(self, request: ReportRequest, now: int) -> str:
        """The most clicked products of each search; empty before the period is reported.

        Raises:
            Unreportable: the period is malformed.
        """
        first, last = whole_period(request, ("DAY", "WEEK", "MONTH", "QUARTER"))
        market = request.market()
        queries = self._queries(market, first, last, now - TERMS_LAG)
        queries.sort(key=lambda query: (-query.volume, query.text))
        rows = [row for place, query in enumerate(queries) for row in _top_products(query, place, market)]
        return _document(request, "dataByDepartmentAndSearchTerm", rows)

    def _queries(self, market: Market, first: date, last: date, latest: int) -> list[_Query]:
        """Searches of a period that ended by ``latest``, counted by text and product; none for a later one."""
        start, end = day_end(day_number(first) - 1, market.timezone), day_end(day_number(last), market.timezone)
        if end > latest:
            return []
        rows = self._searches.filter(pa.array((self._searched >= start) & (self._searched < end)))
        rows = rows.filter(pc.equal(rows["market"].cast(pa.string()), market.code))
        plain = pa.table(
            {
                "query": rows["query"].cast(pa.string()),
                "asin": rows["asin"].cast(pa.string()),
                "purchase": rows["order_id"].is_valid().cast(pa.int64()),
            }
        )
        counts = plain.group_by(["query", "asin"]).aggregate([("purchase", "count"), ("purchase", "sum")])
        queries: dict[str, _Query] = {}
        for row in counts.sort_by([("query", "ascending"), ("asin", "ascending")]).to_pylist():
            query = queries.setdefault(row["query"], _Query(row["query"], {}, {}))
            query.searches[row["asin"]] = row["purchase_count"]
            query.funnels[row["asin"]] = _funnel(row["purchase_count"], row["purchase_sum"])
        return list(queries.values())


def _funnel(searches: int, purchases: int) -> _Funnel:
    others = searches - purchases
    return _Funnel(purchases + others // 3, purchases + others // 8, purchases)


def _asins(request: ReportRequest) -> list[str]:
    text = request.option("asin") or ""
    asins = list(dict.fromkeys(text.split()))
    if not asins or len(text) > MOST_ASIN_CHARACTERS:
        raise Unreportable(
            f"The report option asin must hold ASINs of at most {MOST_ASIN_CHARACTERS} characters in all."
        )
    return asins


def _performances(queries: list[_Query], asin: str, market: Market) -> Iterator[dict[str, Any]]:
    """Rows of one product, the query that did most for it first."""
    own = [query for query in queries if asin in query.searches]
    own.sort(key=lambda query: (-query.funnels[asin].purchases, -query.funnels[asin].clicks, query.text))
    for place, query in enumerate(own):
        yield _performance(query, asin, place + 1, market)


def _performance(query: _Query, asin: str, score: int, market: Market) -> dict[str, Any]:
    total, own, volume = query.total, query.funnels[asin], query.volume
    shown = RESULTS_PER_SEARCH * volume
    seen = query.searches[asin] + (volume - query.searches[asin]) // 4
    price = next(shelf_price(product, market) for product in PRODUCTS if product.asin == asin)
    return {
        "asin": asin,
        "searchQueryData": {"searchQuery": query.text, "searchQueryScore": score, "searchQueryVolume": volume},
        "impressionData": {
            "totalQueryImpressionCount": shown,
            "asinImpressionCount": seen,
            "asinImpressionShare": _share(seen, shown),
        },
        "clickData": _stage("Click", total.clicks, own.clicks, volume, price, market),
        "cartAddData": _stage("CartAdd", total.carts, own.carts, volume, price, market),
        "purchaseData": _stage("Purchase", total.purchases, own.purchases, volume, price, market),
    }


def _stage(name: str, total: int, own: int, volume: int, price: int, market: Market) -> dict[str, Any]:
    return {
        f"total{name}Count": total,
        f"total{name}Rate": _share(total, volume),
        f"asin{name}Count": own,
        f"asin{name}Share": _share(own, total),
        f"totalMedian{name}Price": {
            "amount": amount(price * 9 // 10, market.exponent),
            "currencyCode": market.currency,
        },
        f"asinMedian{name}Price": {"amount": amount(price, market.exponent), "currencyCode": market.currency},
        f"totalSameDayShipping{name}Count": total // 20,
        f"totalOneDayShipping{name}Count": total // 5,
        f"totalTwoDayShipping{name}Count": total // 2,
    }


def _top_products(query: _Query, place: int, market: Market) -> Iterator[dict[str, Any]]:
    total = query.total
    ranked = sorted(query.funnels.items(), key=lambda entry: (-entry[1].clicks, entry[0]))
    for rank, (asin, funnel) in enumerate(ranked[:TOP_ASINS], start=1):
        yield {
            "departmentName": market.sales_channel,
            "searchTerm": query.text,
            "searchFrequencyRank": max(1, _LOWEST_RANK // (1 + query.volume)) + place,
            "clickedAsin": asin,
            "clickShareRank": rank,
            "clickShare": _share(funnel.clicks, total.clicks),
            "conversionShare": _share(funnel.purchases, total.purchases),
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _document(request: ReportRequest, name: str, rows: list[dict[str, Any]]) -> str:
    return orjson.dumps({"reportSpecification": request.specification(), name: rows}).decode() if rows else ""
