"""Reporting of version 3: asking, polling, fetching; figures that grow for four weeks after the day of the click."""

import gzip
import json
from collections import Counter
from datetime import date

import pyarrow as pa
import pytest

from phygital_funnel.sandbox.api.amazon_ads.sponsored import REPORT_TYPES, Wanted, report_rows
from phygital_funnel.sandbox.api.fault_book import Fault
from phygital_funnel.sandbox.world.catalogue import JAPAN, MARKETS
from phygital_funnel.sandbox.world.times import day_number

from .samples import assert_same_shape, sample

NOW = "2026-11-06T13:00:00"
PATH = "/reporting/reports"
DUPLICATE = "The Request is a duplicate of : "
DAY = date(2026, 10, 20)
V3 = "application/vnd.createasyncreportrequest.v3+json"


def request(type_id="spAdvertisedProduct", columns=None, **change):
    body = sample("ads_v3_report_create_request") | {"startDate": "2026-10-10", "endDate": "2026-11-05"}
    groups = tuple(REPORT_TYPES[type_id].groups)[:1]
    configuration = body["configuration"] | {"reportTypeId": type_id, "groupBy": list(groups)}
    if columns is not None:
        configuration["columns"] = columns
    configuration |= change.pop("configuration", {})
    return body | {"configuration": configuration} | change


def ask(servers, body=None, profile="581234567801", **headers):
    return servers.api.post(PATH, json=body or request(), headers=servers.ads_headers(profile) | headers)


def poll(servers, report_id, profile="581234567801"):
    return servers.api.get(f"{PATH}/{report_id}", headers=servers.ads_headers(profile))


def completed(servers, body=None, profile="581234567801"):
    report_id = ask(servers, body, profile).json()["reportId"]
    for _ in range(3):
        answer = poll(servers, report_id, profile).json()
    return answer


def download(servers, url):
    return servers.api.get(url.removeprefix(servers.sandbox.base_url))


def rows(servers, body=None, profile="581234567801"):
    return json.loads(gzip.decompress(download(servers, completed(servers, body, profile)["url"]).content))


def test_a_report_goes_from_pending_over_processing_to_completed(serve_at):
    servers = serve_at(NOW)
    created = ask(servers)
    assert created.status_code == 200
    assert_same_shape(created.json(), sample("ads_v3_report_create_200"))
    report_id = created.json()["reportId"]
    answers = [poll(servers, report_id).json() for _ in range(4)]
    states = [answer["status"] for answer in answers]
    assert (created.json()["status"], states) == ("PENDING", ["PENDING", "PROCESSING", "COMPLETED", "COMPLETED"])
    assert all(answer["url"] is None for answer in answers[:2])
    assert_same_shape(answers[2], sample("ads_v3_report_get_completed"))
    assert answers[2]["urlExpiresAt"] == "2026-11-06T14:00:00.000Z"


def test_the_file_is_a_gzip_array_with_numbers(serve_at):
    servers = serve_at(NOW)
    answer = completed(servers)
    file = download(servers, answer["url"])
    assert len(file.content) == answer["fileSize"]
    found = json.loads(gzip.decompress(file.content))
    assert found
    assert_same_shape(found, sample("ads_v3_report_rows"))


@pytest.mark.parametrize("media_type", [V3, "application/json", "application/json; charset=utf-8"])
def test_both_content_types_are_read(serve_at, media_type):
    assert ask(serve_at(NOW), **{"Content-Type": media_type}).status_code == 200


def test_another_content_type_is_refused(serve_at):
    assert ask(serve_at(NOW), **{"Content-Type": "text/csv"}).status_code == 415


def test_an_identical_request_gets_425_with_the_reports_id(serve_at):
    """While the first is being made, and afterwards as long as it would say the same."""
    servers = serve_at(NOW)
    report_id = ask(servers).json()["reportId"]
    answer = ask(servers, request(name="another name"))
    assert (answer.status_code, answer.json()) == (425, {"code": "425", "detail": DUPLICATE + report_id})
    assert_same_shape(answer.json(), sample("ads_v3_error_425_duplicate"))
    assert ask(servers, request(endDate="2026-11-04")).status_code == 200
    assert ask(servers, profile="581234567802").status_code == 200
    for _ in range(3):
        poll(servers, report_id)
    assert ask(servers).status_code == 425
    servers.at("2026-11-06T14:00:00")
    assert ask(servers).status_code == 200


