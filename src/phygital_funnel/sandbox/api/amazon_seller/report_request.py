"""What a report is asked for, and what may be asked."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput
from phygital_funnel.sandbox.api.amazon_seller.wire import parsed_time
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import micros

MOST_MARKETPLACES = 25
MOST_OPTIONS = 20


class Unreportable(Exception):
    """A request that was accepted, but of which no report can be made: it ends as FATAL, with these words."""


@dataclass(frozen=True)
class ReportRequest:
    """One request for a report.

    Args:
        report_type: the platform's name.
        markets: of the marketplaces asked for.
        start: aware UTC time.
        end: aware UTC time, included.
        options: the report's own options.
    """

    report_type: str
    markets: tuple[Market, ...]
    start: datetime
    end: datetime
    options: tuple[tuple[str, str], ...]

    @property
    def first(self) -> int:
        """The start in microseconds."""
        return micros(self.start)

    @property
    def last(self) -> int:
        """The end in microseconds."""
        return micros(self.end)

    @property
    def days(self) -> tuple[date, date]:
        """First and last day of reports that are counted in days and ignore the time of day."""
        return self.start.date(), self.end.date()

    @property
    def marketplace_ids(self) -> list[str]:
        """The marketplaces asked for."""
        return [market.marketplace_id for market in self.markets]

    def option(self, name: str) -> str | None:
        """One of the report's own options; None when it was not given."""
        return dict(self.options).get(name)

    def market(self) -> Market:
        """The market of a report that covers one marketplace.

        Raises:
            Unreportable: more were asked for.
        """
        if len(self.markets) != 1:
            raise Unreportable("This report type supports one marketplace per report.")
        return self.markets[0]

    def specification(self) -> dict[str, Any]:
        """How a JSON report repeats what it was asked for."""
        return {
            "reportType": self.report_type,
            "reportOptions": dict(self.options),
            "dataStartTime": self.start.date().isoformat(),
            "dataEndTime": self.end.date().isoformat(),
            "marketplaceIds": self.marketplace_ids,
        }


def json_object(body: bytes) -> dict[str, Any]:
    """A request's body.

    Raises:
        InvalidInput: it is no JSON object.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise InvalidInput("The request body is not an object.")
    return value


def read_request(wanted: dict[str, Any], markets: dict[str, Market], now: datetime) -> ReportRequest:
    """The request in the body of createReport; without an end it reaches to now, without a start one day back.

    Args:
        wanted: the body.
        markets: the seller's storefronts by marketplace id.
        now: aware UTC time.

    Raises:
        InvalidInput: a field is missing or malformed.
    """
    end = parsed_time(wanted["dataEndTime"], "dataEndTime") if wanted.get("dataEndTime") else now
    start = end - timedelta(days=1)
    if wanted.get("dataStartTime"):
        start = parsed_time(wanted["dataStartTime"], "dataStartTime")
    if start > end:
        raise InvalidInput("dataStartTime must not be after dataEndTime.")
    return ReportRequest(str(wanted.get("reportType")), _markets(wanted, markets), start, end, _options(wanted))


def _markets(wanted: dict[str, Any], markets: dict[str, Market]) -> tuple[Market, ...]:
    given = wanted.get("marketplaceIds")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_MARKETPLACES:
        raise InvalidInput(f"marketplaceIds must hold 1 to {MOST_MARKETPLACES} marketplaces.")
    if any(not isinstance(marketplace, str) or marketplace not in markets for marketplace in given):
        raise InvalidInput("marketplaceIds must hold marketplaces of the selling partner.")
    return tuple(market for marketplace, market in markets.items() if marketplace in given)


def _options(wanted: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    given = wanted.get("reportOptions") or {}
    if not isinstance(given, dict) or len(given) > MOST_OPTIONS:
        raise InvalidInput("reportOptions must be an object of texts.")
    for name, value in given.items():
        if not isinstance(value, str) or not (name + value).isprintable():
            raise InvalidInput("reportOptions must be an object of texts.")
    return tuple(sorted(given.items()))
