"""Asynchronous reports of the TikTok Marketing API."""

import csv
import io

import pytest

from .samples import FOLDER, assert_same_shape, sample
from .tiktok import ALL_STATUSES, PREFIX, SETTLED, UK, US, get, post, rows, total

CREATE = "report/task/create"


def body(**changes):
    """The documented request for the made-up account."""
    wanted = sample("report_task_create_request") | {"advertiser_id": US, "filtering": None} | changes
    return {name: value for name, value in wanted.items() if value is not None}


def create(servers, **changes):
    answer = post(servers, CREATE, body(**changes))
    assert answer["code"] == 0, answer
    return {"advertiser_id": US, "task_id": answer["data"]["task_id"]}


def finish(servers, task):
    for _ in range(3):
        answer = get(servers, "report/task/check", **task)
    assert answer["data"]["status"] == "SUCCESS"
    return task


def text_of(servers, task):
    return servers.api.get(f"{PREFIX}/report/task/download/", params=task, headers=servers.tiktok_headers()).text


def test_a_task_has_the_documented_shapes_and_finishes_after_three_looks(serve_at):
    servers = serve_at(SETTLED)
    assert_same_shape(post(servers, CREATE, body()), sample("report_task_create"))
    task = create(servers)
    answers = [get(servers, "report/task/check", **task) for _ in range(4)]
    assert [answer["data"]["status"] for answer in answers] == ["QUEUING", "PROCESSING", "SUCCESS", "SUCCESS"]
    assert_same_shape(answers[1], sample("report_task_check_processing"))
    assert_same_shape(answers[2], sample("report_task_check_success"))


def test_a_string_download_is_raw_csv_of_the_whole_range(serve_at):
    """It holds what the synchronous report shows in two requests, because a task has no longest range."""
    servers = serve_at(SETTLED)
    task = finish(servers, create(servers, start_date="2026-09-06", end_date="2026-11-04"))
    text = text_of(servers, task)
    assert text.splitlines()[0] == (FOLDER / "report_task_download_csv_string.csv").read_text().splitlines()[0]
    found = list(csv.DictReader(io.StringIO(text)))
    synchronous = [
        row
        for period in (("2026-09-06", "2026-10-05"), ("2026-10-06", "2026-11-04"))
        for row in rows(servers, *period, filtering=None)
    ]
    assert len(found) == len(synchronous)
    assert sum(int(row["impressions"]) for row in found) == total(synchronous, "impressions")


def test_titles_are_translated_unless_they_are_not_wanted(serve_at):
    servers = serve_at(SETTLED)
    task = finish(servers, create(servers, enable_report_title_translation=None))
    assert text_of(servers, task).startswith("Ad ID,By Day,Cost,Impressions,Clicks\n")


def test_a_file_is_behind_a_link_for_an_hour(serve_at):
    servers = serve_at(SETTLED)
    task = finish(servers, create(servers, output_format="CSV_DOWNLOAD", file_name="mine"))
    answer = get(servers, "report/task/download", **task)
    assert_same_shape(answer, sample("report_task_download_file_mode"))
    assert (answer["data"]["file_name"], answer["data"]["output_format"]) == ("mine", "CSV_DOWNLOAD")
    url = answer["data"]["download_url"].removeprefix(servers.sandbox.base_url)
    fetched = servers.api.get(url)
    assert fetched.headers["content-type"].startswith("text/csv")
    assert fetched.text.startswith("ad_id,stat_time_day,spend")
    for spoiled in (f"{url}0", url.split("?")[0], url.replace("exp=", "exp=9"), url.replace("rpt_", "rpt_1")):
        assert servers.api.get(spoiled).status_code == 403
    servers.ticker.seconds += 3601
    assert servers.api.get(url).status_code == 403


def test_a_task_can_be_cancelled_before_it_is_done(serve_at):
    servers = serve_at(SETTLED)
    task = create(servers)
    assert post(servers, "report/task/cancel", task)["code"] == 0
    assert get(servers, "report/task/check", **task)["data"]["status"] == "CANCELED"
    assert get(servers, "report/task/download", **task)["code"] == 40200
    assert post(servers, "report/task/cancel", finish(servers, create(servers)))["code"] == 40002


