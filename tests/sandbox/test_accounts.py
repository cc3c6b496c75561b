"""TikTok Accounts: tokens, profiles with their days, and posts with their lifetime counters."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from .samples import assert_same_shape, sample

SETTLED = "2026-11-20T13:00:00"
"""The tiny world's last view is of 5 November."""
PREFIX = "/open_api/v1.3"
VIDEOS, PROFILE = f"{PREFIX}/business/video/list/", f"{PREFIX}/business/get/"


class AccountCalls:
    """Calls for one account of the world; the brand's American one unless told otherwise."""

    def __init__(self, servers, creator_id="cr_us_000"):
        self.servers = servers
        self.world = servers.sandbox.world
        self.creator = next(row for row in self.world["creators"].to_pylist() if row["creator_id"] == creator_id)
        self.token = servers.sandbox.credentials.organic.access_token

    def call(self, path, **parameters):
        """The whole answer; lists and objects are sent as JSON text."""
        query = {"business_id": self.creator["open_id"], **parameters}
        texts = {name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in query.items()}
        answer = self.servers.api.get(path, params=texts, headers={"Access-Token": self.token})
        assert answer.status_code == 200
        return answer.json()

    def data(self, path, **parameters):
        answer = self.call(path, **parameters)
        assert answer["code"] == 0, answer
        return answer["data"]

    def pages(self, max_count=20, **parameters):
        """Every page of the account's posts."""
        pages, cursor = [], {}
        while not pages or pages[-1]["has_more"]:
            assert len(pages) < 300, "the pages never end"
            wanted = {"fields": ["item_id", "video_views", "create_time"], "max_count": max_count, **parameters}
            pages.append(self.data(VIDEOS, **wanted, **cursor))
            cursor = {"cursor": pages[-1]["cursor"]}
        return pages

    def posts(self, *fields, max_count=20, **parameters):
        """All posts by id, with some fields."""
        wanted = {"fields": ["item_id", *fields], **parameters} if fields else parameters
        return {post["item_id"]: post for page in self.pages(max_count, **wanted) for post in page["videos"]}

    def at(self, moment):
        self.servers.at(moment)
        return self


@pytest.fixture
def account(serve_at):
    return AccountCalls(serve_at(SETTLED))


@pytest.fixture(scope="module")
def views(tiny):
    """The world's views that count for posts: the feed's and those of Spark ads."""
    spark = {ad["ad_id"] for ad in tiny["ads"].to_pylist() if ad["is_spark"]}
    columns = ["video_id", "ad_id", "surface", "person_id", "occurred_at", "watch_ms", "engagement"]
    shown = tiny["exposures"].select(columns).filter(pc.not_equal(tiny["exposures"]["surface"], "live"))
    return [
        view
        for view in shown.filter(pc.greater(shown["watch_ms"], 0)).to_pylist()
        if view["surface"] == "feed" or view["ad_id"] in spark
    ]


def before(views, year, month, day):
    """The views before a day."""
    return [view for view in views if view["occurred_at"] < datetime(year, month, day, tzinfo=UTC)]


def by_post(views, posts):
    """How many views each of the posts has."""
    counts = Counter(view["video_id"] for view in views)
    return {item_id: counts[item_id] for item_id in posts}


@pytest.fixture
def busy(serve_at, tiny, views):
    """The account whose post was seen last, at a time of the test's choosing."""
    last = max(views, key=lambda view: view["occurred_at"])
    videos = {row["video_id"]: row for row in tiny["videos"].to_pylist()}
    creator_id = videos[last["video_id"]]["creator_id"]
    return lambda moment: AccountCalls(serve_at(moment), creator_id)


def with_videos(world, **columns):
    """The world with other values in columns of its videos; a function makes each from the video's row."""
    rows = world["videos"].to_pylist()
    changed = [{**row, **{name: value(row) for name, value in columns.items()}} for row in rows]
    videos = pa.Table.from_pylist(changed, world["videos"].schema)
    return replace(world, tables={**world.tables, "videos": videos})


