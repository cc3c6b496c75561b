"""The checks on daily volumes and restatements, on one landed home whose accounts each have a history of their own."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

KNOWN = date(2026, 12, 1)
"""When the build of the test helper knows what it knows."""
FIRST = date(2026, 9, 1)
SETTLED = {"amazon_seller": KNOWN - timedelta(days=4), "tiktok_ads": KNOWN - timedelta(days=3)}
USUAL = 200
PROMOTED = date(2026, 11, 24)


def days(until: date = KNOWN - timedelta(days=1)) -> list[date]:
    """Every day from the first."""
    return [FIRST + timedelta(days=number) for number in range((until - FIRST).days + 1)]


def weekday_factor(day: date) -> float:
    """Weekends are quieter."""
    return 0.4 if day.weekday() >= 5 else 1.0


def figures(seed: int, change: dict[date, float] | None = None, *, level: float = USUAL, daily: float = 1.0):
    """A figure per day: a level, its weekdays, a growth, and scatter of a few per cent; ``change`` multiplies days."""
    draw = np.random.default_rng(seed)
    factors = change or {}
    return {
        day: round(
            level * weekday_factor(day) * daily ** (day - FIRST).days * draw.uniform(0.93, 1.07) * factors.get(day, 1)
        )
        for day in days()
    }


NEWEST = SETTLED["amazon_seller"]
LATELY = [NEWEST - timedelta(days=number) for number in range(1, 11)]
WEEK_OF_EVENT = [NEWEST - timedelta(days=number) for number in range(2, 7)]


def slope(daily: float, *, last: int = 24) -> dict[date, float]:
    """Twenty-four days that each change by the same factor, and the newest, which is where the day of a number was."""
    return {NEWEST - timedelta(days=24 - number): daily**number for number in range(24)} | {NEWEST: daily**last}


SESSIONS = {
    "US": figures(1),
    "GB": figures(2, {NEWEST: 0.3}),
    "FR": figures(3, {NEWEST: 0.5}),
    "DE": figures(4, {NEWEST: 2.3}),
    "IT": figures(5, daily=1.02, level=100),
    "ES": figures(6, {PROMOTED: 3.5}),
    "NL": figures(7, {PROMOTED: 0.1}),
    "SE": {day: (day.toordinal() % 3) for day in days()} | {NEWEST: 0},
    "PL": {day: count for day, count in figures(8).items() if day >= NEWEST - timedelta(days=20)},
    "BE": figures(9, {NEWEST: 0.0}),
    "JP": figures(10, {NEWEST: 3.0}),
    "AT": figures(11, dict.fromkeys(LATELY, 4.0)),
    "PT": figures(12, dict.fromkeys(LATELY, 0.25)),
    "KR": figures(13, {NEWEST: 300.0}),
    "SG": figures(14, dict.fromkeys(WEEK_OF_EVENT, 3.5) | {NEWEST: 2.3}),
    "CZ": figures(15, slope(1.05, last=8)),
    "HU": figures(16, slope(1 / 1.05, last=8)),
    "RO": figures(17, slope(1.05)),
    "BG": figures(18, slope(1 / 1.07)),
}
"""Sessions by marketplace: each is a series. Spain, the Netherlands and Singapore have events,
Japan and Korea a viral post."""


def sales_and_traffic(market: str):
    """The report of one marketplace."""
    return [
        {
            "marketplace_id": f"M{market}", "date": str(day), "level": "date", "sessions": count, "page_views": count,
            "units_ordered": 0, "total_order_items": 0, "ordered_product_sales_amount": 0,
            "ordered_product_sales_currency_code": "EUR",
        }
        for day, count in SESSIONS[market].items()
        if count  # a day of nothing has no row
    ]  # fmt: skip


VIEWS_DAY = SETTLED["tiktok_ads"] - timedelta(days=1)


def account_daily(seed: int, change: dict[date, float]):
    """A TikTok account's views by day."""
    return [
        {"date": str(day), "video_views": value, "username": f"brand{seed}"}
        for day, value in figures(seed, change, level=9000).items()
    ]


def snapshots(seed: int, change: dict[date, float], new_post: int = 0):
    """Lifetime counters of the account's one post, taken at the end of each day; those of a new one on the last day."""
    total = 0
    if new_post:
        published = int(datetime.combine(VIEWS_DAY, time(20), UTC).timestamp())
        yield {
            "item_id": f"new{seed}", "snapshot_date": str(KNOWN - timedelta(days=1)), "create_time": str(published),
            "video_views": new_post,
        }  # fmt: skip
    for day, value in figures(seed + 1000, change, level=9000).items():
        yield {
            "item_id": f"post{seed}", "snapshot_date": str(day), "create_time": "1780000000", "video_views": total,
        }  # fmt: skip
        total += value


