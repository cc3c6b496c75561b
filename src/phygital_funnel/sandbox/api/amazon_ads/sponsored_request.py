"""A request for a report of version 3, checked as the API checks it (api-contracts 8.1)."""

import re
from datetime import date, timedelta
from typing import Any

from phygital_funnel.sandbox.api.amazon_ads.access import Refused
from phygital_funnel.sandbox.api.amazon_ads.sponsored import ALWAYS, REPORT_TYPES, STATUS, ReportType, Wanted
from phygital_funnel.sandbox.world.times import day_number

AD_PRODUCT = "SPONSORED_PRODUCTS"
UNUSED = {"SPONSORED_BRANDS": ("sb", 60), "SPONSORED_DISPLAY": ("sd", 65)}
"""Ad products this world buys nothing of: how their report types begin, and for how many days they are kept."""
FORMAT = "GZIP_JSON"
TIME_UNITS = ("DAILY", "SUMMARY")
MAX_DAYS, RETENTION_DAYS = 31, 95
MAX_NAME = 200


def parse(body: dict[str, Any], today: date) -> Wanted:
    """What a request's body asks for.

    Raises:
        Refused: the API answers it with 400.
    """
    first, last = _dates(body)
    name = body.get("name")
    if not isinstance(name, str | None) or len(name or "") > MAX_NAME:
        raise Refused(400, f"name must be a text of at most {MAX_NAME} characters")
    configuration = body.get("configuration")
    if not isinstance(configuration, dict):
        raise Refused(400, "configuration is required and must be an object")
    product = _one_of(configuration, "adProduct", (AD_PRODUCT, *UNUSED))
    prefix, retention = UNUSED.get(product, ("sp", RETENTION_DAYS))
    _check_range(first, last, today, retention)
    _one_of(configuration, "format", (FORMAT,))
    unit = _one_of(configuration, "timeUnit", TIME_UNITS)
    if product in UNUSED:
        return _of_nothing(configuration, prefix, first, last)
    type_id = _one_of(configuration, "reportTypeId", tuple(REPORT_TYPES))
    kind = REPORT_TYPES[type_id]
    group_by = _some_of(configuration, "groupBy", tuple(kind.groups))
    columns = _some_of(configuration, "columns", kind.columns(group_by))
    _check_days(columns, unit)
    return Wanted(
        type_id, group_by, columns, day_number(first), day_number(last), unit == "DAILY", _is_empty(configuration, kind)
    )


def _of_nothing(configuration: dict[str, Any], prefix: str, first: date, last: date) -> Wanted:
    """A report of an ad product that nothing was bought of."""
    type_id = configuration.get("reportTypeId")
    if not isinstance(type_id, str) or not re.fullmatch(f"{prefix}[A-Z][A-Za-z]{{2,40}}", type_id, re.ASCII):
        raise Refused(400, f"configuration reportTypeId includes invalid values: ({str(type_id)[:60]})")
    for name in ("groupBy", "columns"):
        values = configuration.get(name)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise Refused(400, f"configuration {name} cannot be null or empty")
    return Wanted(type_id, (), (), day_number(first), day_number(last), is_daily=False, is_empty=True)


def _dates(body: dict[str, Any]) -> tuple[date, date]:
    first, last = (_date(body, name) for name in ("startDate", "endDate"))
    if last < first:
        raise Refused(400, "startDate must not be after endDate")
    return first, last


def _check_range(first: date, last: date, today: date, retention: int) -> None:
    if (last - first).days >= MAX_DAYS:
        raise Refused(400, f"The range from startDate to endDate must be no more than {MAX_DAYS} days")
    if first < today - timedelta(days=retention):
        raise Refused(400, f"startDate must be within the last {retention} days")
    if last > today:
        raise Refused(400, "endDate must not be in the future")


def _date(body: dict[str, Any], name: str) -> date:
    text = body.get(name)
    if not isinstance(text, str) or len(text) != len("2026-01-31"):
        raise Refused(400, f"{name} is required in the format YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(400, f"{name} is not a date in the format YYYY-MM-DD") from error


def _one_of(configuration: dict[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value = configuration.get(name)
    if not isinstance(value, str) or value not in choices:
        raise _invalid(name, [value], choices)
    return value


def _some_of(configuration: dict[str, Any], name: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    values = configuration.get(name)
    if not isinstance(values, list) or not values:
        raise Refused(400, f"configuration {name} cannot be null or empty")
    unknown = [value for value in values if not isinstance(value, str) or value not in choices]
    if unknown:
        raise _invalid(name, unknown, choices)
    return tuple(dict.fromkeys(values))


def _invalid(name: str, values: list[object], choices: tuple[str, ...]) -> Refused:
    shown = ", ".join(str(value)[:60] for value in values[:20])
    reason = f"configuration {name} includes invalid values: ({shown}). Allowed values: ({', '.join(choices)})"
    return Refused(400, reason)


def _check_days(columns: tuple[str, ...], unit: str) -> None:
    """A day belongs to daily rows only, and the period to summaries only."""
    wrong = {"DAILY": ("startDate", "endDate"), "SUMMARY": ("date",)}[unit]
    clashing = [name for name in columns if name in wrong]
    if clashing:
        raise Refused(400, f"configuration columns ({', '.join(clashing)}) are not supported with timeUnit {unit}")


def _is_empty(configuration: dict[str, Any], kind: ReportType) -> bool:
    """Whether the filters leave nothing: all that is advertised here is enabled."""
    filters = configuration.get("filters")
    if filters is None:
        return False
    if not isinstance(filters, list):
        raise Refused(400, "configuration filters must be a list")
    for wanted in filters:
        if not isinstance(wanted, dict) or not isinstance(wanted.get("values"), list):
            raise Refused(400, "configuration filters must have a field and values")
        if wanted.get("field") not in kind.filters:
            raise _invalid("filters", [wanted.get("field")], kind.filters)
        if ALWAYS.get(wanted["field"], STATUS) not in wanted["values"]:
            return True
    return False
