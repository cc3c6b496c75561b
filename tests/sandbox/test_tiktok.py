"""TikTok Marketing API v1.3: wire format, errors, paging, restatement."""

import json
import re
from collections import defaultdict

import numpy as np
import pytest

from phygital_funnel.sandbox.api.tiktok_marketing.knowledge import SPEND_CORRECTION, first_spend_share
from phygital_funnel.sandbox.world.columns import codes_of

from .samples import assert_same_shape, sample
from .tiktok import ADVERTISERS, PERIODS, PREFIX, SETTLED, US, get, report


def day_sums(answer, metric):
    sums = defaultdict(float)
    for row in answer["data"]["list"]:
        sums[row["dimensions"]["stat_time_day"]] += float(row["metrics"][metric].replace("-", "0"))
    return sums


@pytest.mark.parametrize("path", ["campaign", "adgroup", "ad"])
def test_entities_have_the_documented_shape(serve_at, path):
    answer = get(serve_at(SETTLED), f"{path}/get", advertiser_id=US, page_size=1000)
    documented = sample(f"{path}_get")
    assert len(answer["data"]["list"]) > 2
    # The samples leave out some of the documented fields.
    extra = {"click_attribution_window", "view_attribution_window", "tracking_pixel_id"}
    answer["data"]["list"] = [{k: v for k, v in row.items() if k not in extra} for row in answer["data"]["list"]]
    assert_same_shape(answer, documented)


def test_the_advertiser_has_the_documented_shape(serve_at):
    answer = get(serve_at(SETTLED), "advertiser/info", advertiser_ids=json.dumps([US]))
    assert_same_shape(answer, sample("advertiser_info"))
    assert answer["data"]["list"][0]["display_timezone"] == "America/New_York"


def test_the_report_has_the_documented_shape_and_nothing_but_text(serve_at):
    servers = serve_at(SETTLED)
    documented = sample("report_integrated_ad_day")
    metrics = list(documented["data"]["list"][0]["metrics"])
    assert_same_shape(report(servers, "2026-10-01", "2026-10-10", metrics=metrics), documented)
    absent = report(servers, "2026-10-01", "2026-10-10", metrics=["secondary_goal_result"])["data"]["list"]
    assert {row["metrics"]["secondary_goal_result"] for row in absent} == {"-"}


def test_common_metrics_are_numbers_even_on_the_day_that_still_runs(serve_at):
    """Readers with typed columns stumble over anything else in them."""
    servers = serve_at("2026-10-10T12:00:00")
    names = ["reach", "frequency", "cost_per_1000_reached", "profile_visits", "profile_visits_rate", "cpc", "ctr"]
    names += ["cost_per_conversion", "conversion_rate", "average_video_play_per_user", "cost_per_result"]
    found = report(servers, "2026-10-01", "2026-10-10", metrics=names)["data"]["list"]
    assert all(re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) for row in found for value in row["metrics"].values())
    assert {row["metrics"]["reach"] for row in found} > {"0"}


def test_an_empty_report_is_not_an_error(serve_at):
    answer = report(serve_at(SETTLED), "2026-08-01", "2026-08-10")
    assert {**answer, "request_id": ""} == {**sample("report_empty"), "request_id": ""}


def test_the_pages_add_up_to_the_world(serve_at, tiny):
    """Long after the last correction, all accounts and pages together are exactly what happened."""
    servers = serve_at(SETTLED)
    totals = defaultdict(float)
    for advertiser_id in ADVERTISERS:
        for start, end in PERIODS:
            page, pages = 1, 1
            while page <= pages:
                answer = report(servers, start, end, advertiser_id=advertiser_id, page=page, page_size=50)
                pages, page = answer["data"]["page_info"]["total_page"], page + 1
                for row in answer["data"]["list"]:
                    for name in ("impressions", "clicks", "video_watched_2s", "video_watched_6s", "spend"):
                        totals[name] += float(row["metrics"][name])
    exposures = tiny["exposures"]
    paid = exposures["is_paid"].to_numpy()
    assert totals["impressions"] == paid.sum()
    assert totals["clicks"] == tiny["clicks"]["is_paid"].to_numpy().sum()
    assert totals["video_watched_2s"] == exposures["watched_2s"].to_numpy()[paid].sum()
    assert totals["video_watched_6s"] == exposures["watched_6s"].to_numpy()[paid].sum()
    rows = len(np.unique(codes_of(exposures["ad_id"])[paid])) * 61
    assert totals["spend"] == pytest.approx(exposures["cost_micro"].to_numpy()[paid].sum() / 1e6, abs=rows * 0.005)


