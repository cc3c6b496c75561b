"""How Attribution's reports are asked for, split, taken up where reading stopped, and never cut short unnoticed."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import AuthError, SchemaDrift, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_attribution import tags
from phygital_funnel.sources.amazon_attribution.client import AmazonAttribution
from phygital_funnel.sources.amazon_attribution.extract import AmazonAttributionExtractor
from phygital_funnel.sources.amazon_attribution.streams import BONUS, PERFORMANCE, PRODUCTS, SOURCE
from phygital_funnel.sources.stream import Extraction, Page, Window, snake_case

from .home import ACCOUNTS
from .replay import Replay, serving

PATH = "/attribution/report"
PROFILE = ACCOUNTS[SOURCE]
WINDOW = Window(date(2026, 11, 3), date(2026, 11, 4))
ROW = {"date": "20261103", "campaignId": "1", "adGroupId": "2", "creativeId": "3", "productConversionType": "Promoted"}
CLAIM = {**ROW, "Click-throughs": "9", "attributedTotalPurchases14d": "1"}
CURSOR = '{"values":[5868519,"\\"é"],"page":1,"version":"V2"}'
Home = Callable[..., Settings]


def page(*asins: str, cursor: str | None = None, size: int | None = None, **when: Any) -> dict[str, Any]:
    rows = [{**CLAIM, "productAsin": asin} for asin in asins]
    body = {"reports": rows, "cursorId": cursor, "size": len(rows) if size is None else size}
    return {"method": "POST", "path": PATH, "json": body, **({"when": when} if when else {})}


def failed(status: int = 500, **when: Any) -> dict[str, Any]:
    body = {"code": str(status), "details": "No."}
    return {"method": "POST", "path": PATH, "status": status, "json": body, **({"when": when} if when else {})}


def extraction(settings: Settings, reader: AmazonAttributionExtractor) -> Extraction:
    (only,) = reader.extract(PRODUCTS, PROFILE, WINDOW)
    return only


def asins(pages: list[Page]) -> list[str]:
    return [row["product_asin"] for one in pages for row in one.rows]


def test_the_bonus_is_asked_for_by_name_where_it_exists(home_of: Home) -> None:
    """Naming one metric means naming all; together with creatives it is an error, so creatives name none."""
    with serving(Replay([page()])) as replay:
        pipeline.extract(home_of(replay.url), SOURCE, WINDOW, account=PROFILE, stream="performance")
        asked = {sent.parameters["groupBy"]: sent.parameters for sent in replay.requests if sent.path == PATH}
    metrics = {level: parameters.get("metrics", "").split(",") for level, parameters in asked.items()}
    assert list(metrics) == ["CAMPAIGN", "ADGROUP", "CREATIVE"]
    assert metrics["CREATIVE"] == [""]
    assert metrics["CAMPAIGN"] == metrics["ADGROUP"]
    assert {BONUS, "Click-throughs", "attributedTotalPurchases14d"} < set(metrics["CAMPAIGN"])
    assert {*PERFORMANCE.columns[8:]} == {"brb_bonus_amount", *map(snake_case, metrics["CAMPAIGN"])}
    assert {(p["startDate"], p["endDate"]) for p in asked.values()} == {("20261006", "20261104")}


def test_reading_goes_on_where_it_stopped(home_of: Home) -> None:
    """The cursor is text within JSON and goes back letter by letter, also after it was kept on disk."""
    with serving(Replay([page("A", cursor=CURSOR), page("B", cursor="second"), page("C")])) as replay:
        settings = home_of(replay.url)
        with closing(AmazonAttributionExtractor(settings)) as reader:
            first = next(extraction(settings, reader).pages(None))
        kept = json.loads(json.dumps(first.cursor))
        with closing(AmazonAttributionExtractor(settings)) as reader:
            others = list(extraction(settings, reader).pages(kept))
            assert list(extraction(settings, reader).pages(json.loads(json.dumps(others[-1].cursor)))) == []
        sent = [request.parameters["cursorId"] for request in replay.requests if request.path == PATH]
    assert asins([first, *others]) == ["A", "B", "C"]
    assert sent == [None, CURSOR, "second"]


def test_a_range_amazon_fails_on_is_halved_until_it_works(home_of: Home) -> None:
    """All halves are one extraction of the whole window, which is what they cover together."""
    ranges = [("20261006", "20261020"), ("20261021", "20261028"), ("20261029", "20261104")]
    exchanges = [
        failed(startDate="20261006", endDate="20261104"),
        failed(startDate="20261021", endDate="20261104"),
        *(page(f"B{n}", startDate=start, endDate=end) for n, (start, end) in enumerate(ranges)),
    ]
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        (manifest,) = pipeline.extract(settings, SOURCE, WINDOW, account=PROFILE, stream="products")
        sent = [(r.parameters["startDate"], r.parameters["endDate"]) for r in replay.requests if r.path == PATH]
    assert (manifest.window, manifest.row_count, manifest.is_complete) == (
        Window(date(2026, 10, 6), WINDOW.end),
        3,
        True,
    )
    whole, half = ("20261006", "20261104"), ("20261021", "20261104")
    assert sent == [whole] * 3 + ranges[:1] + [half] * 3 + ranges[1:]


def test_reading_goes_on_within_a_half(home_of: Home) -> None:
    exchanges = [
        failed(startDate="20261006", endDate="20261104"),
        page("A", startDate="20261006", endDate="20261020", cursor="more"),
        page("B", startDate="20261006", endDate="20261020"),
        page("C", startDate="20261021", endDate="20261104"),
    ]
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        with closing(AmazonAttributionExtractor(settings)) as reader:
            first = next(extraction(settings, reader).pages(None))
            others = list(extraction(settings, reader).pages(json.loads(json.dumps(first.cursor))))
    assert asins([first, *others]) == ["A", "B", "C"]


def test_a_failure_in_the_middle_of_a_report_is_not_split(home_of: Home) -> None:
    """Rows of the first pages would come twice."""
    with serving(Replay([page("A", cursor="more"), failed()])) as replay:
        settings = home_of(replay.url)
        with pytest.raises(
            SourceUnreachable, match="2026-10-06 to 2026-11-04, page 2: /attribution/report answered 500"
        ):
            pipeline.extract(settings, SOURCE, WINDOW, account=PROFILE, stream="products")
        assert {r.parameters["startDate"] for r in replay.requests if r.path == PATH} == {"20261006"}


@pytest.mark.parametrize(
    "spoilt",
    [
        page("A", cursor="third"),
        page("B", size=2, cursor="third"),
        page(size=1, cursor="third"),
        failed(),
        failed(429),
        failed(502),
    ],
    ids=["the page before again", "a row short", "empty", "500", "429", "502"],
)
def test_a_page_that_goes_wrong_once_is_asked_for_again(home_of: Home, spoilt: dict[str, Any]) -> None:
    with serving(Replay([page("A", cursor="second"), spoilt, page("B", cursor="third"), page("C")])) as replay:
        settings = home_of(replay.url)
        with closing(AmazonAttributionExtractor(settings)) as reader:
            assert asins(list(extraction(settings, reader).pages(None))) == ["A", "B", "C"]


def test_an_empty_page_in_between_is_no_end(home_of: Home) -> None:
    """Amazon may filter a page to nothing and still have more."""
    with serving(Replay([page("A", cursor="second"), page(cursor="third"), page("C")])) as replay:
        settings = home_of(replay.url)
        with closing(AmazonAttributionExtractor(settings)) as reader:
            assert asins(list(extraction(settings, reader).pages(None))) == ["A", "C"]


def test_a_size_beyond_a_page_says_nothing_of_the_page(home_of: Home) -> None:
    """Should ``size`` be that of the whole report, pages must not be taken for short."""
    with serving(Replay([page("A", cursor="second", size=5001), page("B", size=5001)])) as replay:
        settings = home_of(replay.url)
        with closing(AmazonAttributionExtractor(settings)) as reader:
            assert asins(list(extraction(settings, reader).pages(None))) == ["A", "B"]


def test_nothing_is_asked_for_before_the_pages_are_read(home_of: Home) -> None:
    with serving(Replay([page()])) as replay:
        with closing(AmazonAttributionExtractor(home_of(replay.url))) as reader:
            for stream in ("performance", "products"):
                list(reader.extract({"performance": PERFORMANCE, "products": PRODUCTS}[stream], PROFILE, WINDOW))
        assert replay.requests == []


def test_history_that_is_not_kept_is_not_asked_for(home_of: Home) -> None:
    """Products are kept for 90 days, performance for thirteen months."""
    year = Window(date(2025, 9, 1), date(2026, 11, 4))
    with serving(Replay([])) as replay, closing(AmazonAttributionExtractor(home_of(replay.url))) as reader:
        starts = {
            stream.name: min(one.window.start for one in reader.extract(stream, PROFILE, year) if one.window)
            for stream in (PERFORMANCE, PRODUCTS)
        }
    assert starts == {"performance": date(2025, 10, 12), "products": date(2026, 8, 8)}


def test_a_renewed_token_is_tried_once(home_of: Home) -> None:
    with serving(Replay([failed(401)])) as replay:
        with pytest.raises(AuthError, match="PHYGITAL_AMAZON_ATTRIBUTION_CREDENTIALS_FILE"):
            pipeline.extract(home_of(replay.url), SOURCE, WINDOW, account=PROFILE, stream="products")
        assert len([request for request in replay.requests if request.path == PATH]) == 2


def test_a_request_is_made_in_the_name_of_its_profile_and_of_no_other(home_of: Home) -> None:
    with serving(Replay([page()])) as replay:
        pipeline.extract(home_of(replay.url), SOURCE, WINDOW, account="58", stream="products")
        (headers,) = [request.headers for request in replay.requests if request.path == PATH]
    assert {name.lower(): value for name, value in headers.items()}["amazon-advertising-api-scope"] == "58"


def test_tags_are_asked_for_once_per_profile_by_a_step_of_its_own(home_of: Home, capsys: Any) -> None:
    """TikTok has no macros, so its links get a template; a profile that is refused does not hold up the others."""
    publishers = [{"id": "2", "name": "Facebook", "macroEnabled": True}, {"id": "12", "name": "TikTok"}]
    refused = {"method": "GET", "path": "/attribution/publishers", "status": 403, "json": {"details": "Not authorized"}}
    listed = {"method": "GET", "path": "/attribution/publishers", "json": {"publisher": publishers}}
    made = [
        {
            "method": "GET",
            "path": path,
            "when": {"publisherIds": publisher},
            "json": {tags.MAP: {"58": {publisher: tag}}},
        }
        for path, publisher, tag in ((tags.MACRO_PATH, "2", "?maas=macro"), (tags.TEMPLATE_PATH, "12", "?maas=static"))
    ]
    with serving(Replay([refused, listed, *made])) as replay:
        home_of(replay.url, PHYGITAL_AMAZON_ATTRIBUTION_ACCOUNTS="1,2")
        assert tags.main() == 1
    told = capsys.readouterr()
    assert [json.loads(line) for line in told.out.splitlines()] == [
        {"profile_id": "2", "advertiser_id": "58", "publisher_id": "2", "publisher": "Facebook", "tag": "?maas=macro"},
        {"profile_id": "2", "advertiser_id": "58", "publisher_id": "12", "publisher": "TikTok", "tag": "?maas=static"},
    ]
    assert "Profile 1 may not use Amazon Attribution" in told.err


def test_tags_that_are_not_there_are_a_drift(home_of: Home) -> None:
    listed = {
        "method": "GET",
        "path": "/attribution/publishers",
        "json": {"publisher": [{"id": "12", "name": "TikTok"}]},
    }
    empty = {"method": "GET", "path": tags.TEMPLATE_PATH, "json": {"tags": []}}
    with (
        serving(Replay([listed, empty])) as replay,
        closing(AmazonAttribution(home_of(replay.url))) as client,
        pytest.raises(SchemaDrift, match=f"nonMacroTemplateTag lacks the columns {tags.MAP}"),
    ):
        list(tags.tags(client, PROFILE))
