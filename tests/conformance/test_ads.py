"""python-amazon-ad-api reads profiles, Amazon Attribution and the version 3 reports."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import ad_api.api  # first: its parts import each other in a circle
import pytest
from ad_api.auth import AccessTokenClient
from ad_api.auth.exceptions import AuthorizationError
from ad_api.base.exceptions import (
    AdvertisingApiBadRequestException,
    AdvertisingApiException,
    AdvertisingApiForbiddenException,
    AdvertisingApiTooManyRequestsException,
    AdvertisingApiUnauthorizedException,
)

from . import oracle
from .patience import patiently

MASK_CLICKS = 10
LEVELS = {"CAMPAIGN": ("campaignId",), "ADGROUP": ("campaignId", "adGroupId")}
V3_DAYS = 31


@pytest.fixture
def sign_in(sandbox, credentials, monkeypatch) -> Callable[..., Any]:
    """An API class of the package for a profile."""
    # The two class attributes are the package's only way to another host.
    monkeypatch.setattr(AccessTokenClient, "scheme", "http://")
    monkeypatch.setattr(AccessTokenClient, "host", sandbox.base_url.removeprefix("http://"))

    def build(api: type, profile_id: str | None = None, **changes: str) -> Any:
        keys = vars(credentials.attribution) | changes | ({"profile_id": profile_id} if profile_id else {})
        client = api(credentials=keys, verify_additional_credentials=False)
        client.endpoint = sandbox.base_url
        return client

    return build


def ask(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    throttled = AdvertisingApiTooManyRequestsException
    # The calls take their arguments out of what they are given.
    return patiently(lambda: call(*args, **json.loads(json.dumps(kwargs))), lambda error: isinstance(error, throttled))


def report(api: Any, count: int, **wanted: Any) -> Iterator[dict[str, str]]:
    """All rows of all pages; the cursor goes back as it came."""
    cursor = None
    while True:
        page = ask(api.post_report, body={"count": count, "cursorId": cursor, **wanted})
        assert page.payload["size"] == len(page.payload["reports"]) <= count
        yield from page.payload["reports"]
        cursor = page.next_token
        if cursor is None:
            return
        assert json.loads(cursor)


def amazon_markets(world) -> list[Any]:
    return [market for market in world.markets if market.has_amazon]


def period(world, now) -> dict[str, str]:
    return {"startDate": f"{world.size.start - timedelta(days=1):%Y%m%d}", "endDate": f"{now:%Y%m%d}"}


def test_the_profiles_are_the_markets_with_an_amazon_storefront(sign_in, world):
    profiles = ask(sign_in(ad_api.api.Profiles).list_profiles).payload
    assert {
        (p["profileId"], p["currencyCode"], p["timezone"], p["accountInfo"]["marketplaceStringId"]) for p in profiles
    } == {(int(m.profile_id), m.currency, m.timezone, m.marketplace_id) for m in amazon_markets(world)}


def test_click_throughs_equal_the_tagged_clicks_of_every_group_with_ten_or_more(sign_in, world, now):
    """Amazon's rule: a campaign or ad group shows zeros as long as it has had fewer than ten clicks in its life."""
    shown, masked = 0, 0
    for market, level in product(amazon_markets(world), LEVELS):
        columns = LEVELS[level]
        expected: Counter[tuple[str, ...]] = Counter()
        for click in oracle.tagged_clicks(world, market.code):
            expected[(click["tag"]["campaign_id"], click["tag"]["adgroup_id"])[: len(columns)]] += 1
        found: Counter[tuple[str, ...]] = Counter()
        api = sign_in(ad_api.api.Attribution, market.profile_id)
        for row in report(api, 7, groupBy=level, **period(world, now)):
            found[tuple(row[column] for column in columns)] += int(row["Click-throughs"])
        visible = {key: clicks for key, clicks in expected.items() if clicks >= MASK_CLICKS}
        assert +found == Counter(visible)
        assert found.keys() >= expected.keys()
        shown, masked = shown + len(visible), masked + len(expected) - len(visible)
    assert min(shown, masked) > 0


