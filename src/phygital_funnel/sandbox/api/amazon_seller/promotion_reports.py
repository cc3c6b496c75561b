"""Performance of deals and of coupons as JSON: what was sold while they ran, per promotion and product."""

from datetime import timedelta
from typing import Any

import orjson
import pyarrow as pa

from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput
from phygital_funnel.sandbox.api.amazon_seller.report_request import ReportRequest, Unreportable
from phygital_funnel.sandbox.api.amazon_seller.sales_facts import SalesFacts, SalesLines
from phygital_funnel.sandbox.api.amazon_seller.wire import amount, parsed_time, utc
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sandbox.world.times import micros

PROMOTION_REPORT = "GET_PROMOTION_PERFORMANCE_REPORT"
COUPON_REPORT = "GET_COUPON_PERFORMANCE_REPORT"
MERCHANT = "A0SBXMERCHANT"
CLIPS_PER_REDEMPTION = 4
REDEMPTION_FEE_SHARE = 0.025
BUDGET_UNITS = 10_000
_CREATED_BEFORE = timedelta(days=14)
_LAST_CHANGE_BEFORE = timedelta(days=2)


class PromotionReports:
    """Writes both reports.

    Args:
        world: its promotions.
        facts: the sales.
    """

    def __init__(self, world: World, facts: SalesFacts) -> None:
        self._promotions: list[dict[str, Any]] = _storefront_promotions(world)
        self._facts = facts

    def write_promotions(self, request: ReportRequest, now: int) -> str:
        """Deals that started within the range of the options and have started by now; empty without any."""
        chosen = self._chosen(request, now, "event", "promotionStartDateFrom", "promotionStartDateTo")
        return _document(request, "promotions", [self._deal(entry, market, now) for entry, market in chosen])

    def write_coupons(self, request: ReportRequest, now: int) -> str:
        """Coupons that started within the range of the options and have started by now; empty without any."""
        chosen = self._chosen(request, now, "coupon", "couponStartDateFrom", "couponStartDateTo")
        return _document(request, "coupons", [self._coupon(entry, market, now) for entry, market in chosen])

    def _chosen(
        self, request: ReportRequest, now: int, kind: str, first: str, last: str
    ) -> list[tuple[dict[str, Any], Market]]:
        start, end = _option_time(request, first), _option_time(request, last)
        market = request.market()
        return [
            (entry, market)
            for entry in self._promotions
            if (entry["kind"], entry["market"]) == (kind, market.code)
            and start <= micros(entry["starts_at"]) <= min(end, now)
        ]

    def _lines(self, entry: dict[str, Any], market: Market, now: int) -> SalesLines:
        lines = self._facts.lines(market)
        lines = lines.purchased_within(micros(entry["starts_at"]), min(micros(entry["ends_at"]), now + 1))
        return lines if entry["asin"] is None else lines.where(lines.asins == entry["asin"])

    def _deal(self, entry: dict[str, Any], market: Market, now: int) -> dict[str, Any]:
        lines = self._lines(entry, market, now)
        lines = lines.where(lines.cancelled > now)
        asins = [entry["asin"]] if entry["asin"] else [product.asin for product in PRODUCTS]
        return {
            "promotionId": entry["promotion_id"],
            "promotionName": entry["name"],
            "merchantId": MERCHANT,
            "unitsSold": int(lines.quantity.sum()),
            "revenue": _net(lines, market),
            "revenueCurrencyCode": market.currency,
            "startDateTime": utc(micros(entry["starts_at"])),
            "endDateTime": utc(micros(entry["ends_at"])),
            "type": "BEST_DEAL",
            "status": "APPROVED",
            "creationChannel": "SELF-SERVICE",
            "marketplaceId": market.marketplace_id,
            "createdDateTime": utc(micros(entry["starts_at"] - _CREATED_BEFORE)),
            "lastUpdatedDateTime": utc(micros(entry["starts_at"] - _LAST_CHANGE_BEFORE)),
            "includedProducts": [_product(asin, lines.where(lines.asins == asin), market) for asin in asins],
        }

    def _coupon(self, entry: dict[str, Any], market: Market, now: int) -> dict[str, Any]:
        # Amazon counts redemptions gross: cancelled and returned purchases stay in.
        lines = self._lines(entry, market, now)
        lines = lines.where((lines.discount_minor > 0) & ~lines.has_code)
        redemptions = len(set(lines.order.tolist()))
        discount, net = int(lines.discount_minor.sum()), int((lines.price_minor - lines.discount_minor).sum())
        budget = BUDGET_UNITS * 10**market.exponent
        spent = min(budget, discount + round(REDEMPTION_FEE_SHARE * net))
        return {
            "couponId": entry["promotion_id"],
            "merchantId": MERCHANT,
            "marketplaceId": market.marketplace_id,
            "currencyCode": market.currency,
            "name": entry["name"],
            "websiteMessage": f"Save {round(100 * entry['discount_rate'])}%",
            "startDateTime": utc(micros(entry["starts_at"])),
            "endDateTime": utc(micros(entry["ends_at"])),
            "customerSegment": "All (Default)",
            "discountType": "PERCENT_OFF_LIST_PRICE",
            "discountAmount": round(100 * entry["discount_rate"]),
            "clips": CLIPS_PER_REDEMPTION * redemptions,
            "redemptions": redemptions,
            "budget": amount(budget, market.exponent),
            "totalDiscount": amount(discount, market.exponent),
            "budgetSpent": amount(spent, market.exponent),
            "budgetRemaining": amount(budget - spent, market.exponent),
            "budgetPercentageUsed": round(100 * spent / budget, 2),
            "sales": amount(net, market.exponent),
            "asins": [{"asin": entry["asin"]}] if entry["asin"] else [{"asin": product.asin} for product in PRODUCTS],
        }


def _storefront_promotions(world: World) -> list[dict[str, Any]]:
    promotions: pa.Table = world["promotions"]
    codes = {market.code for market in world.markets if market.has_amazon}
    return [entry for entry in promotions.to_pylist() if entry["market"] in codes]


def _product(asin: str, lines: SalesLines, market: Market) -> dict[str, Any]:
    return {
        "asin": asin,
        "productName": next(product.name for product in PRODUCTS if product.asin == asin),
        "productUnitsSold": int(lines.quantity.sum()),
        "productRevenue": _net(lines, market),
        "productRevenueCurrencyCode": market.currency,
    }


def _net(lines: SalesLines, market: Market) -> float:
    return amount(int((lines.price_minor - lines.discount_minor).sum()), market.exponent)


def _option_time(request: ReportRequest, name: str) -> int:
    text = request.option(name)
    if text is None:
        raise Unreportable(f"The report option {name} is required.")
    try:
        return micros(parsed_time(text, name))
    except InvalidInput as refusal:
        raise Unreportable(str(refusal)) from refusal


def _document(request: ReportRequest, name: str, entries: list[dict[str, Any]]) -> str:
    if not entries:
        return ""
    specification = request.specification()
    del specification["dataStartTime"], specification["dataEndTime"]  # these reports are limited by their options
    return orjson.dumps({"reportSpecification": specification, name: entries}).decode()