def test_a_url_expires_after_an_hour_and_the_next_poll_gives_another(serve_at):
    servers = serve_at(NOW)
    answer = completed(servers)
    servers.ticker.seconds += 3599
    assert download(servers, answer["url"]).status_code == 200
    servers.ticker.seconds += 1
    refused = download(servers, answer["url"])
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/xml")
    again = poll(servers, answer["reportId"]).json()
    assert download(servers, again["url"]).status_code == 200
    assert download(servers, f"{servers.sandbox.base_url}/_blob/adsv3-9.json.gz").status_code == 403


def test_a_fatal_fault_fails_one_report_for_good(serve_at):
    servers = serve_at(NOW)
    servers.sandbox.faults.faults.append(Fault(PATH, "fatal_report"))
    answer = completed(servers)
    assert (answer["status"], answer["url"]) == ("FAILED", None)
    assert answer["failureReason"]
    assert poll(servers, answer["reportId"]).json()["status"] == "FAILED"
    assert completed(servers)["status"] == "COMPLETED"


def test_a_pending_report_can_be_deleted_and_a_finished_one_not(serve_at):
    servers = serve_at(NOW)
    report_id = ask(servers).json()["reportId"]
    deleted = servers.api.delete(f"{PATH}/{report_id}", headers=servers.ads_headers())
    assert (deleted.status_code, deleted.json()["reportId"]) == (200, report_id)
    assert poll(servers, report_id).status_code == 404
    finished = completed(servers)["reportId"]
    assert servers.api.delete(f"{PATH}/{finished}", headers=servers.ads_headers()).status_code == 400


def test_a_report_of_another_profile_is_not_found(serve_at):
    servers = serve_at(NOW)
    report_id = ask(servers).json()["reportId"]
    answer = poll(servers, report_id, "581234567802")
    assert (answer.status_code, set(answer.json())) == (404, {"code", "detail"})
    assert poll(servers, report_id, "1").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"startDate": "20261010"},
        {"startDate": 20261010},
        {"startDate": "2026-02-30"},
        {"startDate": "2026-11-06", "endDate": "2026-11-05"},
        {"startDate": "2026-10-05"},
        {"startDate": "2026-07-01", "endDate": "2026-07-02"},
        {"endDate": "2026-11-08"},
        {"name": 5},
        {"configuration": {"adProduct": "SPONSORED_TV"}},
        {"configuration": {"adProduct": "SPONSORED_BRANDS"}},
        {"configuration": {"adProduct": "SPONSORED_BRANDS", "reportTypeId": "sdCampaigns"}},
        {"configuration": {"adProduct": "SPONSORED_BRANDS", "reportTypeId": "sbCampaigns", "columns": []}},
        {"configuration": {"reportTypeId": "spMagic"}},
        {"configuration": {"reportTypeId": ["spCampaigns"]}},
        {"configuration": {"groupBy": []}},
        {"configuration": {"groupBy": ["campaign"]}},
        {"configuration": {"columns": None}},
        {"configuration": {"columns": ["date", "purchases"]}},
        {"configuration": {"columns": [{}]}},
        {"configuration": {"columns": ["date", "startDate"]}},
        {"configuration": {"timeUnit": "SUMMARY"}},
        {"configuration": {"timeUnit": "HOURLY"}},
        {"configuration": {"format": "CSV"}},
        {"configuration": {"filters": {}}},
        {"configuration": {"filters": [{"field": "magic", "values": ["x"]}]}},
        {"configuration": {"filters": [{"field": "adCreativeStatus"}]}},
    ],
)
def test_a_bad_request_gets_400_with_its_detail(serve_at, change):
    answer = ask(serve_at(NOW), request(**change))
    assert (answer.status_code, answer.json()["code"]) == (400, "400")
    assert set(answer.json()) == {"code", "detail"}


@pytest.mark.parametrize(("product", "type_id"), [("BRANDS", "sbCampaigns"), ("DISPLAY", "sdAdvertisedProduct")])
def test_ad_products_that_nothing_was_bought_of_have_empty_reports(serve_at, product, type_id):
    change = {"adProduct": f"SPONSORED_{product}", "reportTypeId": type_id, "columns": ["date", "topOfSearch"]}
    assert rows(serve_at(NOW), request(configuration=change)) == []


def test_other_ad_products_are_kept_less_long(serve_at):
    change = {"adProduct": "SPONSORED_BRANDS", "reportTypeId": "sbCampaigns"}
    old = {"startDate": "2026-09-01", "endDate": "2026-09-02"}
    servers = serve_at(NOW)
    assert ask(servers, request(**old)).status_code == 200
    assert ask(servers, request(**old, configuration=change)).status_code == 400