def ad_report(*, stopped_on: date):
    """Two ads; the larger one is switched off in the early morning before a day."""
    for number, (ad, share) in enumerate((("small", 0.1), ("large", 0.9))):
        change = {} if ad == "small" else {stopped_on - timedelta(days=1): 0.3}
        for day, value in figures(40 + number, change, level=20_000 * share).items():
            if ad == "small" or day < stopped_on:
                yield {
                    "ad_id": ad, "stat_time_day": f"{day} 00:00:00", "impressions": value, "spend": value / 100,
                    "clicks": value // 50, "video_play_actions": value,
                }  # fmt: skip


def halves(*, stopped_on: date):
    """Two ads; one is switched off at the end of a day, on which the other is nearly missing."""
    for number, ad in enumerate(("half_on", "half_off")):
        change = {stopped_on - timedelta(days=1): 0.1} if ad == "half_on" else {}
        for day, value in figures(50 + number, change, level=10_000).items():
            if ad == "half_on" or day < stopped_on:
                yield {
                    "ad_id": ad, "stat_time_day": f"{day} 00:00:00", "impressions": value, "spend": value / 100,
                    "clicks": value // 50, "video_play_actions": value,
                }  # fmt: skip


def spark_report(views: dict[date, int], *, stopped_on: date):
    """An ad that shows a post, until it is switched off."""
    for day, value in views.items():
        if day < stopped_on:
            yield {
                "ad_id": "spark", "stat_time_day": f"{day} 00:00:00", "impressions": value, "spend": 1,
                "clicks": 1, "video_play_actions": value,
            }  # fmt: skip


VIRAL = ((20, "JP"), (21, "IT"), (22, "KR"))
"""Accounts by the country of their creator."""


@pytest.fixture(scope="module")
def volumes(new_warehouse):
    """Everything landed and built once; a release before said what is in ``previous_volumes``."""
    warehouse = new_warehouse("volumes")
    warehouse.land(
        "reference__markets",
        [
            {"market": place, "marketplace_id": f"M{place}", "country": place, "currency": "EUR", "timezone": "UTC"}
            for place in SESSIONS
        ],
    )  # fmt: skip
    warehouse.land(
        "reference__promotions",
        [
            {"promotion_id": country, "kind": "event", "market": country, "starts_at": f"{start}T00:00:00Z",
             "ends_at": f"{end}T00:00:00Z"}
            for country, start, end in (
                ("ES", PROMOTED, PROMOTED + timedelta(days=1)), ("NL", PROMOTED, PROMOTED + timedelta(days=1)),
                ("SG", WEEK_OF_EVENT[-1], NEWEST - timedelta(days=1)),
            )
        ],
    )  # fmt: skip
    warehouse.land(
        "reference__creators",
        [{"creator_id": f"c{seed}", "handle": f"brand{seed}", "country": place} for seed, place in VIRAL],
    )  # fmt: skip
    read = {"window": (str(FIRST), str(KNOWN - timedelta(days=1))), "at": f"{KNOWN} 00:00:00"}
    for place in SESSIONS:
        warehouse.land("amazon_seller__sales_and_traffic", sales_and_traffic(place), account=f"M{place}", **read)
    jump, fall = {VIEWS_DAY: 30.0}, {VIEWS_DAY: 0.4, SETTLED["tiktok_ads"]: 0.4}
    for seed, change, seen, new_post in (
        (20, jump, jump, 0), (21, jump, {}, 0), (22, jump, {}, 400_000), (23, jump, {}, 4_000), (24, fall, fall, 0),
        (25, fall, fall, 0),
    ):  # fmt: skip
        warehouse.land("tiktok_organic__account_daily", account_daily(seed, change), account=f"a{seed}", **read)
        warehouse.land("tiktok_organic__videos", snapshots(seed, seen, new_post), account=f"a{seed}", **read)
    for account in ("ads", "halves", "sparks"):
        advertiser = {"advertiser_id": account, "currency": "EUR", "display_timezone": "UTC"}
        warehouse.land("tiktok_ads__advertisers", [advertiser], account=account)
    status = {"advertiser_id": "ads", "campaign_id": "k", "adgroup_id": "g"}
    warehouse.land(
        "tiktok_ads__ads",
        [
            {**status, "ad_id": "small", "operation_status": "ENABLE"},
            {**status, "ad_id": "large", "operation_status": "DISABLE"},
            {**status, "ad_id": "half_on", "operation_status": "ENABLE", "advertiser_id": "halves"},
            {**status, "ad_id": "half_off", "operation_status": "DISABLE", "advertiser_id": "halves"},
            {**status, "ad_id": "spark", "operation_status": "DISABLE", "advertiser_id": "sparks",
             "tiktok_item_id": "post24"},
        ],
        account="ads",
    )  # fmt: skip
    stopped_on = SETTLED["tiktok_ads"] - timedelta(days=1)
    warehouse.land("tiktok_ads__ad_report_daily", ad_report(stopped_on=stopped_on), account="ads", **read)
    warehouse.land("tiktok_ads__ad_report_daily", halves(stopped_on=stopped_on), account="halves", **read)
    paid = {day: round(value * 0.6) for day, value in figures(1024, level=9000).items()}
    warehouse.land("tiktok_ads__ad_report_daily", spark_report(paid, stopped_on=VIEWS_DAY), account="sparks", **read)
    # One shop was read for the first time on the eve of the release before, the other a week earlier too.
    for shop, until in (("first", 26), ("again", 19), ("again", 26), ("first", 29)):
        warehouse.land(
            "tiktok_shop__orders", [], account=shop, window=(str(FIRST), f"2026-11-{until}"),
            at=f"2026-11-{until + 1} 13:00:00",
        )  # fmt: skip
    warehouse.execute(f"insert into raw.accepted_volumes values ('{KEY}BE', '{NEWEST}', '{NEWEST}')")
    warehouse.execute("insert into raw.previous_release values ('before', timestamp '2026-11-28', 'last_touch')")
    warehouse.execute(PREVIOUS)
    wanted = ("--select", "+mart_volume_daily", "+int_volumes__restated")
    warehouse.build("build", *wanted, "--exclude", "resource_type:unit_test", "resource_type:test")
    return warehouse


