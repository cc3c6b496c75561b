"""A drop behind an HTTP listing: its files are fetched whole, or not at all."""

import re
from datetime import date

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import AuthError, RequestRefused, SourceError, SourceUnreachable
from phygital_funnel.landing import Landing
from phygital_funnel.sources.links.streams import CLICKS
from phygital_funnel.sources.stream import Window

from .replay import Replay, serving

HEADING = "click_id,clicked_at,visitor_id\n"
BODY = f"{HEADING}c1,t,v\n"
FOLDER, FILE = "/drop/links/clicks", "/drop/links/clicks/2026-11-03.csv"


def answer(method, path, text="", **rest):
    return {"method": method, "path": path, "text": text, **rest}


def listed(path=FOLDER, *names):
    links = "".join(f'<a href="{path}/{name}">{name}</a>' for name in names)
    return answer("GET", path, f"<ul>{links}</ul>", headers={"Content-Type": "text/html"})


LISTINGS = [listed("/drop/links"), listed(FOLDER, "2026-11-03.csv")]
HEAD = answer("HEAD", FILE, headers={"Content-Length": str(len(BODY)), "ETag": '"1"'})


def land(home_of, exchanges):
    with serving(Replay([*LISTINGS, *exchanges])) as replay:
        # Credentials in an address are legal, and must not come back in an error.
        url = replay.url.replace("http://", "http://reader:hush@") + "/drop"
        settings = home_of(replay.url, PHYGITAL_DROP_URL=url)
        return extract(settings)


def extract(settings):
    pipeline.extract(settings, "links", Window(date(2026, 11, 3), date(2026, 11, 4)), stream="clicks")
    return [manifest.row_count for manifest in Landing.of(settings).manifests(CLICKS)]


def test_a_file_behind_a_listing_is_landed(home_of):
    assert land(home_of, [HEAD, answer("GET", FILE, BODY)]) == [1]


@pytest.mark.parametrize(
    "first",
    [
        answer("GET", FILE, "no", status=500),
        answer("GET", FILE, "slow down", status=429),
        answer("GET", FILE, status=0),
        answer("GET", FILE, BODY[:20], headers={"Content-Length": str(len(BODY))}),
        answer("GET", FILE, BODY[:-5]),  # cut short, and nothing says so but the listing's size
    ],
    ids=["server error", "throttled", "no answer", "broken off", "cut short"],
)
def test_a_fetch_that_fails_is_tried_again(home_of, first):
    assert land(home_of, [HEAD, first, answer("GET", FILE, BODY)]) == [1]


def test_a_file_that_is_replaced_while_it_is_fetched_is_fetched_again(home_of):
    newer = {"Content-Length": str(len(BODY) + 7), "ETag": '"2"'}
    heads = [HEAD, answer("HEAD", FILE, headers=newer)]
    bodies = [answer("GET", FILE, BODY), answer("GET", FILE, f"{BODY}c2,t,v\n")]
    assert land(home_of, heads + bodies) == [2]


@pytest.mark.parametrize(
    ("exchanges", "kind", "text"),
    [
        ([HEAD, answer("GET", FILE, BODY[:-5])], SourceUnreachable, "or not all of it came (33 of 38 bytes)"),
        ([answer("HEAD", FILE, status=403), answer("GET", FILE, status=403)], AuthError, "(ClientResponseError 403)"),
        ([HEAD, answer("GET", FILE, status=404)], SourceUnreachable, "cannot be read (FileNotFoundError)"),
        (
            [HEAD, answer("GET", FILE, "<html>Bad gateway</html>".ljust(len(BODY)))],
            SourceError,
            "names no column of clicks",
        ),
    ],
    ids=["always cut short", "forbidden", "vanished", "another page"],
)
def test_a_fetch_that_keeps_failing_lands_nothing(home_of, exchanges, kind, text):
    with pytest.raises(kind, match=re.escape(text)) as refused:
        land(home_of, exchanges)
    assert "hush" not in str(refused.value)


def test_a_listing_that_fails_is_an_error_and_no_empty_folder(home_of):
    with serving(Replay([answer("GET", "/drop/links", status=500)])) as replay:
        settings = home_of(replay.url, PHYGITAL_DROP_URL=f"{replay.url}/drop")
        with pytest.raises(SourceUnreachable, match="the folder links of the drop cannot be read"):
            extract(settings)


def test_a_drop_that_does_not_exist_is_an_error_and_a_missing_folder_is_none(home_of):
    with serving(Replay([])) as replay:
        url = replay.url.replace("http://", "http://reader:hush@")
        settings = home_of(replay.url, PHYGITAL_DROP_URL=f"{url}/drop")
        with pytest.raises(RequestRefused, match=r"there is no drop at http://127\.0\.0\.1:\d+/drop; check"):
            extract(settings)
    with serving(Replay([listed("/drop")])) as replay:
        assert extract(home_of(replay.url, PHYGITAL_DROP_URL=f"{replay.url}/drop")) == []
