"""One page of plots of a world: ``python -m phygital_funnel.sandbox.plots --out plots.html`` (or ``.png``).

Dots are what was published or designed; lines and bars are what the world did.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from phygital_funnel.errors import ConfigError, FunnelError
from phygital_funnel.sandbox import plot_figures
from phygital_funnel.sandbox.plot_figures import Row
from phygital_funnel.sandbox.world import World, generate
from phygital_funnel.sandbox.world.scenario import scenario_named
from phygital_funnel.sandbox.world.sizes import size_named

_WIDTH, _HEIGHT = 460, 240
_INK, _QUIET, _GRID = "#26231f", "#6a645b", "#e6e1d8"
_SURFACES = {"Ad": "#c2255c", "Organic feed": "#5aa9a3", "LIVE": "#c98a1b"}
_CAUSES = {"Baseline": "#c9c4bb", "Caused by TikTok": "#c2255c"}
_LAGS = {
    "Amazon, clicked": "#e8890c",
    "Amazon, not clicked": "#a8762d",
    "Amazon, all": "#26231f",
    "TikTok Shop": "#c2255c",
}
_EFFECTS = {"By parent": "#c9c4bb", "Net of displaced orders": "#e8890c"}
_CURVE_DAYS = 120
_LAG_SUBTITLE = "Exposures at least 30 days before the end; dots: published (clicked) or designed"


def page(world: World, long_world: World) -> Any:
    """All charts of a world; ``long_world`` lasts long enough to see posts for 95 days."""
    rows = [
        alt.hconcat(_views(world), _orders(world), spacing=50).resolve_scale(color="independent"),
        alt.hconcat(_lags(world), _view_curve(long_world), spacing=50).resolve_scale(color="independent"),
        alt.hconcat(_share_on_amazon(world), _weeks(world), spacing=50).resolve_scale(color="independent"),
    ]
    title = f"World {world.size.name}, scenario {world.scenario.name}, seed {world.seed}"
    return (
        alt.vconcat(*rows, spacing=40)
        .resolve_scale(color="independent")
        .properties(title=alt.Title(title, fontSize=18, anchor="start", offset=16))
        .configure(
            background="white",
            padding=24,
            font="Helvetica, Arial, sans-serif",
            view={"stroke": None},
            title={"fontSize": 14, "anchor": "start", "color": _INK, "subtitleColor": _QUIET},
            axis={
                "gridColor": _GRID,
                "domainColor": _GRID,
                "tickColor": _GRID,
                "labelColor": _QUIET,
                "titleColor": _QUIET,
            },
            legend={"labelColor": _INK, "title": None, "orient": "top"},
        )
    )


def write(chart: Any, out: Path) -> None:
    """Draw the page into a file.

    Raises:
        ConfigError: the file is neither .html nor .png, or its folder does not exist.
    """
    if out.suffix not in {".html", ".png"}:
        raise ConfigError(f"{out} cannot be drawn; end its name in .html or .png.")
    if not out.parent.is_dir():
        raise ConfigError(f"{out.parent} is no folder; make it or choose another --out.")
    spec = chart.to_dict()
    if out.suffix == ".png":
        out.write_bytes(vl_convert.vegalite_to_png(spec, scale=1.5))
        return
    svg = vl_convert.vegalite_to_svg(spec)
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>A sandbox world in plots</title>'
    out.write_text(f"{head}<body>{svg}</body></html>\n", encoding="utf-8")


def _views(world: World) -> Any:
    days = alt.X("date:T", title=None, axis=alt.Axis(format="%-d %b", grid=False))
    return (
        _chart(plot_figures.views_by_day(world), "Views by day and surface", "UTC days")
        .mark_area()
        .encode(x=days, y=alt.Y("views:Q", title="Views a day"), color=_colour("surface", _SURFACES))
    )


def _orders(world: World) -> Any:
    values = alt.InlineData(values=plot_figures.orders_by_day(world))
    parts = [
        alt.Chart(values)
        .transform_filter(alt.datum.platform == platform)
        .mark_area()
        .encode(
            x=alt.X("date:T", title=None, axis=alt.Axis(format="%-d %b", grid=False)),
            y=alt.Y("orders:Q", title=platform),
            color=_colour("cause", _CAUSES),
        )
        .properties(width=_WIDTH, height=(_HEIGHT - 30) // 2)
        for platform in plot_figures.PLATFORMS.values()
    ]
    return alt.vconcat(*parts, spacing=8).properties(
        title=alt.Title("Orders by day, platform and cause", subtitle="Each platform on its own scale; UTC days")
    )


def _lags(world: World) -> Any:
    x = alt.X(
        "hours:Q",
        title="Hours since the exposure (logarithmic)",
        scale=alt.Scale(type="log", domain=[0.02, 2000], nice=False),
        axis=alt.Axis(values=[0.1, 1, 10, 100, 1000], format="~g"),
    )
    y = alt.Y("share:Q", title="Share of caused orders", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    lines = (
        _chart(plot_figures.lags(world), "Lag from exposure to order", _LAG_SUBTITLE)
        .mark_line(strokeWidth=2, clip=True)
        .encode(x=x, y=y, color=_colour("group", _LAGS))
    )
    anchors: list[Row] = [
        {"group": group, "hours": hours, "share": share} for group, hours, share in plot_figures.LAG_ANCHORS
    ]
    return lines + _dots(anchors).encode(x="hours:Q", y="share:Q", color=_colour("group", _LAGS))


def _view_curve(world: World) -> Any:
    x = alt.X(
        "days:Q",
        title="Days since the post (logarithmic)",
        scale=alt.Scale(type="log", domain=[0.05, 100], nice=False),
        axis=alt.Axis(values=[0.1, 1, 2, 7, 30, 90], format="~g"),
    )
    y = alt.Y("share:Q", title="Share of all views", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1.02]))
    subtitle = f"Organic views in a world of {world.size.days} days; dots: the published 32, 38, 55 and 100 %"
    line = (
        _chart(plot_figures.view_curve(world), "How the views of a post come in", subtitle)
        .mark_line(strokeWidth=2, color=_SURFACES["Organic feed"])
        .encode(x=x, y=y)
    )
    dots = _dots([{"days": days, "share": share} for days, share in plot_figures.VIEW_ANCHORS])
    return line + dots.encode(x="days:Q", y="share:Q", color=alt.value(_INK))


def _share_on_amazon(world: World) -> Any:
    rows = plot_figures.share_on_amazon(world)
    bands = [name for name, _ in plot_figures.BASKET_BANDS]
    x = alt.X("band:N", sort=bands, title="Basket in US dollars", axis=alt.Axis(labelAngle=0))
    y = alt.Y("share:Q", title="Settled on Amazon", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    bars = (
        _chart(rows, "Where caused orders settle, by basket", "With their number; dots: designed 22, 37, 52 and 70 %")
        .mark_bar(color="#e8890c", size=56)
        .encode(x=x, y=y)
    )
    counts = bars.mark_text(baseline="bottom", dy=-2, dx=34, color=_QUIET).encode(text="orders:Q")
    dots = _dots(
        [{"band": name, "share": share} for name, share in zip(bands, plot_figures.BASKET_ANCHORS, strict=True)]
    ).encode(x=alt.X("band:N", sort=bands), y="share:Q", color=alt.value(_INK))
    return bars + counts + dots


def _weeks(world: World) -> Any:
    rows = plot_figures.effect_by_week(world)
    return (
        _chart(rows, "What TikTok brings to Amazon, by week", "Orders that name an exposure as their parent, and truth")
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=alt.X("week:O", timeUnit="utcyearmonthdate", title=None, axis=alt.Axis(format="%-d %b", labelAngle=0)),
            xOffset=alt.XOffset("count:N", sort=list(_EFFECTS)),
            y=alt.Y("orders:Q", title="Amazon orders a week"),
            color=_colour("count", _EFFECTS),
        )
    )


def _chart(rows: list[Row], title: str, subtitle: str) -> Any:
    heading = alt.Title(title, subtitle=subtitle)
    return alt.Chart(alt.InlineData(values=rows)).properties(width=_WIDTH, height=_HEIGHT, title=heading)


def _dots(rows: list[Row]) -> Any:
    return alt.Chart(alt.InlineData(values=rows)).mark_point(filled=True, size=90, opacity=1)


def _colour(field: str, colours: dict[str, str]) -> Any:
    return alt.Color(f"{field}:N", title=None, scale=alt.Scale(domain=list(colours), range=list(colours.values())))


def main() -> int:
    """Draw the page; 2 when an argument cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m phygital_funnel.sandbox.plots")
    parser.add_argument("--out", type=Path, required=True, help="a file ending in .html or .png")
    parser.add_argument("--world", default="demo")
    parser.add_argument("--scenario", default="S1")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    try:
        size, scenario = size_named(arguments.world), scenario_named(arguments.scenario)
        world = generate(size, arguments.seed, scenario.name)
        long_world = generate(replace(size, days=_CURVE_DAYS), arguments.seed)
        write(page(world, long_world), arguments.out)
    except FunnelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
