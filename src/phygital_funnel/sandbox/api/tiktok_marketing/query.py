"""What a report request asks for, checked the way the platform checks it."""

from dataclasses import dataclass
from typing import Any

from phygital_funnel.sandbox.api.tiktok_marketing.audience import BREAKDOWNS
from phygital_funnel.sandbox.api.tiktok_marketing.filters import Filters
from phygital_funnel.sandbox.api.tiktok_marketing.metrics import ALL_ATTRIBUTES, ATTRIBUTES, METRICS
from phygital_funnel.sandbox.api.tiktok_marketing.parameters import Parameters, invalid
from phygital_funnel.sandbox.api.tiktok_marketing.view import DAY_GRAIN, HOUR_GRAIN, ID_OF_LEVEL, NO_GRAIN
from phygital_funnel.sandbox.world.times import day_number

MAX_DAYS = {HOUR_GRAIN: 1, DAY_GRAIN: 30, NO_GRAIN: 365}
MAX_METRICS, MAX_ADVERTISERS = 100, 5
REPORT_TYPES = ("BASIC", "AUDIENCE")
"""PLAYABLE_MATERIAL, CATALOG, BC and TT_SHOP exist, too, but nothing in this world would be in them."""
DEFAULT_METRICS = ("spend", "impressions")
OF_SEVERAL = ("advertiser_id", "currency", "timezone")
"""Metrics that come unasked when several advertisers are asked for."""
COUNTRY = "country_code"
_BREAKDOWNS_ELSEWHERE = frozenset({"ac", "language", "interest_category", "placement", "dma_id"})
_EVER = (-(10**6), 10**6)
"""Day numbers that enclose every world."""


@dataclass(frozen=True)
class ReportQuery:
    """One report request.

    Args:
        advertisers: ids.
        level: data level.
        dimensions: in the order asked for.
        metrics: in the order asked for, attributes included.
        first, last: local day numbers.
        filters: what the rows must be.
        order_field: what to sort by; empty for entity and time.
        is_descending: the order.
        is_multiple: whether ``advertiser_ids`` was used.
        is_in_utc: whether days are UTC days.
    """

    advertisers: tuple[str, ...]
    level: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    first: int
    last: int
    filters: Filters
    order_field: str
    is_descending: bool
    is_multiple: bool
    is_in_utc: bool

    @property
    def grain(self) -> str:
        """The time dimension; empty without one."""
        return next((name for name in self.dimensions if name in (DAY_GRAIN, HOUR_GRAIN)), NO_GRAIN)

    @property
    def is_by_entity(self) -> bool:
        """Whether there is a row for each entity."""
        return ID_OF_LEVEL[self.level] in self.dimensions

    @property
    def breakdowns(self) -> tuple[str, ...]:
        """The break-downs by what people are."""
        return tuple(name for name in self.dimensions if name in BREAKDOWNS)


def read_query(parameters: Parameters, *, is_task: bool = False) -> ReportQuery:
    """The query of a request.

    Args:
        parameters: of the request.
        is_task: whether it is an asynchronous report, which has no longest range and filters by id only.

    Raises:
        Refused: the platform would not accept it.
    """
    advertisers, is_multiple = _advertisers(parameters)
    report_type = parameters.choice("report_type", REPORT_TYPES)
    parameters.choice("service_type", ("AUCTION",), "AUCTION")
    if parameters.has("query_mode"):
        parameters.choice("query_mode", ("REGULAR", "CHUNK"))
    level = parameters.choice("data_level", ID_OF_LEVEL)
    dimensions = _dimensions(parameters, report_type, level)
    metrics = _metrics(parameters, level, is_by_entity=ID_OF_LEVEL[level] in dimensions)
    if is_multiple:
        metrics = tuple(dict.fromkeys((*OF_SEVERAL, *metrics)))
    first, last = _range(parameters, dimensions, is_task=is_task)
    order_field = parameters.text("order_field")
    if order_field and order_field not in (*METRICS, *dimensions, *metrics):
        raise invalid(f"order_field: {order_field!r} is neither a metric nor a dimension.")
    return ReportQuery(
        advertisers,
        level,
        dimensions,
        metrics,
        first,
        last,
        Filters.of(parameters.array("filtering"), level, only_ids=is_task),
        order_field,
        parameters.choice("order_type", ("ASC", "DESC"), "DESC") == "DESC",
        is_multiple,
        is_multiple and parameters.flag("multi_adv_report_in_utc_time"),
    )


