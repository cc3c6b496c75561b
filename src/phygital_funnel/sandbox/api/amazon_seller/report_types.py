"""The report types that exist, who writes them, and what each allows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from phygital_funnel.sandbox.api.amazon_seller import (
    brand_analytics,
    fba_reports,
    orders_report,
    promotion_reports,
    sales_and_traffic,
)
from phygital_funnel.sandbox.api.amazon_seller.order_book import OrderBook
from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput
from phygital_funnel.sandbox.api.amazon_seller.report_request import ReportRequest
from phygital_funnel.sandbox.api.amazon_seller.sales_facts import SalesFacts
from phygital_funnel.sandbox.world import World

LONGEST_FLAT_FILE = timedelta(days=31)


@dataclass(frozen=True)
class ReportType:
    """One report type.

    Args:
        write: gives the text of a request as known at a time (microseconds); empty without data.
        longest: range of a flat file; None for the JSON reports, which have rules of their own.
        is_daily: made once a day, so that asking again within hours is refused.
    """

    write: Callable[[ReportRequest, int], str]
    longest: timedelta | None = None
    is_daily: bool = False

    @property
    def is_flat_file(self) -> bool:
        """Whether it is tab-separated text."""
        return self.longest is not None

    def check(self, request: ReportRequest) -> None:
        """Refuse a range that is too long.

        Raises:
            InvalidInput: it is.
        """
        if self.longest and request.end - request.start > self.longest:
            raise InvalidInput(f"The range from dataStartTime to dataEndTime exceeds {self.longest.days} days.")


class SellerData:
    """What the reports are written from; each part is built when it is first needed.

    Args:
        world: the simulated world.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def book(self) -> OrderBook:
        """The orders."""
        return OrderBook(self._world)

    @cached_property
    def facts(self) -> SalesFacts:
        """The sales."""
        return SalesFacts(self.book)

    @cached_property
    def promotions(self) -> promotion_reports.PromotionReports:
        """Writes the reports on promotions."""
        return promotion_reports.PromotionReports(self._world, self.facts)

    @cached_property
    def traffic(self) -> sales_and_traffic.SalesAndTraffic:
        """Writes the sales and traffic report."""
        return sales_and_traffic.SalesAndTraffic(self._world, self.book, self.facts)

    @cached_property
    def brand(self) -> brand_analytics.BrandAnalytics:
        """Writes the reports on searches."""
        return brand_analytics.BrandAnalytics(self._world)


def report_types(data: SellerData) -> dict[str, ReportType]:
    """Every report type by the platform's name."""
    orders = ReportType(lambda request, now: orders_report.write_orders(data.book, request, now), LONGEST_FLAT_FILE)
    return {
        orders_report.REPORT_TYPE: orders,
        orders_report.BY_PURCHASE: orders,
        fba_reports.RETURNS: ReportType(
            lambda request, now: fba_reports.write_returns(data.book, request, now), LONGEST_FLAT_FILE, is_daily=True
        ),
        fba_reports.PROMOTIONS: ReportType(
            lambda request, now: fba_reports.write_promotions(data.book, request, now), LONGEST_FLAT_FILE, is_daily=True
        ),
        sales_and_traffic.REPORT_TYPE: ReportType(lambda request, now: data.traffic.write(request, now)),
        promotion_reports.PROMOTION_REPORT: ReportType(
            lambda request, now: data.promotions.write_promotions(request, now)
        ),
        promotion_reports.COUPON_REPORT: ReportType(lambda request, now: data.promotions.write_coupons(request, now)),
        brand_analytics.QUERY_REPORT: ReportType(lambda request, now: data.brand.write_queries(request, now)),
        brand_analytics.TERMS_REPORT: ReportType(lambda request, now: data.brand.write_terms(request, now)),
    }
