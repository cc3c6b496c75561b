"""The truncation guard: an extraction with far fewer rows than its predecessor is held until a person accepts it.

A platform that answers with half of the rows looks like a platform that withdrew the other half. Rows are withdrawn by
restatements too, but a few at a time, so a fall to half or less is put before a person instead of being published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from phygital_funnel.landing.manifest import Manifest
from phygital_funnel.sources.stream import Coverage, Window

LEAST_SHARE = 0.5
"""Half of a file, or one of two pages; restatements withdraw a few per cent."""
FEWEST_ROWS = 20
"""Below this, halving is everyday business: an advertiser pauses three of its five ads."""
FEWEST_TO_VANISH = 3
"""From here on, an answer without any row is doubted: what was reported once is restated, not taken back whole."""


@dataclass(frozen=True)
class _Fall:
    """A fall in the number of rows of the same thing; ``is_whole`` when that is all the extraction brought."""

    of: str
    before: int
    now: int
    is_whole: bool = True

    @property
    def is_doubtful(self) -> bool:
        has_vanished = self.is_whole and self.now == 0 and self.before >= FEWEST_TO_VANISH
        return has_vanished or (self.before >= FEWEST_ROWS and self.now <= self.before * LEAST_SHARE)

    def __str__(self) -> str:
        return f"{self.now:,} rows for {self.of}, of which an earlier extraction brought {self.before:,}."


def doubt(manifest: Manifest, earlier: Iterable[Manifest]) -> str:
    """Why an extraction should be held, or nothing.

    Windows are compared by the days that an earlier one covers too, in sum and day by day; snapshots by their totals.
    A feed of changes is not judged: it is asked for by the time of the last update, and a row that is updated again
    leaves the window it was in, so an old window rightly shrinks, down to nothing.

    Args:
        manifest: the extraction that is about to be landed.
        earlier: usable extractions of the stream, oldest first; held ones must not be among them, or a truncated
            extraction would become the measure of the next one.
    """
    if not manifest.is_complete or manifest.coverage is Coverage.CHANGES:
        return ""
    like = [
        older for older in earlier
        if older.is_complete and (older.account, older.part) == (manifest.account, manifest.part)
    ]  # fmt: skip
    falls = _of_snapshot(manifest, like) if manifest.coverage is Coverage.SNAPSHOT else _of_window(manifest, like)
    return next((str(fall) for fall in falls if fall.is_doubtful), "")


def _of_snapshot(manifest: Manifest, earlier: list[Manifest]) -> list[_Fall]:
    return [_Fall("everything", earlier[-1].row_count, manifest.row_count)] if earlier else []


def _of_window(manifest: Manifest, earlier: list[Manifest]) -> list[_Fall]:
    before = _newest_by_day(manifest, earlier)
    falls = [_Fall(day, rows, manifest.rows_by_day.get(day, 0), is_whole=False) for day, rows in sorted(before.items())]
    if falls:
        days = f"the {len(falls)} days {falls[0].of} to {falls[-1].of}"
        falls.insert(0, _Fall(days, sum(fall.before for fall in falls), sum(fall.now for fall in falls)))
    # Rows whose dates cannot be told apart are in no day, so the same window is compared as a whole as well.
    asked = (manifest.window_from, manifest.window_to)
    same = [older for older in earlier if (older.window_from, older.window_to) == asked]
    if same:
        falls.insert(0, _Fall("the same window", same[-1].row_count, manifest.row_count))
    return falls


def _newest_by_day(manifest: Manifest, earlier: list[Manifest]) -> Mapping[str, int]:
    """Rows of each day of the window as the newest earlier extraction that covers the day brought them."""
    asked = manifest.window
    missing = {day.isoformat() for day in asked.days()} if asked else set()
    found: dict[str, int] = {}
    for older in reversed(earlier):
        if not asked or not missing:
            break
        if _meets(older, asked) and (older.rows_by_day or not older.row_count):
            covered = missing.intersection(day.isoformat() for day in older.window.days()) if older.window else set()
            found |= {day: older.rows_by_day.get(day, 0) for day in covered}
            missing -= covered
    return found


def _meets(older: Manifest, asked: Window) -> bool:
    """Whether the windows share a day; asked of every extraction there was, so it makes no Window of its own."""
    start, end = older.window_from, older.window_to
    return start is not None and end is not None and start <= asked.end and asked.start <= end