def tokens(account, step, **parameters):
    app = account.servers.sandbox.credentials.organic
    body = {"client_id": app.app_id, "client_secret": app.secret, **parameters}
    return account.servers.api.post(f"{PREFIX}/tt_user/oauth2/{step}/", json=body).json()


def test_a_code_gives_a_token_for_a_day_and_refreshing_another(account):
    app = account.servers.sandbox.credentials.organic
    wanted = {"grant_type": "authorization_code", "auth_code": app.auth_code, "redirect_uri": "https://example.test"}
    answer = tokens(account, "token", **wanted)
    assert_same_shape(answer, sample("organic_token"))
    assert answer["data"]["open_id"] == account.creator["open_id"]
    assert tokens(account, "token", **wanted)["code"] == 40110
    account.token = answer["data"]["access_token"]
    account.servers.ticker.seconds += 86_399
    assert account.call(PROFILE)["code"] == 0
    account.servers.ticker.seconds += 1
    assert account.call(PROFILE)["code"] == 40102
    pair = tokens(account, "refresh_token", grant_type="refresh_token", refresh_token=answer["data"]["refresh_token"])
    assert pair["data"]["refresh_token"] != answer["data"]["refresh_token"]
    account.token = pair["data"]["access_token"]
    assert account.call(PROFILE)["code"] == 0


def test_wrong_credentials_get_their_codes(account):
    app = account.servers.sandbox.credentials.organic
    assert tokens(account, "token", client_id="x")["code"] == 40101
    assert tokens(account, "token", grant_type="code", auth_code=app.auth_code)["code"] == 40002
    assert tokens(account, "token", grant_type="authorization_code", auth_code=5)["code"] == 40110
    assert tokens(account, "refresh_token", grant_type="refresh_token")["code"] == 40107
    for token, code in ((app.secret, 40105), ("", 40104)):
        account.token = token
        assert account.call(PROFILE)["code"] == code


@pytest.mark.parametrize("body", ["", "[]", "{", '"a"', "[" * 5000])
def test_a_token_request_that_is_no_object_is_refused(account, body):
    answer = account.servers.api.post(f"{PREFIX}/tt_user/oauth2/token/", content=body)
    assert (answer.status_code, answer.json()["code"]) == (200, 40002)


def test_a_profile_and_a_post_have_the_documented_shape(busy):
    """The documented fields are asked for; nothing else comes."""
    account = busy("2026-11-06T13:00:00")
    documented = sample("organic_business_get")
    wanted = [name for name in documented["data"] if name != "metrics"]
    wanted += [name for name in documented["data"]["metrics"][0] if name != "date"]
    assert_same_shape(account.call(PROFILE, fields=wanted), documented)
    documented = sample("organic_video_list")
    answer = account.call(VIDEOS, fields=list(documented["data"]["videos"][0]))
    lively = [post for post in answer["data"]["videos"] if "reach" in post]
    assert lively
    assert_same_shape({**answer, "data": {**answer["data"], "videos": lively}}, documented)


@pytest.mark.parametrize("creator_id", ["cr_us_000", "cr_us_001", "cr_th_000"])
def test_the_pages_hold_every_post_once_newest_first(serve_at, creator_id):
    account = AccountCalls(serve_at(SETTLED), creator_id)
    pages = account.pages(max_count=2)
    found = [post["item_id"] for page in pages for post in page["videos"]]
    rows = [row for row in account.world["videos"].to_pylist() if row["creator_id"] == creator_id]
    assert sorted(found) == sorted(row["video_id"] for row in rows)
    times = [int(post["create_time"]) for page in pages for post in page["videos"]]
    assert times == sorted(times, reverse=True)
    short = [page for page in pages if len(page["videos"]) < 2 and page["has_more"]]
    assert short, "a short page is not the end"