def test_purchases_are_the_last_tagged_click_within_fourteen_days(sign_in, world, now):
    """Claims of the campaigns that are not masked; nothing cancelled or given back within 28 days."""
    for market in amazon_markets(world):
        expected = oracle.attributed_purchases(world, market.code)
        shown = {key for key, clicks in oracle.clicks_by_campaign(world, market.code).items() if clicks >= MASK_CLICKS}
        found: Counter[str] = Counter()
        api = sign_in(ad_api.api.Attribution, market.profile_id)
        for row in report(api, 1000, groupBy="CAMPAIGN", **period(world, now)):
            found[row["campaignId"]] += int(row["attributedTotalPurchases14d"])
        assert +found == Counter({key: count for key, count in expected.items() if key in shown})


def test_products_repeat_the_purchases_of_performance(sign_in, world, now):
    """Promoted products and the brand's other products together, over the ninety days that PRODUCTS reaches back."""
    market = amazon_markets(world)[0]
    api = sign_in(ad_api.api.Attribution, market.profile_id)
    days = period(world, now) | {"startDate": f"{now - timedelta(days=89):%Y%m%d}"}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in report(api, 500, reportType="PRODUCTS", **days):
        kind = row["productConversionType"]
        assert kind in ("Promoted", "Brand Halo")
        column = "attributedPurchases14d" if kind == "Promoted" else "brandHaloAttributedPurchases14d"
        found["PRODUCTS"][row["adGroupId"]] += int(row[column])
    for row in report(api, 500, groupBy="ADGROUP", **days):
        found["PERFORMANCE"][row["adGroupId"]] += int(row["attributedTotalPurchases14d"])
    assert +found["PRODUCTS"] == +found["PERFORMANCE"]
    assert found["PRODUCTS"]


def test_pages_of_any_size_give_the_same_rows(sign_in, world, now):
    api = sign_in(ad_api.api.Attribution, amazon_markets(world)[0].profile_id)
    once = list(report(api, 5000, **period(world, now)))
    assert len(once) > 20
    assert list(report(api, 7, **period(world, now))) == once
    assert {type(value) for row in once for value in row.values()} == {str}


def test_tags_come_per_advertiser_and_publisher(sign_in, world):
    api = sign_in(ad_api.api.Attribution, amazon_markets(world)[0].profile_id)
    advertisers = [row["advertiserId"] for row in ask(api.get_advertisers).payload["advertisers"]]
    publishers = {row["name"]: row for row in ask(api.get_publishers).payload["publisher"]}
    chosen = [publishers["TikTok"]["id"]]
    tags = ask(api.get_non_macro_template_tag, publisherIds=chosen).payload["advertiserAttributionTagMap"]
    assert {name: set(by_publisher) for name, by_publisher in tags.items()} == {
        name: set(chosen) for name in advertisers
    }
    tag = tags[advertisers[0]][chosen[0]]
    assert tag.startswith("?maas=maas_adg_api_")
    assert {"ref_=aa_maas", "tag=maas"} < set(tag.lstrip("?").split("&"))
    macro = [row["id"] for row in publishers.values() if row["macroEnabled"]]
    tags = ask(api.get_macro_tag, publisherIds=macro, advertiserIds=advertisers).payload["advertiserAttributionTagMap"]
    assert set(tags[advertisers[0]]) == set(macro)


def run_v3_report(api: Any, **wanted: Any) -> tuple[list[str], dict[str, Any]]:
    """States of a report, and its last answer."""
    created = ask(api.post_report, body=wanted).payload
    states = [created["status"]]
    status = created
    while status["status"] not in ("COMPLETED", "FAILED") and len(states) < 20:
        status = ask(api.get_report, created["reportId"]).payload
        states.append(status["status"])
    return states, status


