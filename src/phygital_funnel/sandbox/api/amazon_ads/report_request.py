"""A request for an Attribution report, checked as the API checks it (api-contracts 6.3)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson

from phygital_funnel.sandbox.api.amazon_ads.access import Refused
from phygital_funnel.sandbox.api.amazon_ads.sheets import BONUS, LEVELS, PERFORMANCE_METRICS, PRODUCTS_METRICS
from phygital_funnel.sandbox.world.times import day_number

PERFORMANCE, PRODUCTS = "PERFORMANCE", "PRODUCTS"
PERFORMANCE_DAYS, PRODUCTS_DAYS = 396, 90
MAX_COUNT, DEFAULT_COUNT = 5000, 1000


@dataclass(frozen=True)
class ReportRequest:
    """What is asked for.

    Args:
        kind: PERFORMANCE or PRODUCTS.
        level: one of ``LEVELS``; PRODUCTS reports have no other than their own.
        first, last: day numbers, both included.
        metrics: names in the report's order.
        advertisers: ids to keep; empty for all.
        count: rows per page.
        page: number of the page, from 0.
    """

    kind: str
    level: str
    first: int
    last: int
    metrics: tuple[str, ...]
    advertisers: frozenset[str]
    count: int
    page: int


def parse(wanted: dict[str, Any], today: date) -> ReportRequest:
    """The request that a body makes.

    Raises:
        Refused: the API answers it with 400.
    """
    kind = _choice(wanted, "reportType", (PERFORMANCE, PRODUCTS), PERFORMANCE)
    level = _choice(wanted, "groupBy", tuple(LEVELS), "CREATIVE") if kind == PERFORMANCE else "ADGROUP"
    first, last = _day(wanted, "startDate"), _day(wanted, "endDate")
    if last < first:
        raise Refused(400, "endDate is before startDate.")
    reach = PERFORMANCE_DAYS if kind == PERFORMANCE else PRODUCTS_DAYS
    if first < today - timedelta(days=reach):
        raise Refused(400, f"startDate is more than {reach} days ago.")
    return ReportRequest(
        kind, level, day_number(first), day_number(last), _metrics(wanted, kind, level),
        frozenset(_names(wanted, "advertiserIds")), _count(wanted), _page(wanted),
    )  # fmt: skip


def cursor(page: int) -> str:
    """What leads to a page: JSON text inside JSON, as the real API has it."""
    fields = {
        "values": [5868519 + page, 161600],
        "page": page,
        "fields": ["campaign_id", "day_timestamp"],
        "version": "V2",
    }
    return orjson.dumps(fields).decode()


def _choice(wanted: dict[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    value = wanted.get(name)
    if value is None or value == "":
        return default
    if not isinstance(value, str) or value not in choices:
        raise Refused(400, f"Invalid {name} value {str(value)[:40]!r}. Use one of {', '.join(choices)}.")
    return value


def _day(wanted: dict[str, Any], name: str) -> date:
    text = str(wanted.get(name, ""))
    if not re.fullmatch(r"\d{8}", text, re.ASCII):
        raise Refused(400, f"Invalid {name}: use YYYYMMDD.")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise Refused(400, f"Invalid {name}: there is no such day.") from error


def _names(wanted: dict[str, Any], name: str) -> list[str]:
    """A comma-separated list, which may come as a JSON array as well."""
    value = wanted.get(name)
    if isinstance(value, list):
        value = ",".join(map(str, value))
    if not isinstance(value, str | None):
        raise Refused(400, f"Invalid {name}: use a comma-separated list.")
    return [part.strip() for part in (value or "").split(",") if part.strip()]


def _metrics(wanted: dict[str, Any], kind: str, level: str) -> tuple[str, ...]:
    names = _names(wanted, "metrics")
    if BONUS in names and level == "CREATIVE":
        raise Refused(400, f"Invalid groupBy value for requested metric {BONUS}.")
    known = (*PERFORMANCE_METRICS, BONUS) if kind == PERFORMANCE else PRODUCTS_METRICS
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise Refused(400, f"Invalid metrics: {', '.join(unknown)[:200]}.")
    # Nobody gets the bonus without asking for it.
    return tuple(name for name in known if name in names or (not names and name != BONUS))


def _count(wanted: dict[str, Any]) -> int:
    count = wanted.get("count", DEFAULT_COUNT)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_COUNT:
        raise Refused(400, f"count must be between 1 and {MAX_COUNT}.")
    return count


def _page(wanted: dict[str, Any]) -> int:
    given = wanted.get("cursorId")
    if given is None or given == "":
        return 0
    found = re.search(r'"page":(\d{1,6}),', given, re.ASCII) if isinstance(given, str) else None
    if found is None or given != cursor(int(found[1])):
        raise Refused(400, "Invalid cursorId: send the previous answer's value unchanged.")
    return int(found[1])