def test_columns_that_do_not_exist_are_named_with_those_that_do(serve_at):
    answer = ask(serve_at(NOW), request(columns=["campaignId", "sales", "purchases"]))
    assert answer.json()["detail"].startswith("configuration columns includes invalid values: (sales, purchases).")
    assert "Allowed values: (" in answer.json()["detail"]


@pytest.mark.parametrize("configuration", [None, [], "x"])
def test_a_request_without_a_configuration_gets_400(serve_at, configuration):
    body = request() | {"configuration": configuration}
    assert ask(serve_at(NOW), body).status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 5000])
def test_a_body_that_is_no_request_gets_400(serve_at, body):
    servers = serve_at(NOW)
    answer = servers.api.post(PATH, content=body, headers=servers.ads_headers())
    assert (answer.status_code, set(answer.json())) == (400, {"code", "detail"})


def test_a_burst_gets_429_with_a_time_to_wait(serve_at):
    servers = serve_at(NOW, is_throttled=True)
    answers = [poll(servers, "none") for _ in range(20)]
    assert answers[0].status_code == 404
    assert (answers[-1].status_code, answers[-1].json()) == (429, sample("ads_v3_error_429"))
    servers.ticker.seconds += float(answers[-1].headers["Retry-After"])
    assert poll(servers, "none").status_code == 404


@pytest.mark.parametrize("type_id", REPORT_TYPES)
def test_every_documented_column_can_be_asked_for(serve_at, type_id):
    kind = REPORT_TYPES[type_id]
    group = next(reversed(kind.groups))
    columns = [name for name in kind.columns((group,)) if name not in ("startDate", "endDate")]
    found = rows(serve_at(NOW), request(type_id, columns, configuration={"groupBy": [group]}))
    assert found
    assert all(list(row) == columns for row in found)


def test_sums_equal_the_worlds_whatever_they_are_grouped_by(serve_at, tiny):
    servers = serve_at(NOW)
    first, last = date(2026, 10, 10), date(2026, 11, 5)
    expected = Counter()
    for day in tiny["sponsored_days"].to_pylist():
        if day["market"] == "UK" and first <= day["day"] <= last:
            expected.update({name: day[name] for name in ("impressions", "clicks")}, cost=day["cost_micro"])
    metrics = ["impressions", "clicks", "cost"]
    for type_id, group, unit in (
        ("spCampaigns", "campaign", "DAILY"),
        ("spCampaigns", "adGroup", "SUMMARY"),
        ("spAdvertisedProduct", "advertiser", "SUMMARY"),
    ):
        configuration = {"groupBy": [group], "timeUnit": unit}
        found = rows(servers, request(type_id, metrics, configuration=configuration), "581234567802")
        assert [sum(row[name] for row in found) for name in metrics[:2]] == [
            expected["impressions"],
            expected["clicks"],
        ]
        cents = 0.005 * len(found)
        assert sum(row["cost"] for row in found) == pytest.approx(expected["cost"] / 1e6, abs=cents)


def test_a_summary_has_one_row_per_thing_and_a_daily_report_one_per_day(serve_at):
    servers = serve_at(NOW)
    daily = rows(servers, request("spCampaigns", ["date", "campaignId", "clicks"]))
    whole = ["startDate", "endDate", "campaignId", "clicks"]
    summary = rows(servers, request("spCampaigns", whole, configuration={"timeUnit": "SUMMARY"}))
    assert len({(row["date"], row["campaignId"]) for row in daily}) == len(daily) > len(summary)
    clicks = Counter()
    for row in daily:
        clicks[row["campaignId"]] += row["clicks"]
    assert {row["campaignId"]: row["clicks"] for row in summary} == clicks
    assert {(row["startDate"], row["endDate"]) for row in summary} == {("2026-10-10", "2026-11-05")}


def test_filters_leave_what_is_enabled(serve_at):
    servers = serve_at(NOW)
    for values, is_empty in ((["ENABLED", "PAUSED"], False), (["ARCHIVED"], True)):
        filters = [{"field": "campaignStatus", "values": values}]
        found = rows(servers, request("spCampaigns", ["campaignId", "clicks"], configuration={"filters": filters}))
        assert (not found) == is_empty


