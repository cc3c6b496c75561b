"""What the page of plots shows of a world, as rows ready to draw."""

from typing import Any

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.columns import Floats, micros_of
from phygital_funnel.sandbox.world.joins import codes_in, net_amounts, plain, rows_of
from phygital_funnel.sandbox.world.times import DAY, HOUR, Ints, day_of, micros
from phygital_funnel.sandbox.world.truth import SURFACES

Row = dict[str, Any]

VIEW_ANCHORS = ((1, 0.32), (2, 0.38), (7, 0.55), (90, 1.0))
"""Published share of a post's views after so many days."""
LAG_ANCHORS = (
    ("Amazon, clicked", 1, 0.35),
    ("Amazon, clicked", 24, 0.50),
    ("Amazon, all", 1.8 * 24, 0.50),
    ("Amazon, all", 6.75 * 24, 0.90),
    ("TikTok Shop", 0.5, 0.50),
)
"""Share of caused orders after so many hours, as published or designed."""
BASKET_BANDS = (("15 or less", 15.0), ("15 to 30", 30.0), ("30 to 60", 60.0), ("over 60", np.inf))
BASKET_ANCHORS = (0.22, 0.37, 0.52, 0.70)
"""Designed share of caused orders that settle on Amazon, by basket in US dollars."""

PLATFORMS = {"amazon": "Amazon", "tiktok_shop": "TikTok Shop"}
SURFACE_NAMES = {"ad": "Ad", "feed": "Organic feed", "live": "LIVE"}
_MATURE_DAYS = 95


def views_by_day(world: World) -> list[Row]:
    """Exposures by UTC day and surface."""
    exposures = world["exposures"]
    day = _days(world, exposures["occurred_at"])
    surface = codes_in(exposures["surface"], SURFACES)
    return [
        {"date": _date(world, n), "surface": SURFACE_NAMES[name], "views": views}
        for number, name in enumerate(SURFACES)
        for n, views in enumerate(_per_day(world, day[surface == number]))
    ]


def orders_by_day(world: World) -> list[Row]:
    """Sales by UTC day, platform and cause; the warehouse's shipments for the Shop are none."""
    orders, causes = world["orders"], world["truth_order_cause"]
    cause = codes_in(causes["cause"], ["baseline", "exposure"])[rows_of(orders["order_id"], causes["order_id"])]
    platform = codes_in(orders["platform"], list(PLATFORMS))
    day = _days(world, orders["purchased_at"])
    rows: list[Row] = []
    for number, name in enumerate(PLATFORMS.values()):
        for code, label in enumerate(("Baseline", "Caused by TikTok")):
            counts = _per_day(world, day[(platform == number) & (cause == code)])
            rows += [
                {"date": _date(world, n), "platform": name, "cause": label, "orders": count}
                for n, count in enumerate(counts)
            ]
    return rows


def lags(world: World) -> list[Row]:
    """Share of caused orders placed within so many hours of the exposure, by platform and whether it was clicked.

    Exposures of the last 30 days of the period are left out, because their later orders are not in it.
    """
    orders, causes, exposures = world["orders"], world["truth_order_cause"], world["exposures"]
    parent = causes["exposure_id"].fill_null(-1).to_numpy()
    rows = np.flatnonzero(parent >= 0)
    shown = micros_of(exposures["occurred_at"].take(pa.array(parent[rows])))
    order = rows_of(causes["order_id"].take(pa.array(rows)), orders["order_id"])
    hours = (micros_of(orders["purchased_at"])[order] - shown) / HOUR
    mature = shown < micros(world.size.first_moment) + (world.size.days - 30) * DAY
    clicked = np.isin(parent[rows], world["clicks"]["exposure_id"].to_numpy())
    amazon = codes_in(orders["platform"], ["amazon"])[order] == 0
    groups = {
        "Amazon, clicked": amazon & clicked,
        "Amazon, not clicked": amazon & ~clicked,
        "Amazon, all": amazon,
        "TikTok Shop": ~amazon,
    }
    return [row for name, chosen in groups.items() for row in _cumulated(name, hours[chosen & mature])]


