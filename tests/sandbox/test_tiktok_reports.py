"""Reports of the TikTok Marketing API: levels, times, filters, order, totals, and what is refused."""

import json
from datetime import datetime

import numpy as np
import pytest

from phygital_funnel.sandbox.api.tiktok_marketing import reports
from phygital_funnel.sandbox.api.tiktok_marketing.calendar import calendar_of
from phygital_funnel.sandbox.api.tiktok_marketing.metrics import ALL_ATTRIBUTES, METRICS
from phygital_funnel.sandbox.world.times import HOUR, micros

from .samples import assert_same_shape, sample
from .tiktok import ADVERTISERS, PERIODS, SETTLED, UK, US, filters, of_level, query, report, rows, total

DAY = ("2026-10-01", "2026-10-01")
TEN_DAYS = ("2026-10-01", "2026-10-10")


def test_ad_groups_are_the_sum_of_their_ads_and_campaigns_are_a_little_more(serve_at):
    """Some delivery has no ad, so that levels must never be added to each other."""
    servers = serve_at(SETTLED)
    by_level = {
        level: sum(
            total(rows(servers, *period, **of_level(level, "stat_time_day")), "impressions") for period in PERIODS
        )
        for level in ("AD", "ADGROUP", "CAMPAIGN", "ADVERTISER")
    }
    assert by_level["ADGROUP"] == by_level["AD"]
    assert by_level["AD"] < by_level["CAMPAIGN"] < by_level["AD"] * 1.02
    assert by_level["ADVERTISER"] == by_level["CAMPAIGN"]


@pytest.mark.parametrize("moment", ["2026-10-01T20:00:00", "2026-10-02T11:00:00", SETTLED])
def test_hours_add_up_to_their_day_however_provisional_it_is(serve_at, moment):
    servers = serve_at(moment)
    by_hour = rows(servers, *DAY, dimensions=["ad_id", "stat_time_hour"])
    by_day = rows(servers, *DAY)
    for metric in ("impressions", "clicks", "video_play_actions", "likes"):
        assert total(by_hour, metric) == total(by_day, metric) > 0 or metric != "impressions"
    assert total(by_hour, "spend") == pytest.approx(total(by_day, "spend"), abs=0.005 * len(by_hour))
    labels = {row["dimensions"]["stat_time_hour"] for row in by_hour}
    assert len(labels) > 3
    assert all(label.startswith("2026-10-01 ") and label.endswith(":00:00") for label in labels)


def test_the_hourly_report_has_the_documented_shape(serve_at):
    metrics = ["spend", "impressions", "clicks", "video_play_actions"]
    answer = report(serve_at(SETTLED), *DAY, dimensions=["ad_id", "stat_time_hour"], metrics=metrics)
    assert_same_shape(answer, sample("report_integrated_ad_hour"))


def test_the_clocks_repeat_an_hour_in_autumn_and_skip_one_in_spring():
    first = micros(datetime.fromisoformat("2026-03-01T00:00+00:00")) // HOUR
    berlin = calendar_of(first, 24 * 300, "Europe/Berlin")
    labels = [berlin.label(hour) for hour in range(24 * 300)]
    assert labels.count("2026-10-25 02:00:00") == 2
    assert "2026-03-29 02:00:00" not in labels
    hours = np.unique(berlin.days, return_counts=True)[1]
    assert sorted(set(hours[1:-1].tolist())) == [23, 24, 25]
    fixed = calendar_of(first, 24 * 300, "Etc/GMT-1")
    assert set(np.unique(fixed.days, return_counts=True)[1][1:-1].tolist()) == {24}


def test_a_report_without_time_covers_a_year_at_most(serve_at):
    servers = serve_at(SETTLED)
    for_year = rows(servers, "2026-01-01", "2026-12-31", dimensions=["ad_id"])
    assert report(servers, "2026-01-01", "2027-01-01", dimensions=["ad_id"])["code"] == 40002
    lifetime = rows(servers, "", "", start_date=None, end_date=None, query_lifetime="true", dimensions=["ad_id"])
    assert lifetime == for_year
    daily = [row for period in PERIODS for row in rows(servers, *period)]
    assert total(lifetime, "impressions") == total(daily, "impressions")
    assert {row["dimensions"]["ad_id"] for row in lifetime} == {row["dimensions"]["ad_id"] for row in daily}


