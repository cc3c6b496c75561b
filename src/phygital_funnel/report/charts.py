"""The page's charts as SVG text, drawn by Vega without a browser.

Altair and vl-convert are imported by the functions, so that importing the package stays cheap.
"""

import math
import re
from datetime import timedelta
from typing import Any

from markupsafe import Markup, escape

from phygital_funnel.report import wording
from phygital_funnel.report.figures import UNATTRIBUTED, Figures, Row, Stage

PLATFORM_COLOURS = {"TikTok": "#c2255c", "Amazon": "#e8890c"}
EVIDENCE_COLOURS = {
    "promo_code": "#1f6f50",
    "identity": "#2f7fb5",
    "shop_affiliate": "#5aa9a3",
    "event": "#7a5ea8",
    "tag": "#a8762d",
    "halo": "#d9a5b3",
    UNATTRIBUTED: "#c9c4bb",
}
MODEL_COLOURS = ("#1d3557", "#2f7fb5", "#5aa9a3", "#c98a1b", "#c2255c", "#7a5ea8", "#1f6f50", "#8a8378")
CLAIM_BARS = {
    "claimed_orders": ("Claimed by the platform", "#c2255c"),
    "linked_orders": ("Linked by our evidence", "#2f7fb5"),
    "ledger_orders": ("Orders of the ledger that were kept", "#c9c4bb"),
}
_INK, _QUIET, _GRID = "#26231f", "#6a645b", "#e6e1d8"
_WIDTH = 980  # of the whole picture, so that letters have one size in all charts
_ROW = 36  # pixels per bar


def funnel(figures: Figures) -> Markup:
    """Bars on a logarithmic scale, labelled with the count and its share of the step before."""
    import altair as alt

    measured = {stage: float(stage.value) for stage in figures.stages if stage.value and stage.value > 0}
    # A log bar has no zero to start from: without a positive floor as x2 nothing is drawn.
    largest, floor = max(measured.values()), min(measured.values()) / 3
    values = [
        {"stage": stage.name, "platform": stage.platform, "value": value, "floor": floor, "label": _step_label(stage)}
        for stage, value in measured.items()
    ]
    room_for_labels = largest * (largest / floor) ** 0.45
    axis = alt.Axis(values=_decades(floor, largest), labels=False, ticks=False, domain=False, title=None)
    x = alt.X("value:Q", scale=alt.Scale(type="log", domain=[floor, room_for_labels], nice=False), axis=axis)
    base = alt.Chart(alt.InlineData(values=values)).encode(x=x, y=_names("stage"))
    bars = base.mark_bar(height=22, cornerRadiusEnd=3).encode(x2="floor:Q", color=_colour("platform", PLATFORM_COLOURS))
    labels = base.mark_text(align="left", dx=8, fontSize=13, color=_INK).encode(text="label:N")
    summary = "; ".join(f"{v['stage']} {v['label']}" for v in values)
    return _svg(bars + labels, len(values) * _ROW, "funnel", "The funnel, step by step", summary)


def channels(figures: Figures) -> Markup:
    """Attributed net revenue by channel, split by the evidence it rests on."""
    import altair as alt

    values: list[Row] = [
        {
            "channel": wording.name(row["channel"]),
            "evidence": wording.name(row["evidence"]),
            "net": wording.major(row["net"], figures.currency),
        }
        for row in figures.evidence
        if row["net"]
    ]
    known = {wording.name(key): colour for key, colour in EVIDENCE_COLOURS.items()}
    bars = (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar(height=24)
        .encode(
            y=_names("channel", [wording.name(row["channel"]) for row in figures.channels]),
            x=_amounts("sum(net)", f"Net revenue, {figures.currency}"),
            color=_colour("evidence", {v["evidence"]: known.get(v["evidence"], _QUIET) for v in values}),
            order=alt.Order("evidence:N"),
        )
    )
    summary = "; ".join(f"{v['channel']}, {v['evidence']}: {v['net']:,.0f} {figures.currency}" for v in values)
    return _svg(bars, _rows_of(values, "channel") * 44, "channels", "Net revenue by channel and evidence", summary)


def models(figures: Figures) -> Markup:
    """The same money under each attribution model; the unattributed rest is equal in all and left out."""
    values: list[Row] = [
        {
            "channel": wording.name(row["channel"]),
            "model": wording.name(model),
            "net": wording.major(net, figures.currency),
        }
        for row in figures.models
        if row["channel"] != UNATTRIBUTED
        for model, net in row["net"].items()
    ]
    names = list(dict.fromkeys(v["model"] for v in values))
    colours = dict(zip(names, MODEL_COLOURS, strict=False))
    bars = _grouped(values, "channel", "model", colours, _amounts("net", f"Attributed net revenue, {figures.currency}"))
    summary = "; ".join(f"{v['channel']}, {v['model']}: {v['net']:,.0f} {figures.currency}" for v in values)
    return _svg(
        bars, _rows_of(values, "channel") * (2 + 18 * len(names)), "models", "The attribution models compared", summary
    )