def _cumulated(name: str, values: Floats) -> list[Row]:
    levels = np.linspace(0.01, 0.99, 99)
    if not len(values):
        return []
    points = np.quantile(np.maximum(values, 1 / 60), levels)
    return [
        {"group": name, "hours": hours, "share": level}
        for hours, level in zip(points.tolist(), levels.tolist(), strict=True)
    ]


def view_curve(world: World) -> list[Row]:
    """Share of the organic views of posts by age, over posts that the world saw for 95 days."""
    exposures, videos = world["exposures"], world["videos"]
    video = codes_in(exposures["video_id"], plain(videos["video_id"]))
    published = micros_of(videos["published_at"])
    start = micros(world.size.first_moment)
    seen_whole = (published >= start) & (published < start + (world.size.days - _MATURE_DAYS) * DAY)
    chosen = codes_in(exposures["surface"], ["feed"]) == 0
    chosen[chosen] = seen_whole[video[chosen]]
    rows = np.flatnonzero(chosen)
    age = (micros_of(exposures["occurred_at"])[rows] - published[video[rows]]) / DAY
    days = np.concatenate([np.linspace(0.05, 2, 40), np.linspace(2.25, _MATURE_DAYS, 372)])
    share = np.searchsorted(np.sort(age), days) / max(1, (age <= _MATURE_DAYS).sum())
    return [{"days": day, "share": min(part, 1.0)} for day, part in zip(days.tolist(), share.tolist(), strict=True)]


def share_on_amazon(world: World) -> list[Row]:
    """Share of caused orders that settled on Amazon, where Amazon sells, by basket in US dollars."""
    orders, causes = world["orders"], world["truth_order_cause"]
    codes = [market.code for market in world.markets]
    market = codes_in(orders["market"], codes)
    cause = codes_in(causes["cause"], ["exposure"])[rows_of(orders["order_id"], causes["order_id"])]
    chosen = (cause == 0) & np.array([entry.has_amazon for entry in world.markets])[market]
    dollars = net_amounts(world.tables) / _minor_per_dollar(world.markets)[market]
    amazon = codes_in(orders["platform"], ["amazon"]) == 0
    band = np.searchsorted([limit for _, limit in BASKET_BANDS], dollars)
    return [
        {"band": name, "share": float(amazon[here].mean()), "orders": int(here.sum())}
        for number, (name, _) in enumerate(BASKET_BANDS)
        if (here := chosen & (band == number)).any()
    ]


def effect_by_week(world: World) -> list[Row]:
    """Amazon orders of each ISO week over all markets: those with an exposure as parent, and the true contrast."""
    names = {"By parent": "parent_amazon_orders", "Net of displaced orders": "amazon_orders"}
    weeks = world["truth_week"].group_by("week_start").aggregate([(column, "sum") for column in names.values()])
    return [
        {"week": row["week_start"].isoformat(), "count": name, "orders": row[f"{column}_sum"]}
        for row in weeks.sort_by("week_start").to_pylist()
        for name, column in names.items()
    ]


def _minor_per_dollar(markets: tuple[Market, ...]) -> Floats:
    return np.array([market.price_factor * 10**market.exponent for market in markets])


def _days(world: World, column: pa.ChunkedArray) -> Ints:
    """Day of the period, counted from 0."""
    days: Ints = (micros_of(column) - micros(world.size.first_moment)) // DAY
    return days


def _per_day(world: World, days: Ints) -> list[int]:
    counts: list[int] = np.bincount(days[(days >= 0) & (days < world.size.days)], minlength=world.size.days).tolist()
    return counts


def _date(world: World, number: int) -> str:
    return day_of(micros(world.size.first_moment) // DAY + number).isoformat()