KEY = "amazon_seller.sales_and_traffic.sessions:M"
# The release before said the same, but for some days: one of few clicks, one a week old, one five weeks old, one of
# four days ago, two of one week that moved apart, and one that is little of its week.
PREVIOUS = f"""
insert into raw.previous_volumes
select
    '{KEY}' || market, 'amazon_seller', 'sales_and_traffic', 'M' || market, market, 'sessions', event_date,
    round(sessions * case
        when market = 'SE' and event_date = date '2026-10-05' then 2
        when market = 'US' and event_date = date '2026-11-18' then 1.5
        when market = 'IT' and event_date = date '2026-10-21' then 1.5
        when market = 'US' and event_date = date '2026-11-24' then 1.5
        when market = 'FR' and event_date = date '2026-11-04' then 1.2
        when market = 'GB' and event_date = date '2026-11-03' then 1.3
        when market = 'GB' and event_date = date '2026-11-04' then 0.7
        else 1
    end)
from (
    select marketplace_id[2:] as market, cast(date as date) as event_date, cast(sessions as bigint) as sessions
    from raw.amazon_seller__sales_and_traffic
)
union all
select
    'tiktok_shop.orders.orders:' || shop, 'tiktok_shop', 'orders', shop, null, 'orders', day::date, 50
from unnest(['first', 'again']) as shops (shop), unnest([date '2026-10-05', date '2026-11-26']) as days (day)
"""


def verdict(warehouse, series: str, day: date) -> str:
    """What the model makes of a day."""
    found = warehouse.rows(
        f"select verdict from marts.mart_volume_daily where series_key = '{series}' and event_date = '{day}'"
    )
    assert len(found) == 1, (series, day)
    return found[0][0]


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("US", NEWEST, "usual"),
        ("GB", NEWEST, "block"),
        ("FR", NEWEST, "warn"),
        ("DE", NEWEST, "block"),
        ("IT", NEWEST, "usual"),
        ("ES", PROMOTED, "usual"),
        ("NL", PROMOTED, "block"),
        ("SE", NEWEST, "usual"),
        ("PL", NEWEST, "not_enough_history"),
        ("BE", NEWEST, "accepted"),
        ("JP", NEWEST, "explained"),
        ("KR", NEWEST, "warn"),
        ("SG", NEWEST, "block"),
        ("CZ", NEWEST, "usual"),
        ("HU", NEWEST, "usual"),
        ("RO", NEWEST, "usual"),
        ("BG", NEWEST, "usual"),
        ("AT", NEWEST, "usual"),
        ("PT", NEWEST, "usual"),
    ],
)
def test_a_day_is_judged_by_its_own_history(volumes, country: str, day: date, expected: str) -> None:
    """Half and double block; growth, weekdays, an event, a handful and a return do not; an event excuses no fall.

    Sessions that trebled where views rose thirtyfold are explained; three hundred times as many are not. A series that
    has climbed or sunk for three weeks may go on or fall back, and an event of the week before excuses no double.
    """
    assert verdict(volumes, f"{KEY}{country}", day) == expected


