"""The page says what the release's own SQL says, loads nothing, and shows hostile text as text."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from phygital_funnel.errors import ReleaseError
from phygital_funnel.report import render
from phygital_funnel.settings import ATTRIBUTION_MODELS
from phygital_funnel.warehouse.database import connect

from .conftest import MakeRelease

HOSTILE = "<script>alert(1)</script>\"'><img src=https://evil.example/x onerror=alert(1)>"
LOADING_TAGS = {"script", "link", "iframe", "object", "embed", "img", "image", "base", "form", "foreignobject", "use"}
LOADING_ATTRIBUTES = {"src", "srcset", "href", "xlink:href", "action", "data", "background", "poster"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Page(HTMLParser):
    """The page's elements, its tables by section, and every attribute that was set."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._section, self._cell = "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "section":
            self._section = dict(attrs)["aria-labelledby"] or ""
        if tag == "tr":
            self.tables.setdefault(self._section, []).append([])
        if tag in ("td", "th"):
            self._cell = True
            self.tables[self._section][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.tables[self._section][-1][-1] += data

    def row(self, section: str, first_cell: str) -> list[str]:
        """The first row of a section that starts with the cell."""
        return next(row for row in self.tables[section] if row[0] == first_cell)


def page_of(release: Path) -> tuple[str, Page]:
    """The rendered page as text and as elements."""
    html = render(release).read_text(encoding="utf-8")
    return html, Page(html)


def one(release: Path, query: str) -> float:
    """A single number of the release, None as 0."""
    with connect(release / "phygital.duckdb", read_only=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return float(row[0] or 0)


def figure(html: str, key: str) -> str:
    """The text of one tile."""
    found = re.search(rf'data-figure="{key}">([^<]+)', html)
    assert found, f"no tile {key}"
    return found[1].strip()


def svg(html: str, key: str) -> str:
    """One chart."""
    found = re.search(rf'<svg id="{key}-chart".*?</svg>', html, re.DOTALL)
    assert found, f"no chart {key}"
    return found[0]


def bar_widths(picture: str) -> list[float]:
    """Widths in pixels of a chart's bars, in drawing order."""
    group = re.search(r'class="mark-rect role-mark[^>]*>(.*?)</g>', picture, re.DOTALL)
    assert group, "no bars"
    widths = []
    for path in re.findall(r'<path d="M([^"]+)"', group[1]):
        xs = [float(x) for x in re.findall(r"(?:^|[LC])(-?[\d.]+),", path)]
        widths.append(max(xs) - min(xs))
    return widths


NET = "sum(attributed_amount_reporting_minor) / 100"
HEADLINE = "from mart_attribution_daily where attribution_model = 'last_touch'"
SPEND = "(select sum(spend_minor * case currency when 'GBP' then 1.25 else 1 end) / 100 from mart_funnel_daily)"


@pytest.mark.parametrize(
    ("key", "query", "pattern"),
    [
        ("spend", f"select {SPEND}", "{:,.0f}"),
        ("ledger_net", "select sum(net_amount_reporting_minor) / 100 from fct_order_lines", "{:,.0f}"),
        (
            "attributed_net",
            f"select {NET} {HEADLINE} and evidence <> 'unattributed'",
            "{:,.0f}",
        ),
        (
            "unattributed",
            "select 100 * sum(attributed_amount_reporting_minor) filter (where evidence = 'unattributed') "
            f"/ sum(attributed_amount_reporting_minor) {HEADLINE}",
            "{:.0f} %",
        ),
        (
            "roas",
            f"select sum(attributed_amount_reporting_minor) / 100 / {SPEND} {HEADLINE} and channel = 'tiktok_ads'",
            "{:,.2f}",
        ),
    ],
)
def test_a_tile_equals_its_sql(make_release: MakeRelease, key: str, query: str, pattern: str) -> None:
    """Each tile is what an analyst's own query gives."""
    release = make_release()
    html, _ = page_of(release)
    assert figure(html, key) == pattern.format(one(release, query))


def test_the_funnel_table_equals_its_sql(make_release: MakeRelease) -> None:
    """Counts are the mart's sums and rates are quotients of neighbours."""
    release = make_release()
    _, page = page_of(release)
    clicks, views = (
        one(release, f"select sum({c}) from mart_funnel_daily") for c in ("amazon_clicks", "detail_page_views")
    )
    row = page.row("h-funnel", "Detail page views")
    assert row[2:4] == [f"{views:,.0f}", f"{100 * views / clicks:.0f} %"]


def test_a_channel_row_equals_its_sql_and_the_rest_is_shown(make_release: MakeRelease) -> None:
    """Spend stands only where it is known, and what no evidence reaches has its own row."""
    release = make_release()
    _, page = page_of(release)
    wanted = ("channel = 'tiktok_ads'", "channel = 'tiktok_creators'", "evidence = 'unattributed'")
    ads, creators, rest = (one(release, f"select {NET} {HEADLINE} and {condition}") for condition in wanted)
    spend = one(release, f"select {SPEND}")
    assert page.row("h-channels", "TikTok ads")[1:3] == [f"{spend:,.2f}", f"{ads:,.2f}"]
    assert page.row("h-channels", "TikTok creators")[1:4] == ["–", f"{creators:,.2f}", "–"]
    assert page.row("h-channels", "Unattributed")[2] == f"{rest:,.2f}"
    assert page.row("h-channels", "Ledger")[2] == f"{ads + creators + rest:,.2f}"


def test_every_model_totals_the_same_money(make_release: MakeRelease) -> None:
    """Each model's row ends in the same total, and a channel's column differs from model to model."""
    _, page = page_of(make_release())
    channels, *models = page.tables["h-models"]
    assert len(models) == len(ATTRIBUTION_MODELS)
    assert channels[-1] == "Total"
    assert len({model[-1] for model in models}) == 1
    assert len({model[channels.index("TikTok ads")] for model in models}) == len(ATTRIBUTION_MODELS)


def test_the_bars_fall_with_the_funnel(make_release: MakeRelease) -> None:
    """A logarithmic bar without a floor draws nothing, so the widths themselves are measured."""
    html, _ = page_of(make_release())
    widths = bar_widths(svg(html, "funnel"))
    assert len(widths) == 9
    assert all(wide > narrow > 0 for wide, narrow in pairwise(widths)), widths


def test_bars_that_do_not_fall_are_drawn_as_they_are(make_release: MakeRelease) -> None:
    """More carts than page views is odd data, which the picture must not hide."""
    html, _ = page_of(make_release("update mart_funnel_daily set add_to_carts = detail_page_views * 3"))
    widths = bar_widths(svg(html, "funnel"))
    assert widths[6] > widths[5]


def test_what_was_not_measured_is_a_dash_and_no_bar(make_release: MakeRelease) -> None:
    """A step without a figure is neither a zero nor a step of the rates."""
    html, page = page_of(make_release("update mart_funnel_daily set views_6s = null"))
    assert page.row("h-funnel", "6-second views")[2:4] == ["–", "–"]
    assert len(bar_widths(svg(html, "funnel"))) == 8
    assert page.row("h-funnel", "Engagements")[3] != "–"


def test_the_page_loads_nothing_and_runs_nothing(make_release: MakeRelease) -> None:
    """One file, no script, a policy that forbids both."""
    html, page = page_of(make_release())
    assert ("meta", "content", POLICY) in page.attributes
    assert not {"script", "link", "iframe", "object", "embed", "img", "image", "base", "form", "foreignobject"} & set(
        page.tags
    )
    assert not [
        (tag, name)
        for tag, name, _ in page.attributes
        if name.startswith("on") or name in ("src", "href", "xlink:href", "srcset")
    ]
    assert set(re.findall(r"[a-z]+://[^\s\"'<]+", html)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!#)", html)


def test_hostile_text_stays_text(make_release: MakeRelease) -> None:
    """Creators, campaigns, channels, markets, methods, the run id and a gate's words come from outside."""
    quoted = HOSTILE.replace("'", "''")
    release = make_release(
        f"update dim_creators set handle = '{quoted}'",
        f"update mart_funnel_daily set campaign_name = '{quoted}'",
        f"update mart_attribution_daily set channel = '{quoted}' where channel = 'tiktok_creators'",
        f"update mart_platform_reconciliation set claim_method = '{quoted}', market = '{quoted}'",
        f"update mart_row_audit set stream = '{quoted}'",
        run_id=HOSTILE,
        known_at=HOSTILE,
        gates={"marts": {"stage": HOSTILE, "checks": [dict.fromkeys(
            ("suite", "expectation", "column", "severity", "observed", "reason"), HOSTILE) | {"success": False}]}},
    )  # fmt: skip
    html, page = page_of(release)
    assert not {"script", "img"} & set(page.tags)
    assert not [value for tag, name, value in page.attributes if name.startswith("on")]
    assert page.row("h-who", HOSTILE)
    assert "&lt;script&gt;" in svg(html, "channels").lower()


def test_an_empty_release_says_so(make_release: MakeRelease) -> None:
    """No data is a page with words, not an error and not empty axes."""
    html, page = page_of(make_release(data=False))
    for sentence in (
        "no data yet",
        "No step of the funnel was measured",
        "The ledger holds no orders",
        "No platform claims were loaded",
    ):
        assert sentence in html
    assert "svg" not in page.tags
    assert figure(html, "roas") == figure(html, "spend") == "–"


def test_a_release_without_tiktok_says_so(make_release: MakeRelease) -> None:
    """Orders alone still make a page; the TikTok half is named as missing."""
    columns = ("impressions", "views_2s", "views_6s", "engagements", "amazon_clicks", "spend_minor")
    html, page = page_of(make_release(f"update mart_funnel_daily set {', '.join(f'{c} = null' for c in columns)}"))
    assert "No TikTok figures were loaded" in html
    assert page.row("h-channels", "TikTok ads")[1] == "–"
    assert len(bar_widths(svg(html, "funnel"))) == 4


def test_orders_without_prices_have_no_money_and_no_error(make_release: MakeRelease) -> None:
    """On its first day a line is pending: it counts and is worth nothing yet."""
    html, _ = page_of(
        make_release(
            "update fct_order_lines set net_amount_minor = null, net_amount_reporting_minor = null",
            "update mart_attribution_daily set attributed_amount_reporting_minor = null",
        )
    )
    assert figure(html, "ledger_net") == "–"
    assert "is in a currency in which the ledger holds no order" in html


def test_a_day_without_attributed_orders_is_a_zero_and_one_without_orders_a_dash(make_release: MakeRelease) -> None:
    """The line of the trend must not leap over days that earned nothing."""
    _, page = page_of(
        make_release(
            "delete from mart_attribution_daily where event_date_market = '2026-10-05' and evidence <> 'unattributed'",
            "delete from mart_attribution_daily where event_date_market = '2026-10-06'",
        )
    )
    assert page.row("h-trend", "2026-10-05")[2] == "0.00"
    assert page.row("h-trend", "2026-10-06")[2] == "–"


def test_every_chart_has_a_name_a_description_and_a_table(make_release: MakeRelease) -> None:
    """Who cannot see the picture reads the same figures."""
    html, page = page_of(make_release())
    identifiers = [value for _, name, value in page.attributes if name == "id"]
    assert len(identifiers) == len(set(identifiers))
    for key in ("funnel", "channels", "trend", "models", "claims"):
        picture = svg(html, key)
        assert f'aria-labelledby="{key}-title {key}-desc"' in picture
        assert re.search(rf'<title id="{key}-title">[^<]+</title><desc id="{key}-desc">[^<]+</desc>', picture)
        assert len(page.tables[f"h-{key}"]) > 2


def test_warnings_and_quarantined_rows_are_shown(make_release: MakeRelease) -> None:
    """What did not hold is on the page with its reason; streams without rows are left out."""
    html, page = page_of(make_release())
    assert "Marts: passed, 1 warning" in " ".join(html.split())
    assert page.row("h-quality", "marts/mart_platform_reconciliation")[3] == "1.8 times the ledger"
    assert page.row("h-quality", "Amazon Seller") == ["Amazon Seller", "order_lines", "2,950", "2,890", "48", "12", "0"]
    assert not [row for row in page.tables["h-quality"] if "clicks" in row]


def test_the_same_release_gives_the_same_page(make_release: MakeRelease) -> None:
    """Rendering twice changes no byte and leaves nothing behind."""
    release = make_release()
    first = render(release).read_bytes()
    assert render(release).read_bytes() == first
    assert sorted(path.name for path in release.iterdir()) == ["manifest.json", "phygital.duckdb", "report.html"]


@pytest.mark.parametrize(
    ("name", "content"), [("phygital.duckdb", None), ("manifest.json", None), ("manifest.json", "{")]
)
def test_a_broken_release_is_refused(make_release: MakeRelease, name: str, content: str | None) -> None:
    """Without its database or manifest a release is no release; the page that was there stays."""
    release = make_release()
    (release / "report.html").write_text("the page before")
    (release / name).unlink()
    if content is not None:
        (release / name).write_text(content)
    with pytest.raises(ReleaseError, match=name.replace(".", r"\.")):
        render(release)
    assert (release / "report.html").read_text() == "the page before"