def test_people_are_counted_once_whatever_the_span(serve_at, tiny):
    """Reach cannot be added up: a person seen on two days is one person of both."""
    servers = serve_at(SETTLED)
    span = rows(servers, *PERIODS[0], dimensions=["advertiser_id"], data_level="AUCTION_ADVERTISER")
    daily = rows(servers, *PERIODS[0], **of_level("ADVERTISER", "stat_time_day"))
    reach = total(span, "reach")
    assert max(float(row["metrics"]["reach"]) for row in daily) < reach < total(daily, "reach")
    shown = tiny["exposures"].filter(tiny["exposures"]["is_paid"])
    ads = {row["ad_id"] for row in tiny["ads"].to_pylist() if row["market"] == "US"}
    people = {
        person
        for person, ad, at in zip(
            *(shown[name].to_pylist() for name in ("person_id", "ad_id", "occurred_at")), strict=True
        )
        if ad in ads and f"{at:%Y-%m-%dT%H}" < "2026-10-06T04"  # midnight in New York
    }
    assert reach == len(people)


def test_several_advertisers_come_with_their_currency_and_zone(serve_at):
    servers = serve_at(SETTLED)
    several = {"advertiser_id": None, "advertiser_ids": [UK, US], "metrics": ["spend", "impressions"]}
    answer = report(servers, *DAY, **of_level("ADVERTISER", "stat_time_day"), **several, enable_total_metrics="true")
    found = answer["data"]["list"]
    assert [row["metrics"]["advertiser_id"] for row in found] == [UK, US]
    assert {row["metrics"]["currency"] for row in found} == {"GBP", "USD"}
    one = report(servers, *DAY, **(of_level("ADVERTISER") | several | {"dimensions": ["stat_time_day"]}))
    documented = sample("report_integrated_adv_total_metrics")
    del documented["data"]["total_metrics"]
    assert_same_shape(one, documented)
    assert answer["data"]["total_metrics"]["impressions"] == str(int(total(found, "impressions")))
    several["multi_adv_report_in_utc_time"] = "true"
    in_utc = rows(servers, *DAY, **of_level("ADVERTISER", "stat_time_day"), **several)
    assert {row["metrics"]["timezone"] for row in in_utc} == {"UTC"}
    assert total(in_utc[1:], "spend") != total(found[1:], "spend")


@pytest.mark.parametrize("level", ["AD", "CAMPAIGN"])
def test_the_total_adds_up_what_can_be_added(serve_at, level):
    parameters = of_level(level, "stat_time_day") | {"page_size": "5", "enable_total_metrics": "true"}
    servers = serve_at(SETTLED)
    found = rows(servers, *TEN_DAYS, **of_level(level, "stat_time_day"))
    overall = report(servers, *TEN_DAYS, **parameters)["data"]["total_metrics"]
    assert overall["impressions"] == str(int(total(found, "impressions")))
    assert float(overall["spend"]) == pytest.approx(total(found, "spend"), abs=0.005 * len(found))
    assert 0 < float(overall["reach"]) < total(found, "reach")


def _ids(found):
    return {row["dimensions"]["ad_id"] for row in found}


@pytest.mark.parametrize(
    ("kind", "value", "keeps"),
    [
        ("GREATER_EQUAL", "20", lambda number: number >= 20),
        ("GREATER_THAN", 20, lambda number: number > 20),
        ("LOWER_EQUAL", "20", lambda number: number <= 20),
        ("LOWER_THAN", 20, lambda number: number < 20),
        ("BETWEEN", [5, "20"], lambda number: 5 <= number <= 20),
        ("IN", [20, 21], lambda number: number in (20, 21)),
        ("NOT_IN", [20, 21], lambda number: number not in (20, 21)),
    ],
)
def test_rows_are_filtered_by_their_metrics(serve_at, kind, value, keeps):
    servers, state = serve_at(SETTLED), ("ad_status", "IN", ["STATUS_ALL"])
    everything = rows(servers, *TEN_DAYS)
    expected = [row for row in everything if keeps(int(row["metrics"]["impressions"]))]
    assert 0 < len(expected) < len(everything)
    assert rows(servers, *TEN_DAYS, filtering=filters(state, ("impressions", kind, value))) == expected