def test_views_never_exceed_what_they_are_part_of(serve_at):
    for row in report(serve_at("2026-10-20T09:00:00"), "2026-09-25", "2026-10-20")["data"]["list"]:
        counts = {name: int(value) for name, value in row["metrics"].items() if value.isdecimal()}
        order = ("impressions", "video_play_actions", "video_watched_2s", "video_watched_6s")
        assert [counts[name] for name in order] == sorted((counts[name] for name in order), reverse=True)
        assert counts.get("reach", 0) <= counts["impressions"]


def test_the_default_page_holds_ten_rows(serve_at):
    answer = report(serve_at(SETTLED), "2026-10-01", "2026-10-10", page_size="")
    assert answer["code"] == 40002
    answer = get(serve_at(SETTLED), "ad/get", advertiser_id=US)
    assert answer["data"]["page_info"]["page_size"] == 10


def test_a_page_after_the_last_is_empty(serve_at):
    assert get(serve_at(SETTLED), "ad/get", advertiser_id=US, page=99)["data"]["list"] == []


def test_deleted_ads_are_hidden_unless_all_are_asked_for(serve_at):
    servers = serve_at("2026-10-12T00:00:00")
    everything = {"advertiser_id": US, "filtering": '{"primary_status":"STATUS_ALL"}'}
    assert {row["operation_status"] for row in get(servers, "ad/get", **everything)["data"]["list"]} == {"ENABLE"}
    # The ad goes on 2026-10-13 at 09:00 UTC.
    servers.at("2026-10-13T12:00:00")
    visible = get(servers, "ad/get", advertiser_id=US)["data"]["list"]
    all_ads = get(servers, "ad/get", **everything)["data"]["list"]
    deleted = {row["ad_id"] for row in all_ads} - {row["ad_id"] for row in visible}
    assert len(deleted) == 1
    reported = {row["dimensions"]["ad_id"] for row in report(servers, "2026-09-20", "2026-10-10")["data"]["list"]}
    default = report(servers, "2026-09-20", "2026-10-10", filtering="[]")
    assert reported - {row["dimensions"]["ad_id"] for row in default["data"]["list"]} == deleted


def test_entities_come_newest_id_first_and_not_before_they_were_made(serve_at):
    servers = serve_at("2026-09-06T00:00:00")
    assert get(servers, "ad/get", advertiser_id=US)["data"]["list"] == []
    ids = [row["ad_id"] for row in get(servers.at(SETTLED), "ad/get", advertiser_id=US)["data"]["list"]]
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start_date": "2026-09-10"}, 40002),
        ({"start_date": "yesterday"}, 40002),
        ({"start_date": "2026-10-12"}, 40002),
        ({"dimensions": "ad_id"}, 40002),
        ({"metrics": '["spend","magic"]'}, 40002),
        ({"page_size": "1001"}, 40002),
        ({"page": "0"}, 40002),
        ({"filtering": '[{"field_name":"ad_status","filter_value":"STATUS_ALL"}]'}, 40002),
        ({"advertiser_id": ""}, 40002),
        ({"advertiser_id": "1"}, 40001),
    ],
)
def test_a_bad_report_request_gets_a_code_in_http_200(serve_at, change, code):
    answer = report(serve_at(SETTLED), "2026-10-01", "2026-10-10", **change)
    assert answer["code"] == code
    assert_same_shape(answer, sample("error_40002_param"))