@pytest.mark.parametrize("type_id", ["spTargeting", "spSearchTerm"])
def test_keywords_have_what_their_campaigns_have(serve_at, type_id):
    """Every ad group has one keyword, so that both reports add up to the same."""
    servers = serve_at(NOW)
    by_campaign = rows(servers, request("spCampaigns", ["campaignId", "clicks", "purchases14d"]))
    for match_types, is_empty in ((["EXACT", "BROAD"], False), (["TARGETING_EXPRESSION"], True)):
        change = {"filters": [{"field": "keywordType", "values": match_types}]}
        columns = ["keywordId", "keyword", "matchType", "clicks", "purchases14d"]
        found = rows(servers, request(type_id, columns, configuration=change))
        assert (not found) == is_empty
        if found:
            assert {row["matchType"] for row in found} == {"EXACT"}
            assert len({row["keywordId"] for row in found}) == len({row["keyword"] for row in found}) == 2
            for name in ("clicks", "purchases14d"):
                assert sum(row[name] for row in found) == sum(row[name] for row in by_campaign)


def test_today_is_not_reported_and_yesterday_is(serve_at):
    """In the profile's zone: at six in the morning in Greenwich it is still yesterday in California."""
    servers = serve_at("2026-11-05T06:00:00")
    body = request(columns=["date", "clicks"], startDate="2026-11-01", endDate="2026-11-04")
    newest = {
        profile: max(row["date"] for row in rows(servers, body, profile))
        for profile in ("581234567801", "581234567802")
    }
    assert newest == {"581234567801": "2026-11-03", "581234567802": "2026-11-04"}


def one_ad(by_age, **change):
    """A made-up day of one ad."""
    day = {
        "market": "US", "campaign_id": 1, "campaign_name": "c", "ad_group_id": 2, "ad_group_name": "g", "ad_id": 3,
        "asin": "a", "sku": "s", "day": DAY, "impressions": 500, "clicks": 4, "cost_micro": 2_500_000,
        "units": 2 * sum(by_age.values()), "sales_minor": 1000 * sum(by_age.values()),
        "purchases_by_age": [by_age.get(age, 0) for age in range(29)],
    } | change  # fmt: skip
    schema = {"purchases_by_age": pa.list_(pa.int32(), 29), "day": pa.date32()}
    return pa.table({name: pa.array([value], schema.get(name)) for name, value in day.items()})


def figures(days, columns, after, market=MARKETS[0]):
    """What a report says of the day a number of days later."""
    first = day_number(DAY)
    wanted = Wanted("spAdvertisedProduct", ("advertiser",), tuple(columns), first, first, True)
    found = report_rows(days, market, wanted, first + after)
    return list(found[0].values()) if found else None


def test_conversions_stand_on_the_day_of_the_click_and_grow_for_four_weeks():
    """Purchases on the day, three days, ten days and twenty days later, each known when its day is over."""
    days = one_ad({0: 1, 3: 1, 10: 1, 20: 1})
    columns = ["purchases1d", "purchases7d", "purchases14d", "purchases30d", "sales14d", "unitsSoldClicks14d"]
    assert figures(days, columns, 0) is None
    assert figures(days, columns, 1) == figures(days, columns, 3) == [1, 1, 1, 1, 10.0, 2]
    assert figures(days, columns, 4) == [1, 2, 2, 2, 20.0, 4]
    assert figures(days, columns, 11) == [1, 2, 3, 3, 30.0, 6]
    assert figures(days, columns, 21) == figures(days, columns, 90) == [1, 2, 3, 4, 30.0, 6]


def test_rates_are_null_where_there_is_nothing_to_divide_by():
    columns = ["costPerClick", "clickThroughRate", "acosClicks14d", "roasClicks14d"]
    assert figures(one_ad({0: 1}), columns, 9) == [0.625, 0.8, 25.0, 4.0]
    assert figures(one_ad({}, clicks=0, cost_micro=0), columns, 9) == [None, 0.0, None, None]


def test_the_yen_has_no_minor_unit():
    days = one_ad({0: 1}, market="JP", sales_minor=2490, cost_micro=310_400_000)
    assert figures(days, ["sales14d", "cost", "campaignBudgetCurrencyCode"], 9, JAPAN) == [2490.0, 310.0, "JPY"]


def test_the_oldest_reports_are_forgotten(serve_at, monkeypatch):
    from phygital_funnel.sandbox.api.amazon_ads import reporting

    monkeypatch.setattr(reporting, "MAX_REPORTS", 2)
    servers = serve_at(NOW)
    ids = [ask(servers, request(endDate=f"2026-11-0{day}")).json()["reportId"] for day in (1, 2, 3)]
    assert [poll(servers, report_id).status_code for report_id in ids] == [404, 200, 200]
