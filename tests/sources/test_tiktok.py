"""How the TikTok extractors go on after an interruption, and how tokens are renewed; over real HTTP."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from phygital_funnel.errors import AuthError, ConfigError, SourceUnreachable, TruncatedReport
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import extractor
from phygital_funnel.sources.stream import Extraction, Page, Window
from phygital_funnel.sources.tiktok.paging import READS
from phygital_funnel.sources.tiktok_ads.streams import AD_REPORT_DAILY
from phygital_funnel.sources.tiktok_organic.extract import MOST_EMPTY_PAGES
from phygital_funnel.sources.tiktok_organic.streams import VIDEOS

from .home import ACCOUNTS
from .replay import Replay, serving

PREFIX = "/open_api/v1.3"
REPORT, LIST = f"{PREFIX}/report/integrated/get/", f"{PREFIX}/business/video/list/"
REFRESH = f"{PREFIX}/tt_user/oauth2/refresh_token/"
WINDOW = Window(date(2026, 11, 4), date(2026, 11, 4))

Home = Callable[..., Settings]


def answer(path: str, data: dict[str, Any], code: int = 0, **rest: Any) -> dict[str, Any]:
    envelope = {"code": code, "message": "Message.", "request_id": "r", "data": data}
    return {"method": "GET", "path": path, "json": envelope, **rest}


def report_page(page: int, pages: int) -> dict[str, Any]:
    row = {
        "dimensions": {"ad_id": str(page), "stat_time_day": "2026-11-04 00:00:00"},
        "metrics": {"spend": "1", "impressions": "2"},
    }
    info = {"page": page, "page_size": 1, "total_number": pages, "total_page": pages}
    return answer(REPORT, {"list": [row], "page_info": info}, when={"page": page})


def posts(cursor: int, *, more: bool, asked: int | None = None) -> dict[str, Any]:
    row = {"item_id": str(cursor), "create_time": "1", "video_views": 3}
    when = {"cursor": asked} if asked else {}
    return answer(LIST, {"videos": [row], "cursor": cursor, "has_more": more}, when=when)


@contextmanager
def extraction(settings: Settings, source: str, stream: Any) -> Iterator[Extraction]:
    with closing(extractor(settings, source)) as reader:
        (found,) = reader.extract(stream, ACCOUNTS[source], WINDOW)
        yield found


def read(settings: Settings, source: str, stream: Any, cursor: Any = None) -> list[Page]:
    with extraction(settings, source, stream) as found:
        return list(found.pages(cursor))


def test_nothing_is_asked_for_before_pages_are_read(home_of: Home) -> None:
    with serving(Replay([])) as replay, extraction(home_of(replay.url), "tiktok_ads", AD_REPORT_DAILY):
        assert replay.requests == []


@pytest.mark.parametrize(
    ("source", "stream", "exchanges"),
    [
        ("tiktok_ads", AD_REPORT_DAILY, [report_page(page, 4) for page in (1, 2, 3, 4)]),
        (
            "tiktok_organic",
            VIDEOS,
            [
                posts(9, more=True),
                posts(8, more=True, asked=9),
                posts(7, more=True, asked=8),
                posts(6, more=False, asked=7),
            ],
        ),
    ],
)
def test_reading_goes_on_from_the_cursor_of_any_page(
    home_of: Home, source: str, stream: Any, exchanges: list[dict[str, Any]]
) -> None:
    """The landing keeps the cursor as JSON, and gives it to another process."""
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        whole = read(settings, source, stream)
        assert [page.cursor is None for page in whole] == [False, False, False, True]
        for number, page in enumerate(whole[:-1], start=1):
            asked = len(replay.requests)
            rest = read(settings, source, stream, json.loads(json.dumps(page.cursor)))
            assert [one.rows for one in rest] == [one.rows for one in whole[number:]]
            assert len(replay.requests) - asked == len(whole) - number


def test_a_repeated_page_is_noticed_by_whoever_goes_on(home_of: Home) -> None:
    """The process that reads page 2 has not seen page 1, but its cursor tells what it began with."""
    first, second = report_page(1, 2), report_page(2, 2)
    second["json"]["data"]["list"] = first["json"]["data"]["list"]
    with serving(Replay([first, second])) as replay:
        settings = home_of(replay.url)
        with extraction(settings, "tiktok_ads", AD_REPORT_DAILY) as found:
            cursor = next(found.pages(None)).cursor
        with pytest.raises(Exception, match="page 2 repeats the page before it"):
            read(settings, "tiktok_ads", AD_REPORT_DAILY, cursor)


def test_a_list_that_never_ends_is_given_up(home_of: Home) -> None:
    """Cursors are milliseconds: a server that counts them down would keep us for years."""
    replay = Replay([])

    def endless(request: Any) -> Any:
        replay.requests.append(request)
        cursor = int(request.parameters.get("cursor", 10**12)) - 1
        page = answer(LIST, {"videos": [], "cursor": cursor, "has_more": True})
        return 200, {}, json.dumps(page["json"]).encode()

    replay.answer = endless  # type: ignore[method-assign]  # each answer depends on the request
    with serving(replay), pytest.raises(TruncatedReport, match="would never end"):
        read(home_of(replay.url), "tiktok_organic", VIDEOS)
    assert len(replay.requests) == READS * (MOST_EMPTY_PAGES + 1)


def expired(**rest: Any) -> dict[str, Any]:
    return answer(LIST, {}, code=40102, **rest)


def credentials(settings: Settings) -> Path:
    path = settings.source("tiktok_organic").credentials_file
    assert path is not None
    return path


def test_a_renewed_pair_is_kept_in_the_credentials_file_and_told_to_nobody(home_of: Home, caplog: Any) -> None:
    """TikTok may end the old refresh token: a pair that is lost is an account that must be authorised again."""
    caplog.set_level(logging.DEBUG)
    with serving(Replay([expired(), posts(1, more=False)])) as replay:
        settings = home_of(replay.url)
        file = credentials(settings)
        file.chmod(0o600)
        before = json.loads(file.read_text())
        assert len(read(settings, "tiktok_organic", VIDEOS)) == 1
    after = json.loads(file.read_text())
    assert after == {**before, "access_token": "replayed", "refresh_token": "replayed-next"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.glob(f".{file.name}*")] == [f".{file.name}.lock"]
    sent = [request.headers["Access-Token"] for request in replay.requests if request.path == LIST]
    assert sent == [before["access_token"], "replayed"]
    for secret in ("replayed", *(before[name] for name in ("access_token", "refresh_token", "secret"))):
        assert secret not in caplog.text


def test_an_account_with_a_pair_of_its_own_renews_that_one(home_of: Home) -> None:
    with serving(Replay([expired(), posts(1, more=False)])) as replay:
        settings = home_of(replay.url)
        file = credentials(settings)
        before = json.loads(file.read_text())
        own = {"access_token": "its own", "refresh_token": "its own, too"}
        file.write_text(json.dumps({**before, "accounts": {ACCOUNTS["tiktok_organic"]: own}}))
        read(settings, "tiktok_organic", VIDEOS)
    after = json.loads(file.read_text())
    renewed = {"access_token": "replayed", "refresh_token": "replayed-next"}
    assert after == {**before, "accounts": {ACCOUNTS["tiktok_organic"]: renewed}}
    assert [request.parameters["refresh_token"] for request in replay.requests if request.path == REFRESH] == [
        "its own, too"
    ]


def test_readers_at_once_renew_a_pair_once(home_of: Home) -> None:
    """A refresh token that is used twice may end both pairs."""
    replay = Replay([posts(1, more=False)])
    old = Replay.answer

    def by_token(self: Replay, request: Any) -> Any:
        if request.path == LIST and request.headers["Access-Token"] != "replayed":
            started.wait(timeout=10)
            self.requests.append(request)
            return 200, {}, json.dumps(expired()["json"]).encode()
        return old(self, request)

    readers = 4
    started = threading.Barrier(readers)
    replay.answer = by_token.__get__(replay)  # type: ignore[method-assign]  # one answer depends on a header
    with serving(replay):
        settings = home_of(replay.url)
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(len(read(settings, "tiktok_organic", VIDEOS))))
            for _ in range(readers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
    assert found == [1] * readers
    assert [request.path for request in replay.requests].count(REFRESH) == 1


def test_a_file_that_cannot_be_replaced_is_told_and_does_not_stop_the_reading(home_of: Home, caplog: Any) -> None:
    """A mounted secret is read-only. Here no file can stand beside it, because its name is as long as names can be."""
    with serving(Replay([expired(), posts(1, more=False)])) as replay:
        settings = home_of(replay.url)
        file = credentials(settings)
        long = file.rename(file.with_name("x" * 255))
        settings = home_of(replay.url, PHYGITAL_TIKTOK_ORGANIC_CREDENTIALS_FILE=str(long))
        assert len(read(settings, "tiktok_organic", VIDEOS)) == 1
    assert "could not be written" in caplog.text
    assert "File name too long" in caplog.text


def test_a_token_that_is_refused_again_is_not_renewed_for_ever(home_of: Home) -> None:
    with serving(Replay([expired()])) as replay:
        with pytest.raises(AuthError, match="PHYGITAL_TIKTOK_ORGANIC_CREDENTIALS_FILE"):
            read(home_of(replay.url), "tiktok_organic", VIDEOS)
        assert [request.path for request in replay.requests] == [LIST, REFRESH, LIST]


def test_an_account_without_a_pair_is_told_before_anything_is_asked(home_of: Home) -> None:
    with serving(Replay([])) as replay:
        settings = home_of(replay.url)
        file = credentials(settings)
        content = json.loads(file.read_text())
        file.write_text(json.dumps({name: content[name] for name in ("app_id", "secret")}))
        with pytest.raises(ConfigError, match=r"lacks access_token, refresh_token for the account _0001"):
            read(settings, "tiktok_organic", VIDEOS)
        assert replay.requests == []


def test_an_outage_of_the_refresh_does_not_pass_for_refused_credentials(home_of: Home) -> None:
    broken = {"method": "POST", "path": REFRESH, "status": 503, "text": ""}
    with serving(Replay([expired(), broken])) as replay, pytest.raises(SourceUnreachable, match="HTTP 503"):
        read(home_of(replay.url), "tiktok_organic", VIDEOS)