def test_thirty_days_are_allowed_and_thirty_one_are_not(serve_at):
    servers = serve_at(SETTLED)
    assert report(servers, "2026-09-10", "2026-10-09")["code"] == 0
    answer = report(servers, "2026-09-10", "2026-10-10")
    assert (answer["code"], answer["message"]) == (40002, sample("error_40002_param")["message"])


def test_more_than_a_hundred_advertisers_are_too_many(serve_at):
    answer = get(serve_at(SETTLED), "advertiser/info", advertiser_ids=json.dumps([US] * 101))
    assert answer["code"] == 40011


def test_no_token_gets_40104_in_http_200(serve_at):
    answer = serve_at(SETTLED).api.get(f"{PREFIX}/ad/get/")
    assert (answer.status_code, answer.json()["code"]) == (200, 40104)


@pytest.mark.parametrize("token", ["wrong", "é"])
def test_a_bad_token_gets_40105_in_http_200(serve_at, token):
    answer = serve_at(SETTLED).api.get(f"{PREFIX}/ad/get/", headers={"Access-Token": token.encode()})
    assert answer.status_code == 200
    assert {**answer.json(), "request_id": ""} == {**sample("error_40105_token"), "request_id": ""}


def test_a_burst_is_throttled_and_time_heals(serve_at):
    servers = serve_at(SETTLED, is_throttled=True)
    codes = [get(servers, "ad/get", advertiser_id=US)["code"] for _ in range(12)]
    assert codes[0] == 0
    assert codes[-1] == 40100
    throttled = get(servers, "ad/get", advertiser_id=US)
    assert {**throttled, "request_id": ""} == {**sample("error_40100_rate_limit"), "request_id": ""}
    servers.ticker.seconds += 1
    assert get(servers, "ad/get", advertiser_id=US)["code"] == 0


def test_nothing_is_reported_from_the_future(serve_at):
    """At noon UTC the account's day is under way, and later days do not exist."""
    servers = serve_at("2026-10-01T17:10:00")
    days = set(day_sums(report(servers, "2026-09-20", "2026-10-10"), "impressions"))
    assert max(days) == "2026-10-01 00:00:00"
    so_far = day_sums(report(servers, "2026-10-01", "2026-10-01"), "impressions")["2026-10-01 00:00:00"]
    later = day_sums(report(servers.at("2026-10-02T11:00:00"), "2026-10-01", "2026-10-01"), "impressions")
    assert so_far < later["2026-10-01 00:00:00"]


def test_a_day_is_restated_at_noon_and_its_spend_until_the_third_day(serve_at):
    """97 % until 12:00 UTC of the day after; then right counts, and a spend that is corrected once more."""
    servers = serve_at("2026-10-02T11:59:00")

    def known(metric, advertiser_id=US, day="2026-10-01"):
        return day_sums(report(servers, day, day, advertiser_id=advertiser_id), metric)[f"{day} 00:00:00"]

    early_impressions, early_spend, early_reach = known("impressions"), known("spend"), known("reach")
    servers.at("2026-10-02T12:00:00")
    impressions = known("impressions")
    assert impressions * 0.9 < early_impressions < impressions
    assert early_spend < known("spend")
    assert early_reach == known("reach") == 0
    servers.at("2026-10-04T11:59:00")
    assert known("reach") > 0
    corrected = known("spend")
    servers.at("2026-10-04T12:00:00")
    assert known("impressions") == impressions
    assert known("spend") == pytest.approx(corrected, abs=0.02)


def test_spend_is_corrected_by_less_than_a_percent_between_the_first_and_the_third_day():
    shares = [first_spend_share("1781130000000001", day) for day in range(20_700, 20_760)]
    assert all(abs(share - 1) <= SPEND_CORRECTION for share in shares)
    assert len(set(shares)) > 50