def test_rows_are_filtered_by_ids_and_names(serve_at, tiny):
    servers, state = serve_at(SETTLED), ("ad_status", "IN", ["STATUS_ALL"])
    everything = _ids(rows(servers, *TEN_DAYS))
    one = min(everything)
    assert _ids(rows(servers, *TEN_DAYS, filtering=filters(state, ("ad_ids", "IN", [one])))) == {one}
    assert _ids(rows(servers, *TEN_DAYS, filtering=filters(state, ("ad_ids", "NOT_IN", [one])))) == everything - {one}
    names = {row["ad_id"]: row["ad_name"] for row in tiny["ads"].to_pylist()}
    spark = {ad for ad in everything if "spark" in names[ad].casefold()}
    assert _ids(rows(servers, *TEN_DAYS, filtering=filters(state, ("ad_name", "MATCH", "SPARK")))) == spark < everything
    campaigns = {row["ad_id"]: row["campaign_id"] for row in tiny["ads"].to_pylist()}
    of_campaign = filters(state, ("campaign_ids", "CONTAIN_ANY_OF", [campaigns[one]]))
    assert _ids(rows(servers, *TEN_DAYS, filtering=of_campaign)) == {
        ad for ad in everything if campaigns[ad] == campaigns[one]
    }


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_rows_are_sorted(serve_at, order):
    servers = serve_at(SETTLED)
    found = rows(servers, *TEN_DAYS, order_field="clicks", order_type=order)
    numbers = [int(row["metrics"]["clicks"]) for row in found]
    assert numbers == sorted(numbers, reverse=order == "DESC")
    assert len(set(numbers)) > 1
    by_day = rows(servers, *TEN_DAYS, order_field="stat_time_day", order_type=order)
    days = [row["dimensions"]["stat_time_day"] for row in by_day]
    assert days == sorted(days, reverse=order == "DESC")


def test_every_metric_is_text_and_the_ratios_follow_from_the_counts(serve_at):
    servers = serve_at(SETTLED)
    attributes = sorted(ALL_ATTRIBUTES)
    for row in rows(servers, *TEN_DAYS, metrics=attributes):
        assert {type(row["metrics"][name]) for name in attributes} == {str}
    asked = list(METRICS)
    found = rows(servers, *TEN_DAYS, metrics=asked)
    assert all(set(row["metrics"]) == set(asked) for row in found)
    assert {type(value) for row in found for value in row["metrics"].values()} == {str}
    ratios = {
        "cpc": ("spend", "clicks", 1), "ctr": ("clicks", "impressions", 100), "cpm": ("spend", "impressions", 1000),
        "frequency": ("impressions", "reach", 1), "cost_per_1000_reached": ("spend", "reach", 1000),
        "profile_visits_rate": ("profile_visits", "impressions", 100),
    }  # fmt: skip
    for row in found:
        for name, (above, below, factor) in ratios.items():
            values = row["metrics"]
            if "-" in (values[below], values[above]):
                assert values[name] == "-"
            elif values[below] == "0":
                assert values[name] == "0.00"
            else:
                rounding = 0.006 + 0.006 * factor / float(values[below])
                assert float(values[name]) == pytest.approx(
                    float(values[above]) / float(values[below]) * factor, abs=rounding
                )


@pytest.mark.parametrize("report_type", ["AUDIENCE", "BASIC"])
def test_a_report_by_country_has_the_delivery_of_the_market(serve_at, report_type):
    servers = serve_at(SETTLED)
    dimensions = ["ad_id", "stat_time_day", "country_code"]
    found = rows(servers, *TEN_DAYS, report_type=report_type, dimensions=dimensions)
    assert {row["dimensions"]["country_code"] for row in found} == {"US"}
    assert total(found, "impressions") == total(rows(servers, *TEN_DAYS), "impressions")


