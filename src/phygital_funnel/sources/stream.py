"""What a stream is: its columns, its key, and how an extraction of it covers what was known before."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from phygital_funnel.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

METADATA_COLUMNS = ("_account", "_part", "_row", "_manifest_id", "_extracted_at", "_extra", "_reject")


class Coverage(StrEnum):
    """How far one complete extraction replaces what was known (ledger-rules 2)."""

    WINDOW = "window"
    """Everything whose date lies in the window asked for, within the account and part."""
    SNAPSHOT = "snapshot"
    """Everything of the account and part."""
    CHANGES = "changes"
    """Only the scopes (orders, clicks...) it holds: a feed of changes, where absence says nothing."""


@dataclass(frozen=True)
class Window:
    """Dates asked for, both included, in the source's own zone."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ConfigError(f"The window ends ({self.end}) before it starts ({self.start}).")

    def reaching_back(self, days: int) -> "Window":
        """The window that ends on the same day and re-reads at least ``days`` days."""
        return Window(min(self.start, self.end - timedelta(days=max(days, 1) - 1)), self.end)

    def split(self, days: int) -> list["Window"]:
        """Consecutive windows of at most ``days`` days."""
        windows = []
        start = self.start
        while start <= self.end:
            end = min(self.end, start + timedelta(days=days - 1))
            windows.append(Window(start, end))
            start = end + timedelta(days=1)
        return windows

    def covers(self, other: "Window") -> bool:
        """Whether every date of ``other`` is in this window."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Stream:
    """A landed stream. All its columns are text, as the wire gave them.

    Args:
        source: for example ``tiktok_ads``.
        name: for example ``ad_report_daily``.
        columns: landed column names, snake_case forms of the wire's names.
        key: natural key of a row.
        coverage: what a complete extraction replaces.
        scope: columns an extraction replaces as one: the date column for WINDOW, the changed thing for CHANGES.
        required: columns without which a file or report is refused; the key when empty.
        reread_days: how many days a run re-reads, because the platform restates them.
    """

    source: str
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    coverage: Coverage
    scope: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    reread_days: int = 1

    @property
    def relation(self) -> str:
        """Name of its raw relation."""
        return f"{self.source}__{self.name}"

    def missing(self, found: Iterable[str]) -> list[str]:
        """Required columns that are not among ``found``."""
        return sorted(set(self.required or self.key) - set(found))


@dataclass(frozen=True)
class Extraction:
    """What one read of a stream brought: the rows of one account, part and window.

    Args:
        stream: what was read.
        rows: one mapping per row, keyed by column, values as text, None, or anything JSON can hold; or a table of the
            stream's columns with ``_extra`` and ``_reject``.
        account: advertiser, profile, marketplace, or file name.
        part: subdivision of the account that is covered on its own, for example the report level.
        window: dates asked for; None when the stream has none.
        pages: pages or files read.
        request_ids: the platform's ids of the requests.
        checksum: digest of the file, for file drops.
        is_complete: False when something is known to be missing; a partial extraction replaces nothing.
    """

    stream: Stream
    rows: "list[dict[str, Any]] | pa.Table"
    account: str = ""
    part: str = ""
    window: Window | None = None
    pages: int = 1
    request_ids: tuple[str, ...] = ()
    checksum: str = ""
    is_complete: bool = True


def snake_case(name: str) -> str:
    """Column name of a wire name: ``adGroupId`` becomes ``ad_group_id`` and ``Click-throughs`` ``click_throughs``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^0-9a-zA-Z]+", "_", words).strip("_").lower()
