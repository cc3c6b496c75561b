"""Reads the streams of the Selling Partner API for one marketplace."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, time, timedelta

import pyarrow as pa

from phygital_funnel import clock
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_seller.client import AmazonReports
from phygital_funnel.sources.amazon_seller.streams import ORDER_LINES
from phygital_funnel.sources.files import read_file
from phygital_funnel.sources.stream import Extraction, Stream, Window

ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
LONGEST_RANGE_DAYS = 30


class AmazonSellerExtractor:
    """Reads any stream of the source."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one marketplace; the window is one of last updates, in UTC.

        Raises:
            SourceError: nothing of the failing report may be landed.
        """
        with closing(AmazonReports(self._settings, account)) as reports:
            yield from self._extract(reports, stream, account, window)

    def close(self) -> None:
        """Nothing stays open between two marketplaces."""

    def _extract(self, reports: AmazonReports, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        for part in window.reaching_back(stream.reread_days).split(LONGEST_RANGE_DAYS):
            start = datetime.combine(part.start, time.min, UTC)
            end = min(datetime.combine(part.end, time.min, UTC) + timedelta(days=1), clock.now())
            if start >= end:  # a window of the future holds nothing yet, and says nothing
                continue
            with reports.report(ALL_ORDERS, start, end) as (path, report_id):
                rows = [] if path is None else _with_marketplace(read_file(path, stream, quoted=False), account)
            yield Extraction(stream, rows, account, window=part, request_ids=(report_id,))


def _with_marketplace(rows: pa.Table, marketplace_id: str) -> pa.Table:
    position = rows.schema.get_field_index("marketplace_id")
    return rows.set_column(position, ORDER_LINES.columns[0], pa.array([marketplace_id] * rows.num_rows, pa.string()))
