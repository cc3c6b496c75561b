"""Reports: the rows that a query matches, put in order, and written as the platform writes them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_marketing.entities import Entities
from phygital_funnel.sandbox.api.tiktok_marketing.metrics import METRICS
from phygital_funnel.sandbox.api.tiktok_marketing.parameters import page_info
from phygital_funnel.sandbox.api.tiktok_marketing.query import ReportQuery
from phygital_funnel.sandbox.api.tiktok_marketing.table import Stack, Table
from phygital_funnel.sandbox.api.tiktok_marketing.tables import Tables
from phygital_funnel.sandbox.api.tiktok_marketing.view import LEVELS_WITHOUT_ADS, NO_GRAIN, View

AD_LIMIT = 20_000
"""Matching ads beyond this many, oldest first, are left out, and a header says so."""


@dataclass(frozen=True)
class Found:
    """The rows that a query matches.

    Args:
        query: what was asked.
        rows: of all advertisers.
        order: positions among them, filtered and sorted.
        views: what the rows show; one for each advertiser and group of people.
        is_truncated: whether ads were left out.
    """

    query: ReportQuery
    rows: Stack
    order: Any
    views: list[View]
    is_truncated: bool


class Reports:
    """Answers report queries."""

    def __init__(self, sandbox: Sandbox, entities: Entities, tables: Tables) -> None:
        self._sandbox = sandbox
        self._entities = entities
        self._tables = tables

    def find(self, query: ReportQuery) -> Found:
        """The rows of a query, as reported now."""
        views, is_truncated = [], False
        for advertiser_id in query.advertisers:
            sources, was_cut = self._sources(query, advertiser_id)
            is_truncated |= was_cut
            market = self._entities.market(advertiser_id)
            views += [
                View(
                    market,
                    query.level,
                    sources,
                    query.first,
                    query.last,
                    query.grain,
                    query.is_by_entity,
                    query.is_in_utc,
                    group,
                )
                for group in self._tables.audience.groups(market, query.breakdowns)
            ]
        rows = Stack([self._tables.table(view) for view in views])
        kept = query.filters.kept(rows)
        order = _sorted(query, rows, np.arange(len(rows)) if kept is None else kept)
        return Found(query, rows, order, views, is_truncated)

    def page(self, found: Found, page: int, size: int) -> dict[str, Any]:
        """One page as the ``data`` of an answer."""
        written = found.rows.written(found.query.dimensions, found.query.metrics)
        rows = [written[n] for n in found.order[(page - 1) * size : page * size].tolist()]
        return {"list": rows, "page_info": page_info(page, size, len(found.order))}

    def total(self, found: Found) -> dict[str, str]:
        """The metrics over all matching rows, attributes left out."""
        names = [name for name in found.query.metrics if name in METRICS]
        overall = [replace(view, grain=NO_GRAIN, is_by_entity=False) for view in found.views]
        start, totals = 0, []
        for table, view in zip(found.rows.tables, overall, strict=True):
            mine = found.order[(found.order >= start) & (found.order < start + len(table))] - start
            start += len(table)
            totals.append(table.total(mine, self._people(view)))
        summed = _added(totals)
        return {name: summed.texts(name)[0] for name in names}

    def lines(self, found: Found) -> Iterable[tuple[str, ...]]:
        """All matching rows, dimensions first."""
        return _columns(found.rows, (*found.query.dimensions, *found.query.metrics), found.order)

    def _people(self, view: View) -> Any:
        return lambda: np.append(self._tables.table(view).numbers("reach"), 0.0)[:1]

    def _sources(self, query: ReportQuery, advertiser_id: str) -> tuple[tuple[int, ...], bool]:
        sources = self._tables.delivery.sources
        is_ad_level = query.level == "AUCTION_AD"
        chosen = [
            number
            for number, row in enumerate(sources.rows)
            if row["advertiser_id"] == advertiser_id
            and (sources.is_ad(number) or query.level in LEVELS_WITHOUT_ADS)
            and self._entities.is_reported(row)
            and not (
                is_ad_level and not query.filters.shows_deleted and self._entities.is_deleted(row, self._sandbox.now)
            )
            and query.filters.accepts(row)
        ]
        if not is_ad_level or len(chosen) <= AD_LIMIT:
            return tuple(chosen), False
        newest = sorted(chosen, key=lambda number: str(sources.rows[number]["ad_id"]), reverse=True)[:AD_LIMIT]
        return tuple(sorted(newest)), True


def _sorted(query: ReportQuery, rows: Stack, positions: Any) -> Any:
    if not query.order_field:
        return positions
    if query.order_field in METRICS:
        values = rows.numbers(query.order_field)[positions]
        keys = -values if query.is_descending else values
        return positions[np.argsort(np.where(np.isnan(keys), np.inf, keys), kind="stable")]
    texts = rows.texts(query.order_field)
    return np.array(sorted(positions.tolist(), key=texts.__getitem__, reverse=query.is_descending), dtype=np.int64)


def _columns(rows: Stack, names: tuple[str, ...], order: Any) -> Iterable[tuple[str, ...]]:
    positions = order.tolist()
    columns = [rows.texts(name) for name in names]
    return zip(*([column[n] for n in positions] for column in columns), strict=True)


def _added(totals: list[Table]) -> Table:
    if len(totals) == 1:
        return totals[0]
    names = {name for table in totals for name in table.counts}
    counts = {name: sum(table.counts.get(name, np.zeros(1)) for table in totals) for name in names}
    reach = np.nansum([table.reach() for table in totals], axis=0)
    settled = np.array([any(bool(table.is_settled[0]) for table in totals)])
    exponent = max(table.exponent for table in totals)
    return Table(
        {name: np.asarray(values) for name, values in counts.items()},
        lambda: reach,
        settled,
        exponent,
        lambda name: ["-"],
    )