def test_a_task_that_is_not_done_cannot_be_downloaded(serve_at):
    servers = serve_at(SETTLED)
    assert get(servers, "report/task/download", **create(servers))["code"] == 40201


def test_an_ordered_fault_makes_one_task_fail(serve_at):
    servers = serve_at(SETTLED)
    servers.control.post("/faults", json={"match": f"{PREFIX}/report/task", "kind": "failed_task"})
    first, second = create(servers), create(servers)
    assert get(servers, "report/task/check", **first)["data"]["status"] == "FAILED"
    assert get(servers, "report/task/check", **first)["data"]["status"] == "FAILED"
    assert get(servers, "report/task/check", **second)["data"]["status"] == "QUEUING"
    assert get(servers, "report/task/download", **first)["code"] == 40200


def test_a_task_belongs_to_its_token_and_account_and_is_kept_for_thirty_days(serve_at):
    servers = serve_at(SETTLED)
    task = create(servers)
    app = servers.sandbox.credentials.marketing
    request = {"app_id": app.app_id, "secret": app.secret, "auth_code": app.auth_code}
    other = post(servers, "oauth2/access_token", request, headers={})["data"]["access_token"]
    stranger = servers.api.get(f"{PREFIX}/report/task/check/", params=task, headers={"Access-Token": other}).json()
    assert stranger["code"] == 40002
    assert get(servers, "report/task/check", **(task | {"advertiser_id": UK}))["code"] == 40002
    assert get(servers, "report/task/check", **(task | {"task_id": "rpt_1"}))["code"] == 40002
    assert get(servers, "report/task/check", **task)["code"] == 0
    assert get(servers.at("2027-02-01T00:00:00"), "report/task/check", **task)["code"] == 40002


def test_tasks_are_created_more_slowly_than_anything_else(serve_at):
    servers = serve_at(SETTLED, is_throttled=True)
    assert [post(servers, CREATE, body())["code"] for _ in range(2)] == [0, 40100]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{" * 100_000,
        b"\xff\xfe",
        b'{"advertiser_id":"\\ud800"}',
        b'{"advertiser_id":7012345678901234501}',
        b'{"advertiser_id":NaN}',
    ],
)
def test_a_body_that_is_no_request_is_refused(serve_at, content):
    assert post(serve_at(SETTLED), CREATE, content)["code"] == 40002


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"output_format": "XLSX_DOWNLOAD"}, 40002),
        ({"output_format": "PDF"}, 40002),
        ({"output_format": 5}, 40002),
        ({"enable_report_title_translation": "no"}, 40002),
        ({"dimensions": '["ad_id"]'}, 40002),
        ({"report_type": "AUDIENCE"}, 40002),
        ({"metrics": [1.5]}, 40002),
        ({"end_date": "2026-01-01"}, 40002),
        ({"filtering": [{"field_name": "impressions", "filter_type": "GREATER_THAN", "filter_value": "1"}]}, 40002),
        ({"advertiser_ids": [US], "advertiser_id": None}, 40002),
        ({"advertiser_id": "1"}, 40001),
    ],
)
def test_a_bad_task_is_refused(serve_at, changes, code):
    assert post(serve_at(SETTLED), CREATE, body(**changes))["code"] == code


def test_a_task_shows_deleted_ads_when_it_is_asked_to(serve_at):
    servers = serve_at(SETTLED)
    from_entries = [{"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}]
    visible, whole = (
        list(csv.DictReader(io.StringIO(text_of(servers, finish(servers, create(servers, filtering=entries))))))
        for entries in (None, from_entries)
    )
    synchronous = [
        row
        for period in (("2026-10-01", "2026-10-20"), ("2026-10-21", "2026-11-18"))
        for row in rows(servers, *period, filtering=ALL_STATUSES)
    ]
    assert len(visible) < len(whole) == len(synchronous)