def test_posts_of_the_same_minute_are_not_lost_between_pages(tiny, serve_at):
    moment = datetime(2026, 9, 20, 18, tzinfo=UTC)
    account = AccountCalls(serve_at(SETTLED, world=with_videos(tiny, published_at=lambda row: moment)))
    found = [post["item_id"] for page in account.pages(max_count=1) for post in page["videos"]]
    assert len(found) == len(set(found)) == len(account.posts()) > 2


def test_deleted_posts_vanish_and_leave_their_pages_short(tiny, serve_at):
    ids = sorted(row["video_id"] for row in tiny["videos"].to_pylist() if row["creator_id"] == "cr_us_000")
    gone = datetime(2026, 11, 1, tzinfo=UTC)
    world = with_videos(tiny, deleted_at=lambda row: gone if row["video_id"] in ids[:2] else None)
    account = AccountCalls(serve_at("2026-10-31T23:59:59", world=world))
    assert set(account.posts()) == set(ids)
    account.at("2026-11-01T00:00:00")
    assert set(account.posts(max_count=1)) == set(ids[2:])
    assert account.data(PROFILE, fields=["videos_count"])["videos_count"] == len(ids) - 2


def test_posts_are_there_from_the_moment_they_are_published(serve_at):
    account = AccountCalls(serve_at("2026-09-07T00:00:00"), "cr_us_001")
    rows = [row for row in account.world["videos"].to_pylist() if row["creator_id"] == "cr_us_001"]
    newest = max(rows, key=lambda row: row["published_at"])
    account.at((newest["published_at"] - timedelta(seconds=1)).replace(tzinfo=None).isoformat())
    assert newest["video_id"] not in account.posts()
    account.at(newest["published_at"].replace(tzinfo=None).isoformat())
    assert account.posts()[newest["video_id"]]["video_views"] == 0


def test_counters_are_the_worlds_views_and_engagements(serve_at, views):
    """Over all accounts: organic views and those of Spark ads, and not those of ads that only borrow the video."""
    servers = serve_at(SETTLED)
    posts = {}
    for creator in servers.sandbox.world["creators"].to_pylist():
        posts |= AccountCalls(servers, creator["creator_id"]).posts("video_views", "likes", "is_ad")
    assert {item_id: post["video_views"] for item_id, post in posts.items()} == by_post(views, posts)
    assert sum(post["video_views"] for post in posts.values()) == len(views)
    liked = sum(view["engagement"] == "like" for view in views)
    assert sum(post["likes"] for post in posts.values()) == liked > 0
    spark = {ad["video_id"] for ad in servers.sandbox.world["ads"].to_pylist() if ad["is_spark"]}
    assert {item_id for item_id, post in posts.items() if post["is_ad"]} == spark
    borrowed = pc.sum(pc.is_valid(servers.sandbox.world["exposures"]["video_id"])).as_py() - len(views)
    assert borrowed > 0


def test_a_day_is_known_a_day_after_it_ended(busy, views):
    """So what is shown is 24 to 48 hours old."""
    account = busy("2026-10-10T23:59:59")
    for moment, until in (("2026-10-10T23:59:59", 9), ("2026-10-11T00:00:00", 10)):
        posts = account.at(moment).posts()
        counters = {item_id: post["video_views"] for item_id, post in posts.items()}
        assert counters == by_post(before(views, 2026, 10, until), posts)
    days = account.data(PROFILE, fields=["video_views"], end_date="2026-10-11")["metrics"]
    assert days[-1]["date"] == "2026-10-09"


