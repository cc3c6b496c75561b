"""GMV Max: TikTok runs the Shop's ads itself, and claims every order of the products they promote.

The ads are in no other report. Orders count on the day of payment, in the ad account's zone.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_marketing.calendar import iso_day
from phygital_funnel.sandbox.api.tiktok_marketing.entities import Entities
from phygital_funnel.sandbox.api.tiktok_marketing.knowledge import LATENCY
from phygital_funnel.sandbox.api.tiktok_marketing.parameters import Parameters, Refused, invalid, paged
from phygital_funnel.sandbox.api.tiktok_marketing.tables import Tables
from phygital_funnel.sandbox.api.tiktok_marketing.view import DAY_GRAIN, View
from phygital_funnel.sandbox.world.ads import SHOP
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import HOUR, day_number, micros

DIMENSIONS = ("advertiser_id", "campaign_id", DAY_GRAIN)
METRICS = ("cost", "net_cost", "orders", "cost_per_order", "gross_revenue", "roi", "currency", "campaign_name")
MAX_DAYS, MAX_DAYS_DAILY = 365, 30


@dataclass
class _Sum:
    cost_micro: float = 0.0
    orders: int = 0
    value_minor: int = 0
    names: set[str] = field(default_factory=set)


class GmvMax:
    """The GMV Max report of a sandbox."""

    def __init__(self, sandbox: Sandbox, entities: Entities, tables: Tables) -> None:
        self._sandbox = sandbox
        self._entities = entities
        self._tables = tables

    def report(self, parameters: Parameters) -> dict[str, Any]:
        """One page of the report.

        Raises:
            Refused: the platform would not accept the request.
        """
        market = self._market(parameters)
        dimensions = _among(parameters, "dimensions", DIMENSIONS)
        metrics = _among(parameters, "metrics", METRICS)
        first, last = _range(parameters, is_daily=DAY_GRAIN in dimensions)
        promotion_types = parameters.nested("filtering").names("gmv_max_promotion_types")
        sums: dict[tuple[str, ...], _Sum] = defaultdict(_Sum)
        if self._sandbox.world.scenario.has_gmv_max and (not promotion_types or "PRODUCT" in promotion_types):
            for of_row, part in self._parts(market, first, last):
                total = sums[tuple(of_row[name] for name in dimensions)]
                total.cost_micro += part.cost_micro
                total.orders += part.orders
                total.value_minor += part.value_minor
                total.names |= part.names
        rows = [
            {"dimensions": dict(zip(dimensions, key, strict=True)), "metrics": _written(metrics, sums[key], market)}
            for key in sorted(sums)
        ]
        return paged(rows, parameters)

    def _market(self, parameters: Parameters) -> Market:
        market = self._entities.market(parameters.required("advertiser_id"))
        stores = parameters.names("store_ids")
        if len(stores) != 1:
            raise invalid("store_ids: Length must be 1.")
        if stores != [market.shop_id]:
            raise Refused(40001, f"No permission to operate store {stores[0][:40]}.")
        return market

    def _parts(self, market: Market, first: int, last: int) -> Iterator[tuple[dict[str, str], _Sum]]:
        """What each campaign cost, and what it claims, by day."""
        sources = self._tables.delivery.sources
        mine = [n for n, row in enumerate(sources.rows) if row["market"] == market.code and row["destination"] == SHOP]
        names = {str(sources.rows[n]["campaign_id"]): str(sources.rows[n]["campaign_name"]) for n in mine}
        table = self._tables.table(View(market, "AUCTION_CAMPAIGN", tuple(mine), first, last, DAY_GRAIN))
        columns = (table.texts("campaign_id"), table.texts(DAY_GRAIN), table.numbers("spend_micro").tolist())
        for campaign, day, cost in zip(*columns, strict=True):
            yield _row(market, campaign, day), _Sum(cost_micro=cost, names={names[campaign]})
        campaign_of = {str(sources.rows[n]["asin"]): str(sources.rows[n]["campaign_id"]) for n in reversed(mine)}
        for order, paid_on, value in self._orders(market, first, last):
            campaign = min((campaign_of[asin] for asin in order if asin in campaign_of), default="")
            if campaign:
                yield _row(market, campaign, iso_day(paid_on)), _Sum(0.0, 1, value, {names[campaign]})

    def _orders(self, market: Market, first: int, last: int) -> Iterator[tuple[list[str], int, int]]:
        """ASINs, local day of payment and worth of each order that is reported as paid now."""
        orders, calendar = self._tables.orders, self._tables.calendar(market.advertiser_timezone)
        start, end = calendar.between(first, last)
        hour = orders.paid_at // HOUR - self._tables.delivery.first_hour
        reported = orders.known_at(micros(self._sandbox.now), LATENCY) & (start <= hour) & (hour < end)
        order_ids, markets, asins = self._order_facts
        for row in reported.nonzero()[0].tolist():
            number = int(orders.number[row])
            if markets[number] == market.code:
                yield asins[order_ids[number]], int(calendar.days[hour[row]]), int(orders.value_minor[row])

    @cached_property
    def _order_facts(self) -> tuple[list[str], list[str], dict[str, list[str]]]:
        """Order ids and markets by row, and the ASINs of each order."""
        orders, lines = self._sandbox.world["orders"], self._sandbox.world["order_lines"]
        asins: dict[str, list[str]] = defaultdict(list)
        for order_id, asin in zip(lines["order_id"].to_pylist(), lines["asin"].to_pylist(), strict=True):
            asins[order_id].append(asin)
        return orders["order_id"].to_pylist(), orders["market"].to_pylist(), asins


def _row(market: Market, campaign: str, day: str) -> dict[str, str]:
    return {"advertiser_id": market.advertiser_id, "campaign_id": campaign, DAY_GRAIN: day}


def _among(parameters: Parameters, name: str, known: tuple[str, ...]) -> list[str]:
    names = parameters.names(name)
    if not names:
        raise invalid(f"{name}: Missing data for required field.")
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise invalid(f"{name}: Invalid fields: {', '.join(unknown)[:200]}.")
    return names


def _range(parameters: Parameters, *, is_daily: bool) -> tuple[int, int]:
    first, last = day_number(parameters.day("start_date")), day_number(parameters.day("end_date"))
    if last < first:
        raise invalid("end_date: Must not be before start_date.")
    most = MAX_DAYS_DAILY if is_daily else MAX_DAYS
    if last - first >= most:
        raise invalid(f"start_date: The time span must not exceed {most} days.")
    return first, last


def _written(metrics: list[str], total: _Sum, market: Market) -> dict[str, str]:
    cost, revenue = total.cost_micro / 1e6, total.value_minor / 10**market.exponent
    values = {
        "cost": f"{cost:.{market.exponent}f}",
        "net_cost": f"{cost:.{market.exponent}f}",
        "orders": str(total.orders),
        "cost_per_order": f"{cost / total.orders:.2f}" if total.orders else "-",
        "gross_revenue": f"{revenue:.{market.exponent}f}",
        "roi": f"{revenue / cost:.2f}" if cost else "-",
        "currency": market.currency,
        "campaign_name": ", ".join(sorted(total.names)),
    }
    return {name: values[name] for name in metrics}
