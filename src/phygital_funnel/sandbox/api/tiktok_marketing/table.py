"""The rows of a report: what was delivered by entity and time, with every metric as numbers and as text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import orjson

from phygital_funnel.sandbox.api.fragments import fragment
from phygital_funnel.sandbox.api.tiktok_marketing.metrics import METRICS, Floats, written

MICRO = 1_000_000
_WRITTEN_KEPT = 8
"""Selections of columns that are kept as JSON; readers ask for the same few again and again."""


class Rows(Protocol):
    """Rows of a report by column."""

    def __len__(self) -> int: ...

    def numbers(self, name: str) -> Floats:
        """A metric's numbers; NaN where it is not available."""
        ...

    def texts(self, name: str) -> Sequence[str]:
        """A metric, an attribute or a dimension as the platform writes it."""
        ...


@dataclass
class Table:
    """The rows of one advertiser.

    Args:
        counts: by name, a number for each row.
        reach: gives the people reached for each row, NaN where that is not yet known; asked at most once.
        is_settled: for each row, whether figures that take 16 hours are known.
        exponent: decimal places of the account's currency.
        labels: attributes and dimensions by name, a text for each row.
    """

    counts: dict[str, Floats]
    reach: Callable[[], Floats]
    is_settled: npt.NDArray[np.bool_]
    exponent: int
    labels: Callable[[str], list[str]]
    _numbers: dict[str, Floats] = field(default_factory=dict)
    _texts: dict[str, list[str]] = field(default_factory=dict)
    _written: dict[tuple[tuple[str, ...], tuple[str, ...]], list[orjson.Fragment]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.is_settled)

    def numbers(self, name: str) -> Floats:
        """A metric's numbers; NaN where it is not available."""
        if name not in self._numbers:
            self._numbers[name] = self._computed(name)
        return self._numbers[name]

    def texts(self, name: str) -> Sequence[str]:
        """A metric, an attribute or a dimension as the platform writes it."""
        if name not in self._texts:
            metric = METRICS.get(name)
            self._texts[name] = written(metric, self.numbers(name), self.exponent) if metric else self.labels(name)
        return self._texts[name]

    def written(self, dimensions: tuple[str, ...], metrics: tuple[str, ...]) -> list[orjson.Fragment]:
        """Each row as JSON; made once, because pages of the same rows are asked for again and again."""
        key = (dimensions, metrics)
        if key not in self._written:
            columns = [list(zip(*map(self.texts, names), strict=True)) for names in key]
            rows = [
                fragment(
                    {
                        "dimensions": dict(zip(dimensions, of_dimensions, strict=True)),
                        "metrics": dict(zip(metrics, of_metrics, strict=True)),
                    }
                )
                for of_dimensions, of_metrics in zip(*columns, strict=True)
            ]
            if len(self._written) >= _WRITTEN_KEPT:
                self._written.clear()
            self._written[key] = rows
            return rows
        return self._written[key]

    def total(self, rows: Any, reach: Callable[[], Floats]) -> "Table":
        """One row: the sum of some rows; people are counted anew."""
        counts = {name: np.array([np.nansum(values[rows])]) for name, values in self.counts.items()}
        settled = np.array([bool(self.is_settled[rows].any())])
        return Table(counts, reach, settled, self.exponent, lambda name: ["-"])

    def _computed(self, name: str) -> Floats:
        if name == "reach":
            # People who have not been counted yet are none; readers expect numbers here.
            people: Floats = np.minimum(np.nan_to_num(self.reach()), self.counts["impressions"])
            return people
        if name == "shopping_value":
            value: Floats = self.counts["value_minor"] / 10**self.exponent
            return value
        if name in self.counts:
            return self.counts[name]
        metric = METRICS[name]
        values = metric.compute(self.numbers)
        return np.where(self.is_settled, values, 0.0) if metric.is_unique else values


@dataclass
class Stack:
    """The rows of several advertisers, one after the other."""

    tables: list[Table]

    def __len__(self) -> int:
        return sum(len(table) for table in self.tables)

    def numbers(self, name: str) -> Floats:
        """A metric's numbers; NaN where it is not available."""
        if len(self.tables) == 1:
            return self.tables[0].numbers(name)
        return np.concatenate([table.numbers(name) for table in self.tables])

    def texts(self, name: str) -> Sequence[str]:
        """A metric, an attribute or a dimension as the platform writes it."""
        if len(self.tables) == 1:
            return self.tables[0].texts(name)
        return [text for table in self.tables for text in table.texts(name)]

    def written(self, dimensions: tuple[str, ...], metrics: tuple[str, ...]) -> list[orjson.Fragment]:
        """Each row as JSON."""
        if len(self.tables) == 1:
            return self.tables[0].written(dimensions, metrics)
        return [row for table in self.tables for row in table.written(dimensions, metrics)]