@pytest.mark.parametrize("breakdowns", [("gender",), ("age",), ("gender", "age"), ("platform",), ("province_id",)])
@pytest.mark.parametrize("level", ["AD", "CAMPAIGN"])
def test_groups_of_people_add_up_to_everyone(serve_at, level, breakdowns):
    """Audience reports have every impression, click and conversion of the other reports once."""
    servers, metrics = serve_at(SETTLED), ["impressions", "clicks", "likes", "conversion", "reach"]
    shape = of_level(level)
    everyone = rows(servers, *PERIODS[1], **shape, metrics=metrics)
    shape["dimensions"] += breakdowns
    grouped = rows(servers, *PERIODS[1], **shape, metrics=metrics, report_type="AUDIENCE")
    groups = {tuple(row["dimensions"][name] for name in breakdowns) for row in grouped}
    assert len(groups) > 1
    assert len(grouped) > len(everyone)
    for metric in metrics:
        assert total(grouped, metric) == total(everyone, metric) > 0


def test_age_and_gender_are_those_of_the_people_who_were_shown_the_ad(serve_at, tiny):
    servers = serve_at(SETTLED)
    shape = of_level("AD") | {"report_type": "AUDIENCE", "dimensions": ["ad_id", "age"]}
    young = [row for row in rows(servers, *PERIODS[1], **shape) if row["dimensions"]["age"] == "AGE_18_24"]
    ages = tiny["people"]["age_band"].to_pylist()
    ads = {row["ad_id"] for row in tiny["ads"].to_pylist() if row["market"] == "US"}
    shown = tiny["exposures"].filter(tiny["exposures"]["is_paid"])
    columns = (shown[name].to_pylist() for name in ("person_id", "ad_id", "occurred_at"))
    expected = sum(
        ages[person] == "18-24" and ad in ads and "2026-10-06T04" <= f"{at:%Y-%m-%dT%H}" < "2026-11-05T05"
        for person, ad, at in zip(*columns, strict=True)
    )
    assert total(young, "impressions") == expected


def test_what_people_are_is_known_16_hours_later(serve_at):
    shape = of_level("ADVERTISER", "stat_time_day")
    grouped = {"report_type": "AUDIENCE", "dimensions": [*shape["dimensions"], "gender"]}
    servers = serve_at("2026-10-01T20:00:00")
    assert total(rows(servers, *DAY, **shape), "impressions") > 0
    assert total(rows(servers, *DAY, **shape | grouped), "impressions") == 0
    servers.at("2026-10-04T20:00:00")
    everyone = total(rows(servers, *DAY, **shape), "impressions")
    assert total(rows(servers, *DAY, **shape | grouped), "impressions") == everyone


def test_what_connectors_ask_for_by_default_is_answered(serve_at):
    """Columns of two maintained connectors that have nothing to count here."""
    counted = ["purchase", "registration", "sales_lead", "total_app_event_add_to_cart"]
    rates = ["cost_per_purchase", "cost_per_app_install", "registration_rate", "sales_lead_rate"]
    attributes = ["budget", "campaign_budget", "bid", "opt_status", "split_test", "billing_event", "image_mode"]
    for row in rows(serve_at(SETTLED), *TEN_DAYS, metrics=counted + rates + attributes):
        assert {row["metrics"][name] for name in counted} == {"0"}
        assert {row["metrics"][name] for name in rates} == {"0.00"}
        assert row["metrics"]["billing_event"] == "CPC"
        assert float(row["metrics"]["campaign_budget"]) > 0


