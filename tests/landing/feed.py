"""A source that needs no network: pages of a daily report, as slow as wished."""

import hashlib
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from phygital_funnel.landing import Landing
from phygital_funnel.sources.stream import Coverage, Extraction, Page, Stream, Window

REPORT = Stream(
    "tiktok_ads",
    "ad_report_daily",
    columns=("advertiser_id", "ad_id", "stat_time_day", "spend"),
    key=("advertiser_id", "ad_id", "stat_time_day"),
    coverage=Coverage.WINDOW,
    scope=("stat_time_day",),
)
WEEK = Window(date(2026, 11, 1), date(2026, 11, 7))
PAGE_ROWS = 50
NOISE = "noise"
"""A value that stands for text which does not compress, so that files become large."""


def page_rows(number: int, value: str = "1", rows: int = PAGE_ROWS) -> list[dict[str, Any]]:
    """Rows of one page; every one has a key of its own."""
    return [
        {
            "advertiser_id": "7",
            "ad_id": f"{number:03}-{row:03}",
            "stat_time_day": f"2026-11-{1 + row % 7:02} 00:00:00",
            "spend": _noise(f"{number} {row}") if value == NOISE else value,
        }
        for row in range(rows)
    ]


def _noise(seed: str) -> str:
    return "".join(hashlib.sha512(f"{seed} {part}".encode()).hexdigest() for part in range(3))


class Feed:
    """Pages that can be taken up at any place; ``asked`` notes which were read."""

    def __init__(self, pages: int, *, value: str = "1", pause: float = 0.0, rows: int = PAGE_ROWS) -> None:
        self.asked: list[int] = []
        self.fails_at: dict[int, Exception] = {}
        self._pages = pages
        self._value = value
        self._pause = pause
        self._rows = rows

    def pages(self, cursor: Any) -> Iterator[Page]:
        for number in range(cursor or 0, self._pages):
            if number in self.fails_at:
                raise self.fails_at.pop(number)
            time.sleep(self._pause)
            self.asked.append(number)
            yield Page(page_rows(number, self._value, self._rows), f"request-{number}", number + 1)

    def extraction(self, account: str = "7", window: Window = WEEK, **fields: Any) -> Extraction:
        return Extraction(REPORT, self.pages, account, window=window, **fields)


def current(landing: Landing, stream: Stream = REPORT) -> list[tuple[str, str, str]]:
    """Day, ad and spend of the rows that the newest complete commit brought, read as any reader would."""
    rows = landing.snapshot(stream).to_pylist()
    return sorted((row["stat_time_day"], row["ad_id"], row["spend"]) for row in rows)