def trend(figures: Figures, immature_days: int) -> Markup:
    """Spend and attributed net revenue per day; the last days, which still move, stand on grey."""
    import altair as alt

    values = [
        {"date": row["event_date"].isoformat(), "series": name, "amount": wording.major(row[key], figures.currency)}
        for row in figures.days
        for key, name in (("spend", "Spend"), ("net", "Attributed net revenue"))
        if row[key] is not None
    ]
    first, last = figures.days[0]["event_date"], figures.days[-1]["event_date"]
    moving = max(first, last - timedelta(days=immature_days))
    x = alt.X("date:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=8, grid=False))
    band = (
        alt.Chart(alt.InlineData(values=[{"date": moving.isoformat(), "end": last.isoformat()}]))
        .mark_rect(color="#f0ece4")
        .encode(x=x, x2="end:T")
    )
    lines = (
        alt.Chart(alt.InlineData(values=values))
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=14))
        .encode(
            x=x,
            y=alt.Y("amount:Q", title=figures.currency, axis=alt.Axis(format=",.0f", tickCount=5)),
            color=_colour("series", {"Spend": "#c2255c", "Attributed net revenue": "#1f6f50"}),
        )
    )
    summary = f"From {wording.day(first)} to {wording.day(last)}; the days from {wording.day(moving)} still move."
    return _svg(band + lines, 240, "trend", "Spend and attributed net revenue per day", summary)


def claims(figures: Figures) -> Markup:
    """Orders that each platform claims beside the orders of the ledger."""
    totals: dict[tuple[str, str], float] = {}
    for row in figures.claims:
        claim = f"{wording.name(row['claim_platform'])}, {wording.name(row['claim_method']).lower()}"
        for column, (name, _) in CLAIM_BARS.items():
            totals[claim, name] = totals.get((claim, name), 0.0) + float(row[column] or 0)
    values: list[Row] = [{"claim": claim, "count": name, "orders": orders} for (claim, name), orders in totals.items()]
    bars = _grouped(values, "claim", "count", dict(CLAIM_BARS.values()), _amounts("orders", "Orders"))
    summary = "; ".join(f"{v['claim']}, {v['count']}: {v['orders']:,.0f}" for v in values)
    return _svg(bars, _rows_of(values, "claim") * 72, "claims", "Platform claims beside the ledger", summary)


def _grouped(values: list[Row], group: str, series: str, colours: dict[str, str], x: Any) -> Any:
    """One bar per series, the bars of a group side by side."""
    import altair as alt

    return (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=x, y=_names(group), yOffset=alt.YOffset(f"{series}:N", sort=list(colours)), color=_colour(series, colours)
        )
    )


def _names(field: str, order: list[str] | None = None) -> Any:
    """The axis that names the bars, in the order of the data unless told."""
    import altair as alt

    axis = alt.Axis(labelFontSize=13, labelColor=_INK, labelPadding=10, labelLimit=260)
    return alt.Y(f"{field}:N", sort=order, title=None, axis=axis)


def _amounts(field: str, title: str) -> Any:
    import altair as alt

    return alt.X(f"{field}:Q", title=title, axis=alt.Axis(format=",.0f", tickCount=6))


def _rows_of(values: list[Row], field: str) -> int:
    return len({value[field] for value in values})


def _step_label(stage: Stage) -> str:
    label = wording.count(stage.value)
    return f"{label}  ({wording.share(stage.value, stage.previous)} of previous)" if stage.previous else label


def _colour(field: str, colours: dict[str, str]) -> Any:
    import altair as alt

    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    legend = alt.Legend(
        orient="top", direction="horizontal", symbolType="square", symbolSize=120, labelFontSize=13, columns=5
    )
    return alt.Color(f"{field}:N", title=None, scale=scale, legend=legend)


def _decades(low: float, high: float) -> list[float]:
    return [10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]


def _svg(chart: Any, height: int, key: str, title: str, summary: str) -> Markup:
    """Draw the chart and make it one accessible picture; Vega escapes every text of the data."""
    import vl_convert

    lines = {"gridColor": _GRID, "domainColor": _GRID, "tickColor": _GRID}
    words = {
        "labelColor": _QUIET,
        "titleColor": _QUIET,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
    }
    themed = chart.properties(width=_WIDTH, height=height).configure(
        aria=False,
        autosize={"type": "fit-x", "contains": "padding"},
        axis={**lines, **words},
        background="transparent",
        font="Helvetica, Arial, sans-serif",
        legend={"labelColor": _INK},
        view={"stroke": None},
    )
    svg = vl_convert.vegalite_to_svg(themed.to_dict()).replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    head = f'<svg id="{key}-chart" role="img" aria-labelledby="{key}-title {key}-desc" '
    names = f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(summary)}</desc>'
    opening, rest = _own_ids(svg, key).removeprefix("<svg ").split(">", 1)
    return Markup(f"{head}{opening}>{names}{rest}")  # noqa: S704 - Vega's own output with escaped texts


def _own_ids(svg: str, key: str) -> str:
    """Several pictures share one page, and Vega counts its ids on: give each picture ids of its own."""
    for number, identifier in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))):
        svg = svg.replace(f'id="{identifier}"', f'id="{key}-{number}"').replace(
            f"url(#{identifier})", f"url(#{key}-{number})"
        )
    return svg
