"""The ways in which other known clients ask: each must get what the plain way gets.

Written from the public sources of connectors (Airbyte's and Singer's), and of SDKs in other languages.
"""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
import requests

from .patience import patiently

US, UK = "ATVPDKIKX0DER", "A1F83G8C2ARO7P"
STATUS_ALL = [{"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}]


class Throttled(Exception):
    """The platform wants to be asked later."""


def send(method: str, url: str, **arguments: Any) -> requests.Response:
    """A request that is repeated while it is throttled."""

    def once() -> requests.Response:
        answer = requests.request(method, url, timeout=30, **arguments)
        if answer.status_code == 429 or b'"code":40100' in answer.content[:200]:
            raise Throttled
        return answer

    return patiently(once, lambda error: isinstance(error, Throttled))


def shown(answer: requests.Response) -> Any:
    """What an answer says, without the ids of the request."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    if isinstance(body, dict):
        assert body.get("code", 0) == 0, body
        body.pop("request_id", None)
    return body


@pytest.mark.parametrize("way", ["json", "form", "form with charset", "basic"])
def test_a_token_can_be_asked_for_in_every_way(sandbox, credentials, way):
    """The SDKs for Java and JavaScript send JSON, connectors a form, OAuth libraries the client in a header."""
    seller = credentials.seller
    body = {"grant_type": "refresh_token", **vars(seller)}
    public = {"grant_type": "refresh_token", "refresh_token": seller.refresh_token}
    typed = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
    arguments: dict[str, Any] = {
        "json": {"json": body},
        "form": {"data": body},
        "form with charset": {"data": body, "headers": typed},
        "basic": {"data": public, "auth": (seller.client_id, seller.client_secret)},
    }[way]
    answer = requests.post(f"{sandbox.base_url}/auth/o2/token", timeout=30, **arguments)
    assert answer.status_code == 200, answer.text
    assert answer.json()["access_token"].startswith("Atza|")
    assert answer.json()["expires_in"] == 3600


@pytest.fixture
def tiktok(sandbox, credentials):
    """A GET request to the Marketing API."""

    def get(path: str, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
        url = f"{sandbox.base_url}/open_api/v1.3/{path}"
        token = {"Access-Token": credentials.marketing.access_token}
        return shown(send("GET", url, params=parameters, headers=headers or token))

    return get


def report_request(world) -> dict[str, Any]:
    return {
        "advertiser_id": world.markets[0].advertiser_id,
        "service_type": "AUCTION",
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "dimensions": '["ad_id","stat_time_day"]',
        "metrics": '["spend","impressions"]',
        "start_date": "2026-09-10",
        "end_date": "2026-09-20",
        "filtering": json.dumps(STATUS_ALL),
        "page": 1,
        "page_size": 1000,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"dimensions": '["stat_time_day", "ad_id"]'},
        {"dimensions": '[ "ad_id" , "stat_time_day" ]'},
        {"page": "1", "page_size": "1000"},
        {"page": None},
        {"lifetime": "false", "query_lifetime": "False", "enable_total_metrics": "false"},
        {"query_mode": "REGULAR"},
        {"service_type": None},
        {"filtering": json.dumps([{**STATUS_ALL[0], "filter_value": json.dumps(["STATUS_ALL"])}], indent=1)},
        {"nonsense": "1"},
    ],
    ids=str,
)
def test_the_report_is_the_same_however_it_is_asked_for(tiktok, world, change):
    plain = tiktok("report/integrated/get/", **report_request(world))
    other = tiktok("report/integrated/get/", **report_request(world) | change)
    assert plain["data"]["list"]
    key = lambda row: sorted(row["dimensions"].items())  # noqa: E731  one use
    assert sorted(other["data"]["list"], key=key) == sorted(plain["data"]["list"], key=key)


def test_header_names_may_be_of_any_case_and_more_may_come(tiktok, world, credentials):
    token = {"access-token": credentials.marketing.access_token, "Content-Type": "application/json"}
    assert tiktok("report/integrated/get/", headers=token, **report_request(world))["data"]["list"]


def test_connectors_ask_for_every_metric_at_once(tiktok, world):
    """The metrics that the Airbyte source asks for of an ad and a day."""
    metrics = [
        "spend",
        "cpc",
        "cpm",
        "impressions",
        "clicks",
        "ctr",
        "reach",
        "cost_per_1000_reached",
        "frequency",
        "campaign_name",
        "campaign_id",
        "adgroup_name",
        "adgroup_id",
        "ad_name",
        "ad_text",
        "placement_type",
        "promotion_type",
        "conversion",
        "cost_per_conversion",
        "conversion_rate",
        "real_time_conversion",
        "real_time_cost_per_conversion",
        "real_time_conversion_rate",
        "result",
        "cost_per_result",
        "result_rate",
        "real_time_result",
        "real_time_cost_per_result",
        "real_time_result_rate",
        "secondary_goal_result",
        "cost_per_secondary_goal_result",
        "secondary_goal_result_rate",
        "video_play_actions",
        "video_watched_2s",
        "video_watched_6s",
        "average_video_play",
        "average_video_play_per_user",
        "video_views_p25",
        "video_views_p50",
        "video_views_p75",
        "video_views_p100",
        "profile_visits",
        "likes",
        "comments",
        "shares",
        "follows",
        "clicks_on_music_disc",
    ]
    rows = tiktok("report/integrated/get/", **report_request(world) | {"metrics": json.dumps(metrics)})["data"]["list"]
    assert {frozenset(row["metrics"]) for row in rows} == {frozenset(metrics)}
    assert {type(value) for row in rows for value in row["metrics"].values()} == {str}


@pytest.mark.parametrize(("kind", "status"), [("campaign", "CAMPAIGN"), ("adgroup", "ADGROUP"), ("ad", "AD")])
def test_deleted_objects_can_be_asked_for_by_either_status(tiktok, world, kind, status):
    """Airbyte names the secondary status, others the primary one."""
    wanted = {"advertiser_id": world.markets[0].advertiser_id, "page_size": 1000}
    primary = tiktok(f"{kind}/get/", filtering='{"primary_status":"STATUS_ALL"}', **wanted)
    secondary = tiktok(f"{kind}/get/", filtering=json.dumps({"secondary_status": f"{status}_STATUS_ALL"}), **wanted)
    assert primary["data"]["list"]
    assert secondary["data"] == primary["data"]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("advertiser/info/", "advertiser_id name telephone_number license_no promotion_area currency timezone"),
        ("campaign/get/", "campaign_id campaign_name budget is_new_structure split_test_variable roas_bid"),
        ("adgroup/get/", "adgroup_id placements pixel_id frequency_schedule age_groups schedule_start_time"),
        ("ad/get/", "ad_id ad_text tracking_app_id brand_safety_postbid_partner landing_page_url modify_time"),
    ],
)
def test_connectors_name_fields_that_most_accounts_do_not_fill(tiktok, world, path, fields):
    wanted = {"advertiser_id": world.markets[0].advertiser_id, "fields": json.dumps(fields.split())}
    if path == "advertiser/info/":
        wanted = {"advertiser_ids": json.dumps([wanted["advertiser_id"]]), "fields": wanted["fields"]}
    rows = tiktok(path, **wanted)["data"]["list"]
    assert {tuple(row) for row in rows} == {tuple(fields.split())}
    assert all(row[fields.split()[0]] for row in rows)


@pytest.fixture
def seller(sandbox, credentials):
    """A request to the Selling Partner API."""
    body = {"grant_type": "refresh_token", **vars(credentials.seller)}
    granted = requests.post(f"{sandbox.base_url}/auth/o2/token", data=body, timeout=30).json()

    def ask(method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {"X-AMZ-ACCESS-TOKEN": granted["access_token"], "Host": "sellingpartnerapi-na.amazon.com"}
        return send(method, f"{sandbox.base_url}{path}", headers=headers, **arguments)

    return ask


def test_posts_of_an_account_are_paged_until_there_are_no_more(tiktok, world, credentials, now):
    """The Accounts API has no SDK here: a short page is not the end, and deleted posts are gone."""
    creator = world["creators"].to_pylist()[0]
    seen: list[str] = []
    page: dict[str, Any] = {"has_more": True, "cursor": None}
    while page["has_more"]:
        page = tiktok(
            "business/video/list/",
            headers={"Access-Token": credentials.organic.access_token},
            business_id=creator["open_id"],
            fields='["item_id","video_views"]',
            max_count="4",
            cursor=page["cursor"],
        )["data"]
        seen += [video["item_id"] for video in page["videos"]]
        assert len(page["videos"]) <= 4
    expected = {
        video["video_id"]
        for video in world["videos"].to_pylist()
        if video["creator_id"] == creator["creator_id"] and (video["deleted_at"] is None or video["deleted_at"] > now)
    }
    assert [len(seen), set(seen)] == [len(expected), expected]


def orders_of(page: Any) -> list[Any]:
    """Orders of either version's page; tokens of following pages tell the time and always differ."""
    orders: list[Any] = page["orders"] if "orders" in page else page["payload"]["Orders"]
    assert orders
    return orders


@pytest.mark.parametrize("path", ["/orders/2026-01-01/orders", "/orders/v0/orders"])
def test_marketplaces_may_be_repeated_or_joined(seller, world, path):
    name, after = ("marketplaceIds", "createdAfter") if "2026" in path else ("MarketplaceIds", "CreatedAfter")
    start = {after: world.size.first_moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    joined, repeated, one = (
        shown(seller("GET", path, params={name: marketplaces, **start}))
        for marketplaces in (f"{US},{UK}", [US, UK], [UK])
    )
    assert orders_of(repeated) == orders_of(joined)
    assert orders_of(one) != orders_of(joined)


@pytest.mark.parametrize(
    "form", ["%Y-%m-%dT%H:%M:%S.000Z", "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%S.000000Z", "%Y%m%dT%H%M%SZ"]
)
def test_times_may_come_in_every_form_of_the_standard(seller, world, form):
    moment = world.size.first_moment + timedelta(days=20)
    path = "/orders/v0/orders"
    plain = {"MarketplaceIds": US, "CreatedAfter": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "MaxResultsPerPage": "5"}
    wanted = orders_of(shown(seller("GET", path, params=plain)))
    answer = seller("GET", path, params=plain | {"CreatedAfter": moment.strftime(form)})
    assert orders_of(shown(answer)) == wanted


def test_a_report_may_name_options_and_no_times(seller):
    body = {
        "reportType": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
        "marketplaceIds": [US],
        "reportOptions": {"custom": "true"},
    }
    answer = seller("POST", "/reports/2021-06-30/reports", json=body)
    assert answer.status_code == 202, answer.text


@pytest.fixture
def ads(sandbox, credentials, world):
    """A request to the Ads API."""
    app = credentials.attribution
    body = {"grant_type": "refresh_token", **vars(app)}
    granted = requests.post(f"{sandbox.base_url}/auth/o2/token", data=body, timeout=30).json()

    def ask(method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {
            "authorization": f"bearer {granted['access_token']}",
            "amazon-advertising-api-clientid": app.client_id,
            "amazon-advertising-api-scope": world.markets[0].profile_id,
        } | arguments.pop("headers", {})
        return send(method, f"{sandbox.base_url}{path}", headers=headers, **arguments)

    return ask


def test_profiles_may_be_filtered(ads):
    plain = shown(ads("GET", "/v2/profiles"))
    assert shown(ads("GET", "/v2/profiles", params={"profileTypeFilter": "seller,vendor"})) == plain
    assert shown(ads("GET", "/v2/profiles", params={"apiProgram": "campaign", "accessLevel": "view"})) == plain


@pytest.mark.parametrize(
    "change",
    [
        {"cursorId": ""},
        {"cursorId": None},
        {"reportType": "PERFORMANCE"},
        {"advertiserIds": ""},
        {"metrics": ""},
        {"nonsense": 1},
    ],
    ids=str,
)
def test_an_attribution_report_is_the_same_however_it_is_asked_for(ads, world, change):
    wanted = {"startDate": "20260910", "endDate": "20260930", "groupBy": "CAMPAIGN", "count": 300}
    plain = shown(ads("POST", "/attribution/report", json=wanted))
    assert plain["reports"]
    assert shown(ads("POST", "/attribution/report", json=wanted | change)) == plain


def test_products_may_be_asked_for_with_an_empty_level(ads, now):
    wanted = {
        "reportType": "PRODUCTS",
        "groupBy": "",
        "startDate": f"{now - timedelta(days=80):%Y%m%d}",
        "endDate": f"{now:%Y%m%d}",
        "count": 300,
        "cursorId": "",
    }
    assert shown(ads("POST", "/attribution/report", json=wanted))["reports"]


def test_a_request_without_content_type_is_read_as_json(ads):
    body = json.dumps({"startDate": "20260910", "endDate": "20260930", "groupBy": "CAMPAIGN"})
    assert shown(ads("POST", "/attribution/report", data=body))["reports"]


def test_a_v3_report_has_the_columns_that_connectors_ask_for(ads, world):
    """The Airbyte source asks for budgets with the figures of campaigns."""
    columns = """
        date campaignId campaignName campaignStatus campaignBudgetAmount campaignBudgetType campaignBudgetCurrencyCode
        campaignRuleBasedBudgetAmount campaignApplicableBudgetRuleId campaignApplicableBudgetRuleName impressions clicks
        cost purchases1d purchases7d purchases14d purchases30d sales14d unitsSoldClicks14d topOfSearchImpressionShare
    """
    day = world.size.settled_moment.date().replace(day=2).isoformat()
    configuration = {
        "adProduct": "SPONSORED_PRODUCTS",
        "groupBy": ["campaign"],
        "columns": columns.split(),
        "reportTypeId": "spCampaigns",
        "timeUnit": "DAILY",
        "format": "GZIP_JSON",
    }
    wanted = {"name": "all", "startDate": day, "endDate": day, "configuration": configuration}
    status = shown(ads("POST", "/reporting/reports", json=wanted))
    for _ in range(9):
        status = shown(ads("GET", f"/reporting/reports/{status['reportId']}"))
    rows = json.loads(gzip.decompress(requests.get(status["url"], timeout=30).content))
    assert {tuple(row) for row in rows} == {tuple(columns.split())}