def _advertisers(parameters: Parameters) -> tuple[tuple[str, ...], bool]:
    given = [name for name in ("advertiser_id", "advertiser_ids", "bc_id") if parameters.has(name)]
    if not given:
        raise invalid("advertiser_id: Missing data for required field.")
    if len(given) > 1:
        raise invalid(f"{', '.join(given)}: Only one of them can be used.")
    if given == ["bc_id"]:
        raise invalid("bc_id: Only with report_type BC.")
    if given == ["advertiser_id"]:
        return (parameters.text("advertiser_id"),), False
    ids = parameters.names("advertiser_ids")
    if not 1 <= len(ids) <= MAX_ADVERTISERS:
        raise invalid(f"advertiser_ids: Length must be between 1 and {MAX_ADVERTISERS}.")
    return tuple(ids), True


def _dimensions(parameters: Parameters, report_type: str, level: str) -> tuple[str, ...]:
    names = parameters.names("dimensions")
    if not names:
        raise invalid("dimensions: Missing data for required field.")
    ids = [name for name in names if name in ID_OF_LEVEL.values()]
    times = [name for name in names if name in (DAY_GRAIN, HOUR_GRAIN)]
    breakdowns = {name for name in names if name in BREAKDOWNS or name == COUNTRY}
    others = sorted(set(names) - {*ids, *times, *breakdowns})
    if others and not set(others) <= _BREAKDOWNS_ELSEWHERE:
        raise invalid(f"dimensions: Invalid dimension fields: {', '.join(others)}.")
    if others or len(ids) > 1 or len(times) > 1:
        raise invalid("dimensions: The combination of dimensions is not supported.")
    if ids and ids != [ID_OF_LEVEL[level]]:
        raise invalid(f"dimensions: {ids[0]} conflicts with data_level {level}.")
    _check_breakdowns(breakdowns, report_type, is_hourly=HOUR_GRAIN in times)
    return tuple(names)


def _check_breakdowns(breakdowns: set[str], report_type: str, *, is_hourly: bool) -> None:
    """Basic reports know countries only, audience reports no hours; only age and gender go together."""
    if report_type == "AUDIENCE" and not breakdowns:
        raise invalid("dimensions: An AUDIENCE report needs an audience dimension.")
    is_at_home = breakdowns <= {COUNTRY} if report_type == "BASIC" else not is_hourly
    if not is_at_home or (len(breakdowns) > 1 and breakdowns != {"age", "gender"}):
        named = ", ".join(sorted(breakdowns))
        raise invalid(f"dimensions: {named} conflicts with the other dimensions or report_type {report_type}.")


def _metrics(parameters: Parameters, level: str, *, is_by_entity: bool) -> tuple[str, ...]:
    names = parameters.names("metrics") or list(DEFAULT_METRICS)
    if len(names) > MAX_METRICS:
        raise invalid(f"metrics: At most {MAX_METRICS} metrics.")
    unknown = sorted(name for name in names if name not in METRICS and name not in ALL_ATTRIBUTES)
    if unknown:
        raise invalid(f"metrics: Invalid metric fields: {', '.join(unknown)}.")
    known = ATTRIBUTES[level] if is_by_entity else ATTRIBUTES["AUCTION_ADVERTISER"]
    conflicting = sorted(name for name in names if name in ALL_ATTRIBUTES and name not in known)
    if conflicting:
        raise invalid(f"metrics: {', '.join(conflicting)} conflict with data_level {level} or the dimensions.")
    return tuple(names)


def _range(parameters: Parameters, dimensions: tuple[str, ...], *, is_task: bool) -> tuple[int, int]:
    grain: Any = next((name for name in dimensions if name in (DAY_GRAIN, HOUR_GRAIN)), NO_GRAIN)
    # Older clients say lifetime.
    if parameters.flag("query_lifetime") or parameters.flag("lifetime"):
        if grain:
            raise invalid(f"query_lifetime: Conflicts with the dimension {grain}.")
        return _EVER
    first, last = day_number(parameters.day("start_date")), day_number(parameters.day("end_date"))
    if last < first:
        raise invalid("end_date: Must not be before start_date.")
    most = MAX_DAYS[grain]
    if last - first >= most and not is_task:
        raise invalid(f"start_date: The time span must not exceed {most} day{'s' if most > 1 else ''}.")
    return first, last