def test_a_weekend_is_not_a_fall(volumes) -> None:
    """Saturdays below half of the week before would otherwise be reported each week."""
    found = volumes.rows(
        f"select verdict, count(*) from marts.mart_volume_daily where series_key = '{KEY}US' group by 1"
    )
    assert set(dict(found)) == {"usual", "not_enough_history"}
    assert dict(found)["not_enough_history"] < 45


def test_unsettled_days_are_not_judged(volumes) -> None:
    """Yesterday is still being reported."""
    newest = volumes.rows("select source, max(event_date) from marts.mart_volume_daily group by 1")
    assert {source: day for source, day in newest if source in SETTLED} == SETTLED


def test_a_jump_of_views_needs_a_second_report(volumes) -> None:
    """Both reports of the account show that a post went viral; a report that is loaded twice is alone."""
    key = "tiktok_organic.account_daily.video_views"
    assert verdict(volumes, f"{key}:a20", VIEWS_DAY) == "explained"
    assert verdict(volumes, f"{key}:a21", VIEWS_DAY) == "block"


def test_a_new_post_is_a_second_report(volumes) -> None:
    """Its counter holds as many views as the day has too many; that of another holds a few of them only."""
    key = "tiktok_organic.account_daily.video_views"
    assert verdict(volumes, f"{key}:a22", VIEWS_DAY) == "explained"
    assert verdict(volumes, f"{key}:a23", VIEWS_DAY) == "block"


def test_a_post_falls_with_the_ad_that_showed_it(volumes) -> None:
    """Six in ten of an account's views were bought until yesterday; another account lost as many for no reason."""
    for stream in ("account_daily.video_views", "videos.views_gained"):
        assert verdict(volumes, f"tiktok_organic.{stream}:a24", SETTLED["tiktok_ads"]) == "usual"
        assert verdict(volumes, f"tiktok_organic.{stream}:a25", SETTLED["tiktok_ads"]) == "block"


def test_an_ad_that_was_switched_off_is_no_missing_day(volumes) -> None:
    """Nine tenths of the spend stopped because somebody stopped it, in the middle of a day."""
    for measure in ("impressions", "spend_minor", "clicks"):
        for day in (SETTLED["tiktok_ads"], SETTLED["tiktok_ads"] - timedelta(days=2)):
            assert verdict(volumes, f"tiktok_ads.ad_report_daily.{measure}:ads", day) == "usual"


def test_the_last_day_of_an_ad_excuses_no_other(volumes) -> None:
    """It delivered to the end of that day."""
    day = SETTLED["tiktok_ads"] - timedelta(days=2)
    assert verdict(volumes, "tiktok_ads.ad_report_daily.impressions:halves", day) == "warn"


def test_a_day_without_rows_is_a_day_of_zero(volumes) -> None:
    """It is not left out, and its figure is not unknown."""
    assert volumes.rows("select count(*) from marts.mart_volume_daily where value is null") == [(0,)]
    assert volumes.rows(
        f"select value from marts.mart_volume_daily where series_key = '{KEY}BE' and event_date = '{NEWEST}'"
    ) == [(0,)]


def test_settled_days_that_moved_are_reported(volumes) -> None:
    """By a tenth of a week at the age of a week; by the same at five weeks it blocks; few clicks are left alone.

    A day up and a day down do not cancel out. A shop that had been read once by then is not compared, nor are days that
    were not a week old.
    """
    found = volumes.rows(
        "select account, cast(week_start as varchar), least_age_days, verdict from intermediate.int_volumes__restated "
        "where verdict <> 'usual' or account = 'MSE' and week_start = '2026-10-05'"
    )
    assert set(found) == {
        ("MUS", "2026-11-16", 7, "warn"),
        ("MIT", "2026-10-19", 28, "block"),
        ("MGB", "2026-11-02", 7, "warn"),
        ("MFR", "2026-11-02", 7, "warn"),
        ("MSE", "2026-10-05", 28, "usual"),
        ("again", "2026-10-05", 28, "block"),
    }
