"""The quality page: what is on it, that it loads nothing, and that hostile text stays text."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from phygital_funnel.landing import Landing
from phygital_funnel.quality import page
from phygital_funnel.quality.history import evaluations, standings
from phygital_funnel.settings import Settings
from phygital_funnel.sources.links.streams import CLICKS
from phygital_funnel.sources.reference.streams import LISTINGS
from phygital_funnel.sources.stream import Extraction
from phygital_funnel.status import read_status

from .conftest import NOW
from .recorded import START, check, record

HOSTILE = "</td></style><script>alert(1)</script>\"'><img src=https://evil.example/x onerror=alert(1)>\x1b[2J"
LOADING_TAGS = {"script", "link", "iframe", "object", "embed", "img", "image", "base", "form", "foreignobject", "use"}
LOADING_ATTRIBUTES = {"src", "srcset", "href", "xlink:href", "action", "data", "background", "poster"}


class Elements(HTMLParser):
    """Tags, attributes and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def written(settings: Settings) -> tuple[str, Elements]:
    html = page.write(settings).read_text(encoding="utf-8")
    return html, Elements(html)


def test_an_empty_home_has_a_page_that_says_so(settings: Settings) -> None:
    """The first look comes before the first run."""
    _, elements = written(settings)
    assert "Quality: nothing was checked yet" in elements.text
    assert "No gate has been evaluated yet." in elements.text


def test_what_failed_comes_first_and_is_explained(settings: Settings) -> None:
    """Critical before warnings, each with what was expected, seen, since when, whose it is and what to do."""
    sample = [{"campaign_id": f"c{number}", "spend_minor": -number} for number in range(1, 6)]
    for number, fails in enumerate((0, 3, 5)):
        record(
            settings, f"r{number}",
            check("holds", suite="staging/clicks", id="S12", bound="clock: today at most"),
            check("late", suite="landing/manifests", fails=1, id="L3"),
            check("money", suite="marts/spend", fails=fails, severity="critical", id="S7", sample=sample),
            sequence=number, at=START.replace(day=number + 1), status="blocked" if fails else "published",
        )  # fmt: skip
    html, elements = written(settings)
    assert "Quality: 2 of 3 checks do not hold" in elements.text
    titles = re.findall(r"<h3><span class=\"number\">(\w+)</span> · (\w+)</h3>", html)
    assert titles == [("S7", "money"), ("L3", "late")]
    for words in ("5 rows break it.", "2026-11-02 06:00 UTC", "docs/runbook.md#s7", "finance", "c5", "today at most"):
        assert words in elements.text
    assert 'aria-label="failed in 2 of the last 3 evaluations"' in html
    assert "Marts: blocked" in " ".join(elements.text.split())
    assert re.findall(r'<span class="address">(r\d)</span></th><td class="nowrap (\w+)">(\w+)', html) == [
        ("r2", "bad", "blocked"), ("r1", "bad", "blocked"), ("r0", "good", "published"),
    ]  # fmt: skip


def test_the_page_tells_how_far_each_stream_reaches(settings: Settings, tmp_path: Path) -> None:
    """A file that did not change is not fresh beside a target that it is far beyond: it does not age."""
    (tmp_path / "clock").write_text("2026-10-16T06:00:00+00:00")
    rows = [dict.fromkeys(LISTINGS.columns, "1")]
    Landing.of(settings).append(Extraction.of_rows(LISTINGS, rows, "listings.csv", checksum="a"))
    Landing.of(settings).append(
        Extraction.of_rows(CLICKS, [dict.fromkeys(CLICKS.columns, "1")], "2026-10-15.csv", checksum="b")
    )
    (tmp_path / "clock").write_text(NOW.isoformat())
    html, _ = written(settings)
    told = {
        cells[1]: cells[2:6]
        for row in re.findall(r"<tr>(<th scope=\"row\">.+?)</tr>", html)
        if (cells := re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row))
    }
    assert told["listings"] == ["unchanged", "18 d 0 h ago", "–", "does not age"]
    assert told["clicks"] == ["stale", "18 d 0 h ago", "2026-10-15", "2 days"]


def test_nothing_of_the_tables_becomes_markup_and_nothing_is_loaded(settings: Settings) -> None:
    """Samples, names and messages come from strangers."""
    sample = [{HOSTILE: HOSTILE, "campaign_name": HOSTILE}]
    spoilt = {"suite": f"marts/{HOSTILE}", "observed": HOSTILE, "id": HOSTILE, "bound": HOSTILE}
    record(
        settings, "r1",
        check("money", fails=2, sample=sample, reason=HOSTILE, owner=HOSTILE),
        check(HOSTILE, fails=None, success=False, **spoilt),
        sequence=1,
    )  # fmt: skip
    html, elements = written(settings)
    assert not LOADING_TAGS & set(elements.tags)
    assert not LOADING_ATTRIBUTES & {name for name, _ in elements.attributes}
    assert not any(name.startswith("on") for name, _ in elements.attributes)
    assert "\x1b" not in html
    policy = [value for name, value in elements.attributes if "default-src" in value]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert elements.text.count("alert(1)") >= 6


def test_a_sparkline_has_a_bar_per_evaluation_and_is_higher_where_more_failed(settings: Settings) -> None:
    """Its meaning is in its label too, for who cannot see it."""
    for number, fails in enumerate((0, 10, 5)):
        record(settings, f"r{number}", check("a", fails=fails), sequence=number, at=START.replace(day=number + 1))
    (standing,) = standings(evaluations(settings))
    drawn = str(page.sparkline(standing.past))
    assert re.findall(r"M(\d+),16v-(\d+)", drawn) == [("0", "3"), ("4", "16"), ("8", "11")]
    assert 'class="ok" d="M0' in drawn
    assert "failed in 2 of the last 3 evaluations" in drawn


def test_the_page_is_written_however_a_block_ends_and_hides_no_refusal(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blocked run is when it is needed most; a fault of the page must not become the run's own."""
    with pytest.raises(ValueError, match="refused"), page.kept_up(settings):
        raise ValueError("refused")
    assert page.page_path(settings).is_file()
    monkeypatch.setattr(page, "write", lambda _: 1 / 0)
    with pytest.raises(ValueError, match="refused"), page.kept_up(settings):
        raise ValueError("refused")
    with page.kept_up(settings):
        pass


def test_the_page_is_replaced_whole(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader sees the page before or the page after, and no draft stays."""
    before = page.write(settings).read_text()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("killed")))
    record_error = pytest.raises(OSError, match="killed")
    with record_error:
        page.write(settings)
    assert page.page_path(settings).read_text() == before


def test_status_says_where_the_page_is(settings: Settings) -> None:
    """Who looks at the status is one click from the reasons."""
    assert read_status(settings).quality_page is None
    page.write(settings)
    assert read_status(settings).quality_page == page.page_path(settings)
