"""The filtering of a report: on ids and states, on names, and on the metrics of the finished rows."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from phygital_funnel.sandbox.api.tiktok_marketing.metrics import METRICS
from phygital_funnel.sandbox.api.tiktok_marketing.parameters import Parameters, invalid, json_of
from phygital_funnel.sandbox.api.tiktok_marketing.table import Rows

MAX_IDS = 20_000
LISTS, COMPARISONS = ("IN", "NOT_IN", "CONTAIN_ANY_OF"), ("GREATER_EQUAL", "GREATER_THAN", "LOWER_EQUAL", "LOWER_THAN")
TYPES = (*LISTS, *COMPARISONS, "MATCH", "BETWEEN")
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "GREATER_EQUAL": operator.ge,
    "GREATER_THAN": operator.gt,
    "LOWER_EQUAL": operator.le,
    "LOWER_THAN": operator.lt,
}
_IDS = {"campaign_ids": "campaign_id", "adgroup_ids": "adgroup_id", "ad_ids": "ad_id"}
_NAMES = {"campaign_name", "adgroup_name", "ad_name"}
_STATES = {"campaign_status", "adgroup_status", "ad_status"}
_DEPTH = ("AUCTION_ADVERTISER", "AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD")
_LEAST_DEPTH = {"campaign": 1, "adgroup": 2, "ad": 3}

Row = dict[str, Any]


@dataclass
class Filters:
    """All filters of a report.

    Args:
        shows_deleted: whether deleted ads are in it.
        of_source: conditions on an ad's row.
        of_row: conditions on a finished row's metric: name and comparison.
    """

    shows_deleted: bool = False
    of_source: list[Callable[[Row], bool]] = field(default_factory=list)
    of_row: list[tuple[str, Callable[[Any], Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, entries: list[Any], level: str, *, only_ids: bool = False) -> "Filters":
        """The filters of a request.

        Args:
            entries: objects of field_name, filter_type and filter_value, whose value is JSON text.
            level: data level of the report.
            only_ids: refuse everything but ids and states.

        Raises:
            Refused: a filter is not one.
        """
        filters = cls()
        for entry in entries:
            if not isinstance(entry, dict):
                raise invalid("filtering: Not a valid object.")
            parameters = Parameters(entry, is_query=False)
            name, kind = parameters.required("field_name"), parameters.choice("filter_type", TYPES)
            value = json_of("filtering: filter_value", parameters.required("filter_value"))
            if only_ids and name not in _IDS and name not in _STATES:
                raise invalid(f"filtering: field_name {name!r} is not supported.")
            filters._add(name, kind, value, level)
        return filters

    def accepts(self, source: Row) -> bool:
        """Whether an ad's row passes."""
        return all(condition(source) for condition in self.of_source)

    def kept(self, rows: Rows) -> npt.NDArray[np.int64] | None:
        """Positions of the rows that pass; None when all do without a look."""
        if not self.of_row:
            return None
        keeps = np.ones(len(rows), dtype=bool)
        for name, condition in self.of_row:
            keeps &= condition(rows.numbers(name))  # a comparison with NaN is False
        return np.flatnonzero(keeps)

    def _add(self, name: str, kind: str, value: Any, level: str) -> None:
        if name in _STATES:
            self._add_state(name, kind, value)
        elif name in _IDS:
            _check_level(name, level)
            self.of_source.append(_in_list(_IDS[name], kind, _texts(name, kind, value)))
        elif name in _NAMES:
            _check_level(name, level)
            self.of_source.append(_on_name(name, kind, value))
        elif name in METRICS:
            self.of_row.append((name, _comparison(name, kind, value)))
        else:
            raise invalid(f"filtering: field_name {name!r} is not supported.")

    def _add_state(self, name: str, kind: str, value: Any) -> None:
        # Ads are the only things here that get deleted.
        states = _texts(name, kind, value)
        if name == "ad_status" and kind != "NOT_IN":
            self.shows_deleted |= bool({"STATUS_ALL", "STATUS_DELETE"} & states)
            if states == {"STATUS_DELETE"}:
                self.of_source.append(lambda row: row["deleted_at"] is not None)


def _check_level(name: str, level: str) -> None:
    if _DEPTH.index(level) < _LEAST_DEPTH[name.split("_")[0]]:
        raise invalid(f"filtering: {name} conflicts with data_level {level}.")


def _texts(name: str, kind: str, value: Any) -> set[str]:
    if kind not in LISTS:
        raise invalid(f"filtering: {name} cannot be filtered with {kind}.")
    if not isinstance(value, list) or not all(isinstance(one, str | int) for one in value):
        raise invalid("filtering: filter_value must be the JSON text of a list.")
    if len(value) > MAX_IDS:
        raise invalid(f"filtering: At most {MAX_IDS} values.")
    return {str(one) for one in value}


def _in_list(column: str, kind: str, values: set[str]) -> Callable[[Row], bool]:
    return lambda row: (row[column] in values) != (kind == "NOT_IN")


def _on_name(name: str, kind: str, value: Any) -> Callable[[Row], bool]:
    if kind != "MATCH":
        return _in_list(name, kind, _texts(name, kind, value))
    if not isinstance(value, str):
        raise invalid("filtering: filter_value must be the JSON text of a string.")
    wanted = value.casefold()
    return lambda row: wanted in row[name].casefold()


def _comparison(name: str, kind: str, value: Any) -> Callable[[Any], Any]:
    if kind in COMPARISONS:
        number, compare = _number(name, value), _COMPARE[kind]
        return lambda numbers: compare(numbers, number)
    if kind == "BETWEEN" and isinstance(value, list) and len(value) == 2:
        low, high = (_number(name, one) for one in value)
        return lambda numbers: (numbers >= low) & (numbers <= high)
    if kind in LISTS and isinstance(value, list):
        choices = [_number(name, one) for one in value]
        return lambda numbers: np.isin(numbers, choices) != (kind == "NOT_IN")
    raise invalid(f"filtering: {name} cannot be filtered with {kind}.")


def _number(name: str, value: Any) -> float:
    # Numbers often come as text here, as they do in the report.
    try:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise invalid(f"filtering: The value for {name} must be a number.")
