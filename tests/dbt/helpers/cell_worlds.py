"""Small worlds of cells, made by a chooser: hypothesis draws and shrinks them, a generator makes thousands."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from cell_oracle import LOOK_BACK, Claim, Click, Line, World

Choose = Callable[[Sequence[Any]], Any]
"""Takes one of several; the first is the simplest."""
MICROSECOND = timedelta(microseconds=1)
# The zones end a day at different instants, and London's 25 October has 25 hours.
ZONES = ("UTC", "Europe/London", "America/Los_Angeles", "Asia/Tokyo")
DAYS = tuple(date(2026, 10, day) for day in (25, 25, 25, 26, 24, 27))
CLOCKS = (
    timedelta(hours=12),
    timedelta(hours=12),
    timedelta(hours=12),
    timedelta(),
    timedelta(hours=24) - MICROSECOND,
    timedelta(hours=7),
    timedelta(minutes=30),
)
ASINS = ("A1", "A1", "A1", "A1", "A1", "A2", "A9")
TAGS = ("g1", "g1", "g1", "g2", "g2", "g:2026-10-25", "g|é/%3A", "unregistered")
CREATIVES = (None, "x", "x:y", "unallocated", "%3A")
CREATORS = ("ann", "bob")
STATUSES = ("confirmed", "confirmed", "confirmed", "pending", "cancelled", "refunded")
AGES = (
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(),
    -MICROSECOND,
    LOOK_BACK,
    LOOK_BACK - MICROSECOND,
    timedelta(days=3),
)


def make_world(choose: Choose) -> World:
    """A world of a few orders and claims around one weekend."""
    lines = tuple(line for number in range(choose((0, 1, 2, 4, 8, 10, 12))) for line in _order(choose, number))
    claims = {
        (claim.asin, claim.day, claim.ad_group): claim
        for claim in (
            Claim(choose(ASINS), choose(DAYS), choose(TAGS), choose((1, 0, 2, 5)), choose((0, 0, 1, 3)))
            for _ in range(choose(range(6)))
        )
    }
    creatives = {
        (tag, day, creative): (tag, day, creative, choose((1, 0, 2, 7)))
        for tag, day, creative in (
            (choose(TAGS), choose(DAYS), choose(CREATIVES)) for _ in range(choose((0, 1, 2, 3, 5, 8)))
        )
    }
    return World(
        choose(ZONES),
        lines,
        tuple(claims.values()),
        tuple(_click(choose, number, lines) for number in range(choose(range(5)) if lines else 0)),
        tuple(creatives.values()),
        frozenset((choose(TAGS), choose(CREATORS)) for _ in range(choose((0, 1, 2, 4, 6)))),
        frozenset(choose(TAGS[2:6]) for _ in range(choose((0, 0, 0, 1)))),
    )


def _order(choose: Choose, number: int) -> list[Line]:
    order_id = f"{choose('oÖ🎵')}{number}"
    converted_at = datetime.combine(choose(DAYS), datetime.min.time()) + choose(CLOCKS)
    person = choose((None, None, "p1", "p1", "p2"))
    has_path = person is not None and choose((True, False))
    return [
        Line(
            f"{choose('cZ|')}{number}.{ordinal}",
            order_id,
            choose(ASINS[:6]),
            converted_at,
            status := choose(STATUSES),
            0 if status in ("cancelled", "refunded") else choose((100, 99, 0, 1, None)),
            person,
            has_path,
            choose((None, None, None, *CREATORS)),
        )
        for ordinal in range(choose((1, 1, 2, 3)))
    ]


def _click(choose: Choose, number: int, lines: Sequence[Line]) -> Click:
    at = choose(lines).converted_at - choose(AGES)
    return Click(
        f"k{choose('aZ')}{number}", choose(("p1", "p1", "p2")), at, choose((*TAGS, None)), choose((True, True, False))
    )
