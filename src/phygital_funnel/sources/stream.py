"""What a stream is: its columns, its key, what its figures mean, and how an extraction of it covers what was known."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from phygital_funnel.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

METADATA_COLUMNS = ("_account", "_part", "_row", "_manifest_id", "_extracted_at", "_extra", "_reject")
SATURDAY = 5


class Coverage(StrEnum):
    """How far one complete extraction replaces what was known (ledger-rules 2)."""

    WINDOW = "window"
    """Everything whose date lies in the window asked for, within the account and part."""
    SNAPSHOT = "snapshot"
    """Everything of the account and part."""
    CHANGES = "changes"
    """Only the scopes (orders, clicks...) it holds: a feed of changes, where absence says nothing."""


class Cadence(StrEnum):
    """How often a stream is extracted (api-contracts 13)."""

    INTRADAY = "every 3 hours"
    DAILY = "daily"
    WEEKLY = "weekly"


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

    def split_at_fixed_dates(self, days: int) -> list["Window"]:
        """Consecutive windows of at most ``days`` days; more than one are cut at dates that do not depend on it.

        So a long window that is asked for again a day later has all but its first and last pieces in common with the
        one before, and its extraction can be taken up.
        """
        if len(self.days()) <= days:
            return [self]
        first = Window(self.start, self.start + timedelta(days=days - 1 - self.start.toordinal() % days))
        return [first, *Window(first.end + timedelta(days=1), self.end).split(days)]

    def covers(self, other: "Window") -> bool:
        """Whether every date of ``other`` is in this window."""
        return self.start <= other.start and other.end <= self.end

    def days(self) -> list[date]:
        """Every date of the window, oldest first."""
        return [self.start + timedelta(days=number) for number in range((self.end - self.start).days + 1)]


@dataclass(frozen=True)
class Reread:
    """How a run's window becomes the windows that are asked for.

    Args:
        days: days a run re-reads, because the platform restates them.
        weekly_days: days that a run whose window holds a Saturday re-reads.
        per_request: most days the platform answers at once; 0 for no limit.
        history_days: days the platform keeps; older ones are not asked for. 0 for ever.
    """

    days: int = 1
    weekly_days: int = 0
    per_request: int = 0
    history_days: int = 0

    def windows(self, asked: Window, today: date) -> list[Window]:
        """The windows to ask for, oldest first; one that lies wholly before the kept history is asked for as it is."""
        is_weekly = any(day.weekday() == SATURDAY for day in asked.days()[-7:])
        back = max(self.days, self.weekly_days if is_weekly else 0)
        window = asked.reaching_back(back)
        oldest = today - timedelta(days=self.history_days - 1) if self.history_days else date.min
        if oldest <= window.end:
            window = Window(max(window.start, oldest), window.end)
        return window.split_at_fixed_dates(self.per_request) if self.per_request else [window]


@dataclass(frozen=True)
class Meaning:
    """What an analyst must know of a stream's figures; the matrix of docs/platforms.md shows it.

    Args:
        grain: what one row is, for example ``ad x day``.
        zone: whose days its dates are: ``UTC``, ``ad account``, ``profile``, ``marketplace``, or ``none``.
        currency: where the currency of its amounts is found, or ``none``.
        dated_on: what its date is the date of, for example ``ad interaction``.
        not_additive: figures that must not be summed, and why; empty when all can be.
    """

    grain: str
    zone: str = "none"
    currency: str = "none"
    dated_on: str = "none"
    not_additive: str = ""


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
        required: columns every page must hold; the key when empty.
        numbers: columns that are JSON numbers on the wire.
        flags: columns that are JSON booleans on the wire.
        nested: columns that are JSON objects or arrays on the wire; landed as JSON text.
        untyped: columns whose type on the wire varies.
        reread: which windows a run asks for.
        cadence: how often it is extracted.
        due_days: days by which its newest window may end, or its list may have been read, before a build; past them it
            is stale and a release warns, past twice as many a release is blocked, where the stream is an API's. It
            allows for the platform's delay and two runs that were missed: a build reads what the day's run has
            landed, however often the stream is extracted. A table that is dropped as a file does not age.
        request: how the source's extractor asks for it: endpoint and page style, in the source's own terms.
        meaning: what its figures mean.
    """

    source: str
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    coverage: Coverage
    scope: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()
    untyped: tuple[str, ...] = ()
    reread: Reread = Reread()
    cadence: Cadence = Cadence.DAILY
    due_days: int = 3
    request: Any = field(default=None, compare=False)
    meaning: Meaning = Meaning("row")

    @property
    def relation(self) -> str:
        """Name of its raw relation."""
        return f"{self.source}__{self.name}"

    def missing(self, found: Iterable[str]) -> list[str]:
        """Required columns that are not among ``found``."""
        return sorted(set(self.required or self.key) - set(found))


@dataclass(frozen=True)
class Page:
    """One page of an answer.

    Args:
        rows: one mapping per row, keyed by column, values as the wire gave them; or a table of the stream's columns
            with ``_extra`` and ``_reject``.
        request_id: the platform's id of the request.
        cursor: where the next page begins, as anything JSON can hold; None where reading cannot be taken up again.
    """

    rows: "list[dict[str, Any]] | pa.Table"
    request_id: str = ""
    cursor: Any = None


@dataclass(frozen=True)
class Extraction:
    """One read of a stream: the rows of one account, part and window. Nothing is asked for until it is landed.

    Args:
        stream: what is read.
        pages: reads the pages, from the first one when given None, else from the cursor of an earlier page.
        account: advertiser, profile, marketplace, or file name.
        part: subdivision of the account that is covered on its own, for example the report level.
        window: dates asked for; None when the stream has none.
        checksum: digest of the file, for file drops.
        is_complete: False when something is known to be missing; a partial extraction replaces nothing.
        on_landed: called once the rows are committed, for example to forget a report's id.
    """

    stream: Stream
    pages: Callable[[Any], Iterator[Page]] = field(repr=False)
    account: str = ""
    part: str = ""
    window: Window | None = None
    checksum: str = ""
    is_complete: bool = True
    on_landed: Callable[[], None] = field(default=lambda: None, repr=False)

    @classmethod
    def of_rows(
        cls, stream: Stream, rows: "list[dict[str, Any]] | pa.Table", account: str = "", **rest: Any
    ) -> "Extraction":
        """An extraction whose rows are at hand, as one page."""
        return cls(stream, lambda cursor: iter((Page(rows),)), account, **rest)


def snake_case(name: str) -> str:
    """Column name of a wire name: ``adGroupId`` becomes ``ad_group_id`` and ``Click-throughs`` ``click_throughs``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^0-9a-zA-Z]+", "_", words).strip("_").lower()