def test_reach_counts_people_and_watch_time_adds_up(busy, views):
    account = busy("2026-11-07T13:00:00")
    fields = ("reach", "video_views", "total_time_watched", "average_time_watched", "full_video_watched_rate")
    posts = account.posts(*fields, "video_view_retention", "audience_countries", "impression_sources", "video_duration")
    lively = [post for post in posts.values() if "reach" in post and post["video_views"]]
    assert lively
    for post in lively:
        own = [view for view in views if view["video_id"] == post["item_id"]]
        assert post["reach"] == len({view["person_id"] for view in own}) <= post["video_views"]
        seconds = sum(view["watch_ms"] for view in own) / 1000
        assert post["total_time_watched"] == pytest.approx(seconds, abs=0.051)
        assert post["average_time_watched"] == pytest.approx(seconds / len(own), abs=0.0051)
        full = sum(view["watch_ms"] >= post["video_duration"] * 1000 for view in own)
        assert post["full_video_watched_rate"] == pytest.approx(full / len(own), abs=1e-4)
        curve = [point["percentage"] for point in post["video_view_retention"]]
        assert curve[0] == 1
        assert curve == sorted(curve, reverse=True)
        assert curve[3] == pytest.approx(sum(view["watch_ms"] >= 3000 for view in own) / len(own), abs=1e-4)
        for shares in (post["audience_countries"], post["impression_sources"]):
            assert sum(share["percentage"] for share in shares) == pytest.approx(1, abs=1e-3)


def test_reach_and_watch_time_vanish_after_seven_idle_days(busy, views):
    account = busy("2026-11-06T00:00:00")
    last = max(views, key=lambda view: view["occurred_at"])
    seen = last["occurred_at"].date()
    fields = ("video_views", "reach", "average_time_watched", "likes")
    for days, is_there in ((8, True), (9, False)):
        # On the eighth day after, the seven latest known days still begin with the one of the view.
        post = account.at(f"{seen + timedelta(days=days)}T13:00:00").posts(*fields)[last["video_id"]]
        assert ("reach" in post, "average_time_watched" in post) == (is_there, is_there)
        assert post["video_views"] > 0
        assert "likes" in post


def test_counters_stand_still_a_year_after_the_post(tiny, serve_at, views):
    """A post that is a year old when the world begins to watch it keeps the views of its first 365 days."""
    posted = datetime(2025, 9, 20, 12, tzinfo=UTC)
    account = AccountCalls(serve_at(SETTLED, world=with_videos(tiny, published_at=lambda row: posted)))
    posts = account.posts()
    counters = {item_id: post["video_views"] for item_id, post in posts.items()}
    assert counters == by_post(before(views, 2026, 9, 20), posts)
    assert 0 < sum(counters.values()) < sum(by_post(views, posts).values())


def test_days_add_up_to_what_the_account_was_seen(busy, views):
    account = busy("2026-11-06T13:00:00")
    fields = ["video_views", "unique_video_views", "likes", "bio_link_clicks", "audience_activity"]
    data = account.data(PROFILE, fields=fields, start_date="2026-09-07", end_date="2026-11-05")
    own = set(account.posts())
    seen = [(view["occurred_at"].date().isoformat(), view["person_id"]) for view in views if view["video_id"] in own]
    by_day, people = Counter(day for day, _ in seen), Counter(day for day, _ in set(seen))
    assert [day["date"] for day in data["metrics"]] == [
        (date(2026, 9, 7) + timedelta(days=number)).isoformat() for number in range(59)
    ]
    for day in data["metrics"]:
        assert day["video_views"] == by_day[day["date"]]
        assert day["unique_video_views"] == people[day["date"]] <= day["video_views"]
        assert sum(hour["count"] for hour in day["audience_activity"]) == day["video_views"]
    assert "username" not in data


def test_an_account_tells_who_its_audience_is_to_those_who_ask(busy):
    account = busy("2026-11-06T13:00:00")
    fields = ["username", "audience_countries", "audience_genders"]
    data = account.data(PROFILE, fields=fields)
    assert set(data) == set(fields)
    for shares in (data["audience_countries"], data["audience_genders"]):
        assert sum(share["percentage"] for share in shares) == pytest.approx(1, abs=0.001)
    assert "audience_genders" not in account.data(PROFILE)


