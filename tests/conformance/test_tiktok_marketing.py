"""TikTok's own SDK reads the Marketing API."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import requests
from business_api_client import (
    AccountManagementApi,
    AdApi,
    AdgroupApi,
    ApiClient,
    AuthenticationApi,
    CampaignCreationApi,
    Configuration,
    FilteringAdGet,
    Oauth2AccessTokenBody,
    ReportingApi,
    ReportTaskCreateBody,
)
from business_api_client.tiktok_business.tiktok_exceptions import TiktokSDKError

from . import oracle
from .patience import patiently

STATUS_ALL = [{"field_name": "ad_status", "filter_type": "IN", "filter_value": json.dumps(["STATUS_ALL"])}]
METRICS = ["spend", "impressions", "clicks", "reach", "campaign_id", "ad_name"]
MAX_DAYS = 30


@pytest.fixture
def client(sandbox) -> ApiClient:
    configuration = Configuration()
    configuration.host = sandbox.base_url
    return ApiClient(configuration)


@pytest.fixture
def token(credentials) -> str:
    return credentials.marketing.access_token


def is_throttled(error: Exception) -> bool:
    return "Error Code: 40100" in str(error)


def pages(call: Callable[..., dict[str, Any]], **arguments: Any) -> Iterator[dict[str, Any]]:
    """Every row of a paged endpoint; the pages must add up to what they say."""
    rows: list[dict[str, Any]] = []
    page, last = 1, 1
    while page <= last:
        data = patiently(lambda: call(page=page, **arguments), is_throttled)["data"]  # noqa: B023  called at once
        rows += data["list"]
        info = data["page_info"]
        assert info["page"] == page
        page, last = page + 1, info["total_page"]
    assert len(rows) == info["total_number"]
    return iter(rows)


def report(client, token, market, first: date, last: date, **changes: Any) -> list[dict[str, Any]]:
    """All rows of the daily ad report over any span, asked for in the pieces that TikTok allows."""
    api = ReportingApi(client)
    rows: list[dict[str, Any]] = []
    while first <= last:
        until = min(first + timedelta(days=MAX_DAYS - 1), last)
        arguments = {
            "advertiser_id": market.advertiser_id,
            "service_type": "AUCTION",
            "data_level": "AUCTION_AD",
            "dimensions": ["ad_id", "stat_time_day"],
            "metrics": METRICS,
            "start_date": first.isoformat(),
            "end_date": until.isoformat(),
            "filtering": STATUS_ALL,
            "page_size": 200,
        }
        rows += pages(lambda **more: api.report_integrated_get("BASIC", token, **more), **arguments | changes)
        first = until + timedelta(days=1)
    return rows


def span(world) -> tuple[date, date]:
    """The world's days with one more on either side, for the accounts' zones."""
    return world.size.start - timedelta(days=1), world.size.start + timedelta(days=world.size.days + 1)


def test_the_daily_report_sums_to_the_worlds_exposures_of_every_account_ad_and_day(client, token, world):
    """Spend is compared to half a cent of each row, counts exactly."""
    for market in world.markets:
        expected = oracle.ad_days(world, market.advertiser_id)
        rows = report(client, token, market, *span(world))
        found = {
            (row["dimensions"]["ad_id"], date.fromisoformat(row["dimensions"]["stat_time_day"][:10])): row["metrics"]
            for row in rows
            if row["metrics"]["impressions"] != "0"
        }
        assert found.keys() == expected.keys()
        assert len(rows) == len({(row["dimensions"]["ad_id"], row["dimensions"]["stat_time_day"]) for row in rows})
        for key, cell in expected.items():
            metrics = found[key]
            assert int(metrics["impressions"]) == cell.impressions, key
            assert int(metrics["clicks"]) == cell.clicks, key
            assert int(metrics["reach"]) == len(cell.people), key
            assert abs(float(metrics["spend"]) - cell.spend_micro / 1e6) <= 0.00501, key


def test_every_number_of_a_report_is_text(client, token, world):
    rows = report(client, token, world.markets[0], *span(world))
    assert rows
    assert {type(value) for row in rows for part in ("metrics", "dimensions") for value in row[part].values()} == {str}


def test_hours_of_a_day_sum_to_the_day(client, token, world):
    market = world.markets[0]
    days = oracle.ad_days(world, market.advertiser_id)
    day = max({day for _, day in days}, key=lambda day: sum(c.impressions for (_, d), c in days.items() if d == day))
    rows = report(client, token, market, day, day, dimensions=["ad_id", "stat_time_hour"], metrics=["impressions"])
    assert len({row["dimensions"]["stat_time_hour"] for row in rows}) > 5
    assert {row["dimensions"]["stat_time_hour"][:10] for row in rows} == {day.isoformat()}
    total = sum(int(row["metrics"]["impressions"]) for row in rows)
    assert total == sum(cell.impressions for (_, d), cell in days.items() if d == day)


def test_a_lifetime_report_without_days_covers_the_whole_account(client, token, world):
    """A little delivery belongs to no ad, so an account has up to one in a hundred more than its ads."""
    market = world.markets[0]
    rows = pages(
        lambda **more: ReportingApi(client).report_integrated_get("BASIC", token, **more),
        advertiser_id=market.advertiser_id,
        data_level="AUCTION_ADVERTISER",
        dimensions=["advertiser_id"],
        metrics=["impressions"],
        query_lifetime=True,
    )
    days = oracle.ad_days(world, market.advertiser_id)
    of_ads = sum(cell.impressions for cell in days.values())
    (shown,) = (int(row["metrics"]["impressions"]) for row in rows)
    assert of_ads <= shown <= 1.01 * of_ads


def test_totals_come_when_asked_for(client, token, world):
    market = world.markets[0]
    first, last = world.size.start, world.size.start + timedelta(days=6)
    answer = patiently(
        lambda: ReportingApi(client).report_integrated_get(
            "BASIC",
            token,
            advertiser_id=market.advertiser_id,
            data_level="AUCTION_AD",
            dimensions=["ad_id"],
            metrics=["impressions"],
            start_date=first.isoformat(),
            end_date=last.isoformat(),
            filtering=STATUS_ALL,
            page_size=1000,
            enable_total_metrics=True,
        ),
        is_throttled,
    )["data"]
    days = oracle.ad_days(world, market.advertiser_id)
    expected = sum(cell.impressions for (_, day), cell in days.items() if first <= day <= last)
    assert int(answer["total_metrics"]["impressions"]) == expected
    assert sum(int(row["metrics"]["impressions"]) for row in answer["list"]) == expected


@pytest.mark.parametrize(
    ("api", "call", "column"),
    [
        (CampaignCreationApi, "campaign_get", "campaign_id"),
        (AdgroupApi, "adgroup_get", "adgroup_id"),
        (AdApi, "ad_get", "ad_id"),
    ],
)
def test_every_object_of_an_account_is_listed_once_newest_first(client, token, world, now, api, call, column):
    """All pages of the default size; deleted ads only when asked for."""
    for market in world.markets[:2]:
        ads = [ad for ad in world["ads"].to_pylist() if ad["advertiser_id"] == market.advertiser_id]
        arguments = {"advertiser_id": market.advertiser_id, "access_token": token}
        method = getattr(api(client), call)
        every = [row[column] for row in pages(method, filtering={"primary_status": "STATUS_ALL"}, **arguments)]
        assert every == sorted({ad[column] for ad in ads}, key=int, reverse=True)
        if column == "ad_id":
            alive = {ad["ad_id"] for ad in ads if ad["deleted_at"] is None or ad["deleted_at"] > now}
            assert {row[column] for row in pages(method, **arguments)} == alive


def test_the_typed_filter_of_the_sdk_picks_ads(client, token, world):
    ad = world["ads"].to_pylist()[0]
    wanted = FilteringAdGet(ad_ids=[ad["ad_id"]], primary_status="STATUS_ALL")
    answer = patiently(lambda: AdApi(client).ad_get(ad["advertiser_id"], token, filtering=wanted), is_throttled)
    assert [row["ad_name"] for row in answer["data"]["list"]] == [ad["ad_name"]]


def test_the_accounts_tell_currency_and_zone(client, token, world):
    ids = [market.advertiser_id for market in world.markets]
    answer = patiently(lambda: AccountManagementApi(client).advertiser_info(ids, token), is_throttled)
    assert {(row["advertiser_id"], row["currency"], row["display_timezone"]) for row in answer["data"]["list"]} == {
        (market.advertiser_id, market.currency, market.advertiser_timezone) for market in world.markets
    }


def test_an_authorisation_code_buys_a_token_that_reads_the_account(client, credentials, world):
    app = credentials.marketing
    body = Oauth2AccessTokenBody(app_id=app.app_id, secret=app.secret, auth_code=app.auth_code)
    granted = patiently(lambda: AuthenticationApi(client).oauth2_access_token(body=body), is_throttled)["data"]
    assert set(granted["advertiser_ids"]) == {market.advertiser_id for market in world.markets}
    listed = patiently(
        lambda: AuthenticationApi(client).oauth2_advertiser_get(app.app_id, app.secret, granted["access_token"]),
        is_throttled,
    )
    assert {row["advertiser_id"] for row in listed["data"]["list"]} == set(granted["advertiser_ids"])
    ids = granted["advertiser_ids"][:1]
    answer = patiently(lambda: AccountManagementApi(client).advertiser_info(ids, granted["access_token"]), is_throttled)
    assert [row["advertiser_id"] for row in answer["data"]["list"]] == ids


def test_an_asynchronous_report_runs_to_success_and_sums_to_the_world(sandbox, client, token, world):
    """The SDK has no call for the download, which is plain text without an envelope."""
    market = world.markets[0]
    body = ReportTaskCreateBody(
        advertiser_id=market.advertiser_id,
        report_type="BASIC",
        data_level="AUCTION_AD",
        dimensions=["ad_id", "stat_time_day"],
        metrics=["spend", "impressions"],
        start_date=(world.size.start - timedelta(days=1)).isoformat(),
        end_date=(world.size.start + timedelta(days=world.size.days)).isoformat(),
        filtering=STATUS_ALL,
        output_format="CSV_STRING",
        enable_report_title_translation=False,
    )
    api = ReportingApi(client)
    task = patiently(lambda: api.report_task_create(token, body=body), is_throttled)["data"]["task_id"]
    seen = []
    while len(seen) < 50 and "SUCCESS" not in seen:
        answer = patiently(lambda: api.report_task_check(task, market.advertiser_id, token), is_throttled)
        seen.append(answer["data"]["status"])
    assert seen[-1] == "SUCCESS"
    assert set(seen) <= {"QUEUING", "PROCESSING", "SUCCESS"}
    text = requests.get(
        f"{sandbox.base_url}/open_api/v1.3/report/task/download/",
        params={"advertiser_id": market.advertiser_id, "task_id": task},
        headers={"Access-Token": token},
        timeout=30,
    ).text
    rows = list(csv.DictReader(io.StringIO(text)))
    days = oracle.ad_days(world, market.advertiser_id)
    assert sum(int(row["impressions"]) for row in rows) == sum(cell.impressions for cell in days.values())


def test_a_revoked_token_is_the_sdks_error(client, world):
    with pytest.raises(TiktokSDKError, match=r"Error Code: 40105, .*incorrect or has been revoked.*request_id: \w{20}"):
        AccountManagementApi(client).advertiser_info([world.markets[0].advertiser_id], "revoked")


def test_a_throttled_call_is_the_sdks_error(sandbox, client, token, world):
    sandbox.fault("throttle", "/open_api/v1.3/advertiser/info", times=1)
    with pytest.raises(TiktokSDKError, match="Error Code: 40100, message: Too many requests"):
        AccountManagementApi(client).advertiser_info([world.markets[0].advertiser_id], token)
    assert sandbox.pending_faults() == []


@pytest.mark.parametrize(
    "change",
    [
        {"end_date": "2026-10-09"},
        {"dimensions": ["ad_id", "stat_time_hour"]},
        {"metrics": ["magic"]},
        {"start_date": "yesterday"},
        {"page_size": 1001},
    ],
)
def test_a_wrong_report_request_is_refused_with_40002(client, token, world, change):
    """31 days by day, two days by hour, an unknown metric, no date, a page too large."""
    wanted = {
        "advertiser_id": world.markets[0].advertiser_id,
        "data_level": "AUCTION_AD",
        "dimensions": ["ad_id", "stat_time_day"],
        "metrics": ["spend"],
        "start_date": "2026-09-09",
        "end_date": "2026-09-10",
    }
    api = ReportingApi(client)
    assert patiently(lambda: api.report_integrated_get("BASIC", token, **wanted), is_throttled)["data"]["list"]
    with pytest.raises(TiktokSDKError, match="Error Code: 40002"):
        patiently(lambda: api.report_integrated_get("BASIC", token, **wanted | change), is_throttled)