@pytest.mark.parametrize(
    "change",
    [
        {"dimensions": ["ad_id", "adgroup_id"]},
        {"dimensions": ["campaign_id"]},
        {"dimensions": ["ad_id", "stat_time_day", "stat_time_hour"]},
        {"dimensions": ["ad_id", "gender"]},
        {"dimensions": ["ad_id", "country_code", "gender"], "report_type": "AUDIENCE"},
        {"dimensions": ["ad_id", "stat_time_hour", "gender"], "report_type": "AUDIENCE"},
        {"dimensions": ["ad_id", "platform", "gender"], "report_type": "AUDIENCE"},
        {"dimensions": ["ad_id", "magic"]},
        {"dimensions": None},
        {"dimensions": '{"ad_id":1}'},
        {"dimensions": "[" * 5000},
        {"dimensions": ["ad_id", "stat_time_hour"]},
        {"report_type": None},
        {"report_type": "CATALOG"},
        {"report_type": "AUDIENCE"},
        {"data_level": None},
        {"data_level": "AUCTION_MOON"},
        {"data_level": "AUCTION_CAMPAIGN"},
        {"data_level": "AUCTION_ADGROUP", "dimensions": ["adgroup_id"], "metrics": ["ad_name"]},
        {"service_type": "RESERVATION"},
        {"metrics": [f"m{number}" for number in range(101)]},
        {"query_lifetime": "true"},
        {"query_lifetime": "perhaps"},
        {"order_field": "magic"},
        {"order_type": "SIDEWAYS"},
        {"advertiser_ids": [US]},
        {"advertiser_id": None, "advertiser_ids": []},
        {"advertiser_id": None, "advertiser_ids": list(ADVERTISERS[:6])},
        {"advertiser_id": None, "bc_id": "1"},
        {"advertiser_id": None},
        {"page": "9" * 5000},
        {"page": "٣"},
        {"page_size": "-1"},
        {"start_date": "20261001"},
        {"end_date": "2026-02-30"},
        {"filtering": '{"field_name":"ad_ids"}'},
        {"filtering": "[1]"},
        {"filtering": filters(("ad_ids", "GREATER_THAN", 1))},
        {"filtering": filters(("ad_ids", "IN", {"a": 1}))},
        {"filtering": filters(("magic", "IN", ["1"]))},
        {"filtering": filters(("impressions", "MATCH", "1"))},
        {"filtering": filters(("impressions", "GREATER_THAN", "many"))},
        {"filtering": filters(("ad_name", "MATCH", ["x"]))},
        {"filtering": json.dumps([{"field_name": "ad_ids", "filter_type": "IN", "filter_value": ["1"]}])},
    ],
)
def test_what_the_platform_would_not_accept_gets_40002(serve_at, change):
    answer = report(serve_at(SETTLED), *TEN_DAYS, **change)
    assert (answer["code"], answer["data"]) == (40002, {})


def test_unknown_parameters_are_ignored(serve_at):
    servers = serve_at(SETTLED)
    assert report(servers, *DAY, colour="blue")["data"] == report(servers, *DAY)["data"]


def test_more_ads_than_the_limit_are_cut_to_the_newest_and_a_header_tells(serve_at, monkeypatch):
    servers = serve_at(SETTLED)
    everything = sorted(_ids(rows(servers, *PERIODS[0])), reverse=True)
    monkeypatch.setattr(reports, "AD_LIMIT", 3)
    response = servers.api.get(
        "/open_api/v1.3/report/integrated/get/", params=query(*PERIODS[0]), headers=servers.tiktok_headers()
    )
    assert "X-Tt-Ads-Throttle" in response.headers
    assert sorted(_ids(response.json()["data"]["list"]), reverse=True) == everything[:3]
    monkeypatch.undo()
    unlimited = servers.api.get(
        "/open_api/v1.3/report/integrated/get/", params=query(*PERIODS[0]), headers=servers.tiktok_headers()
    )
    assert "X-Tt-Ads-Throttle" not in unlimited.headers


def test_pages_of_a_report_hold_every_row_once(serve_at):
    servers = serve_at(SETTLED)
    whole = rows(servers, *TEN_DAYS)
    first = report(servers, *TEN_DAYS, page_size="7")["data"]["page_info"]
    assert (first["total_number"], first["total_page"]) == (len(whole), -(-len(whole) // 7))
    pages = [rows(servers, *TEN_DAYS, page_size="7", page=str(page)) for page in range(1, first["total_page"] + 1)]
    assert [row for page in pages for row in page] == whole
    assert rows(servers, *TEN_DAYS, page="99") == []


def test_nobody_else_sees_a_foreign_account(serve_at):
    assert report(serve_at(SETTLED), *DAY, advertiser_id=None, advertiser_ids=[US, "1"])["code"] == 40001