def test_bio_link_clicks_are_the_accounts_unpaid_clicks(serve_at):
    servers = serve_at("2026-11-06T13:00:00")
    wanted = Counter(row["creator_id"] for row in servers.sandbox.world["clicks"].to_pylist() if not row["is_paid"])
    found = Counter()
    for creator in servers.sandbox.world["creators"].to_pylist():
        account = AccountCalls(servers, creator["creator_id"])
        data = account.data(PROFILE, fields=["bio_link_clicks"], start_date="2026-09-07")
        found[creator["creator_id"]] = sum(day["bio_link_clicks"] for day in data["metrics"])
    late = Counter(
        row["creator_id"]
        for row in servers.sandbox.world["clicks"].to_pylist()
        if not row["is_paid"] and row["clicked_at"] >= datetime(2026, 11, 5, tzinfo=UTC)
    )
    assert +found == wanted - late
    assert sum(found.values()) > 0


def test_the_week_to_yesterday_is_the_default_range(serve_at):
    account = AccountCalls(serve_at("2026-10-20T13:00:00"))
    days = [day["date"] for day in account.data(PROFILE)["metrics"]]
    assert days == [f"2026-10-{day}" for day in range(13, 19)]


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        (PROFILE, {"business_id": ""}, 40002),
        (PROFILE, {"business_id": "nobody"}, 40001),
        (PROFILE, {"fields": ["salary"]}, 40002),
        (PROFILE, {"fields": "username"}, 40002),
        (PROFILE, {"fields": [["username"]]}, 40002),
        (PROFILE, {"start_date": "2026-09-20"}, 40002),
        (PROFILE, {"start_date": "20/11/2026"}, 40002),
        (PROFILE, {"start_date": "2026-11-10", "end_date": "2026-11-09"}, 40002),
        (VIDEOS, {"fields": ["likes"]}, 40002),
        (VIDEOS, {"fields": ["item_id", "secret"]}, 40002),
        (VIDEOS, {"fields": "[" * 5000}, 40002),
        (VIDEOS, {"max_count": "21"}, 40002),
        (VIDEOS, {"max_count": "0"}, 40002),
        (VIDEOS, {"cursor": "soon"}, 40002),
        (VIDEOS, {"cursor": "9" * 400}, 40002),
        (VIDEOS, {"filters": []}, 40002),
        (VIDEOS, {"filters": {"video_ids": "1"}}, 40002),
        (VIDEOS, {"filters": {"ad_post_only": "yes"}}, 40002),
    ],
)
def test_requests_that_cannot_be_answered_are_refused(account, path, parameters, code):
    answer = account.call(path, **parameters)
    assert (answer["code"], answer["data"]) == (code, {})


def test_ten_posts_come_unless_more_are_asked_for(serve_at):
    servers = serve_at(SETTLED)
    posts = Counter(servers.sandbox.world["videos"]["creator_id"].to_pylist())
    creator_id, count = posts.most_common(1)[0]
    account = AccountCalls(servers, creator_id)
    data = account.data(VIDEOS)
    assert len(data["videos"]) == min(10, count)
    assert set(data["videos"][0]) == {"item_id"}


def test_posts_can_be_filtered(serve_at):
    servers = serve_at(SETTLED)
    spark = next(ad for ad in servers.sandbox.world["ads"].to_pylist() if ad["is_spark"])
    account = AccountCalls(servers, spark["creator_id"])
    assert spark["video_id"] in account.posts(filters={"ad_post_only": True})
    assert set(account.posts("is_ad", filters={"ad_post_only": True})) == {
        item_id for item_id, post in account.posts("is_ad").items() if post["is_ad"]
    }
    assert set(account.posts(filters={"video_ids": [spark["video_id"], "1"]})) == {spark["video_id"]}


def test_calls_beyond_the_quota_are_throttled(serve_at):
    account = AccountCalls(serve_at(SETTLED, is_throttled=True))
    codes = {account.call(PROFILE, fields=["username"])["code"] for _ in range(20)}
    assert codes == {0, 40100}