def v3_request(world, **changes: Any) -> dict[str, Any]:
    last = world.size.start + timedelta(days=world.size.days - 1)
    configuration = {
        "adProduct": "SPONSORED_PRODUCTS",
        "groupBy": ["advertiser"],
        "columns": ["date", "campaignId", "adId", "advertisedAsin", "impressions", "clicks", "cost", "purchases14d"],
        "reportTypeId": "spAdvertisedProduct",
        "timeUnit": "DAILY",
        "format": "GZIP_JSON",
    }
    first = last - timedelta(days=V3_DAYS - 1)
    return {"startDate": first.isoformat(), "endDate": last.isoformat(), "configuration": configuration | changes}


def test_a_v3_report_runs_to_completed_and_sums_to_the_world(sign_in, world):
    """Sponsored Products of the last month: ids and figures are JSON numbers."""
    for market in amazon_markets(world)[:2]:
        api = sign_in(ad_api.api.Reports, market.profile_id)
        wanted = v3_request(world)
        states, status = run_v3_report(api, **wanted)
        assert states[0] == "PENDING"
        assert states[-1] == "COMPLETED"
        rows = api.download_report(url=status["url"], format="data").payload
        days = [
            row
            for row in world["sponsored_days"].to_pylist()
            if row["market"] == market.code and wanted["startDate"] <= row["day"].isoformat() <= wanted["endDate"]
        ]
        assert days
        assert {type(row[name]) for row in rows for name in ("campaignId", "adId", "impressions", "clicks")} == {int}
        assert sum(row["impressions"] for row in rows) == sum(row["impressions"] for row in days)
        assert sum(row["clicks"] for row in rows) == sum(row["clicks"] for row in days)
        assert {row["adId"] for row in rows} == {row["ad_id"] for row in days if row["impressions"]}
        # Money has cents, so each row may be half a cent off.
        assert abs(sum(row["cost"] for row in rows) - sum(row["cost_micro"] for row in days) / 1e6) < 0.006 * len(rows)


def test_the_same_v3_report_twice_is_too_early(sign_in, world):
    api = sign_in(ad_api.api.Reports, amazon_markets(world)[2].profile_id)
    created = ask(api.post_report, body=v3_request(world)).payload
    with pytest.raises(AdvertisingApiException) as caught:
        ask(api.post_report, body=v3_request(world))
    assert caught.value.code == 425
    assert created["reportId"] in caught.value.error["detail"]


def test_a_wrong_refresh_token_is_an_authorization_error(sign_in):
    with pytest.raises(AuthorizationError) as caught:
        sign_in(ad_api.api.Profiles, **{"refresh_token": "Atzr|unknown"}).list_profiles()
    assert caught.value.error_code == "invalid_grant"


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ("throttle", AdvertisingApiTooManyRequestsException, "429"),
        ("revoked_token", AdvertisingApiUnauthorizedException, "401"),
    ],
)
def test_a_refusal_is_the_packages_error(sandbox, sign_in, world, now, fault, error, code):
    sandbox.fault(fault, "/attribution/report", times=1)
    api = sign_in(ad_api.api.Attribution, amazon_markets(world)[0].profile_id)
    with pytest.raises(error) as caught:
        api.post_report(body=period(world, now))
    assert caught.value.error["code"] == code
    assert isinstance(caught.value.error["details"], str)


def test_an_unknown_profile_is_forbidden(sign_in, world, now):
    with pytest.raises(AdvertisingApiForbiddenException) as caught:
        ask(sign_in(ad_api.api.Attribution, "1").post_report, body=period(world, now))
    assert "not authorized to use Amazon Attribution" in caught.value.error["details"]


@pytest.mark.parametrize(
    "change", [{"startDate": "2026-09-01"}, {"groupBy": "PLANET"}, {"count": 0}, {"metrics": "brb_bonus_amount"}]
)
def test_a_wrong_attribution_request_is_a_bad_request(sign_in, world, now, change):
    """A date in another form, an unknown level, an empty page, the bonus by creative."""
    api = sign_in(ad_api.api.Attribution, amazon_markets(world)[0].profile_id)
    with pytest.raises(AdvertisingApiBadRequestException) as caught:
        ask(api.post_report, body=period(world, now) | change)
    assert caught.value.error["code"] == "400"
