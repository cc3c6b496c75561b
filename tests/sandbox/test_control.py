"""The control app: a clock that only goes forward, and faults to order."""

import gzip
import json

import pytest

from .samples import sample
from .test_seller import MONTHS, US, fetch, finish, locate
from .test_tiktok import report

NOW = "2026-10-20T13:00:00"


def order_fault(servers, kind, match, times=1):
    answer = servers.control.post("/faults", json={"match": match, "kind": kind, "times": times})
    assert answer.status_code == 200


def test_the_clock_goes_forward_and_is_written_to_its_file(serve_at, tmp_path):
    servers = serve_at(NOW)
    assert servers.control.post("/clock", json={"now": "2026-10-21T13:00:00Z"}).status_code == 200
    assert servers.control.get("/clock").json() == {"now": "2026-10-21T13:00:00+00:00"}
    assert (tmp_path / "clock").read_text() == "2026-10-21T13:00:00+00:00"


def test_the_clock_does_not_go_back(serve_at):
    servers = serve_at(NOW)
    assert servers.control.post("/clock", json={"now": "2026-10-20T12:59:59Z"}).status_code == 409
    assert servers.control.get("/clock").json() == {"now": "2026-10-20T13:00:00+00:00"}


@pytest.mark.parametrize("body", [{}, {"now": "soon"}, [], {"now": None}])
def test_a_clock_without_a_time_is_refused(serve_at, body):
    assert serve_at(NOW).control.post("/clock", json=body).status_code == 400


@pytest.mark.parametrize(
    "fault", [{"kind": "magic", "match": "/"}, {"kind": "throttle"}, {"kind": "throttle", "match": "x"}]
)
def test_a_fault_that_does_not_exist_is_refused(serve_at, fault):
    assert serve_at(NOW).control.post("/faults", json=fault).status_code == 400


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("throttle", "error_40100_rate_limit"),
        ("server_error", "error_50000_system"),
        ("revoked_token", "error_40105_token"),
    ],
)
def test_tiktok_refuses_in_its_envelope_as_often_as_ordered(serve_at, kind, name):
    servers = serve_at(NOW)
    order_fault(servers, kind, "/open_api", times=2)
    for _ in range(2):
        answer = report(servers, "2026-10-01", "2026-10-02")
        assert {**answer, "request_id": ""} == {**sample(name), "request_id": ""}
    assert report(servers, "2026-10-01", "2026-10-02")["code"] == 0


@pytest.mark.parametrize(
    ("kind", "path", "status"),
    [
        ("throttle", "/v2/profiles", 429),
        ("server_error", "/v2/profiles", 500),
        ("revoked_token", "/v2/profiles", 401),
        ("throttle", "/reports/2021-06-30/reports/1", 429),
        ("server_error", "/reports/2021-06-30/reports/1", 500),
        ("revoked_token", "/reports/2021-06-30/reports/1", 403),
        ("revoked_token", "/auth/o2/token", 400),
        ("server_error", "/drop/reference/markets.csv", 500),
    ],
)
def test_the_others_refuse_with_http_status(serve_at, kind, path, status):
    servers = serve_at(NOW)
    order_fault(servers, kind, path)
    assert servers.api.get(path).status_code == status


def test_a_fault_hits_only_its_path(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "server_error", "/drop/links")
    assert servers.api.get("/drop/reference/markets.csv").status_code == 200
    assert servers.api.get("/drop/links/").status_code == 500


def test_truncated_answers_end_early(serve_at):
    servers = serve_at(NOW)
    whole = servers.api.get("/drop/reference/listings.csv").content
    order_fault(servers, "truncate", "/drop")
    assert servers.api.get("/drop/reference/listings.csv").content == whole[: len(whole) // 2]


def test_a_truncated_document_cannot_be_unzipped(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "truncate", "/_blob")
    with pytest.raises(EOFError):
        fetch(servers, *MONTHS[0])


def test_negative_spend_spoils_a_report_and_waits_for_one(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "negative_spend", "/")
    servers.api.get("/drop/reference/markets.csv")
    spends = {row["metrics"]["spend"] for row in report(servers, "2026-10-01", "2026-10-02")["data"]["list"]}
    assert spends == {"-999999.00"}
    clean = report(servers, "2026-10-01", "2026-10-02")["data"]["list"]
    assert all(float(row["metrics"]["spend"]) >= 0 for row in clean)


def test_an_unknown_currency_is_written_into_one_line(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "unknown_currency", "/_blob")
    found = [line["currency"] for line in fetch(servers, *MONTHS[0], US)]
    assert found.count("XXQ") == 1
    assert "XXQ" not in [line["currency"] for line in fetch(servers, *MONTHS[0], US)]


def test_a_malformed_row_lacks_half_of_its_fields(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "malformed_row", "/_blob")
    path = locate(servers, finish(servers, *MONTHS[0])["reportDocumentId"])["url"].removeprefix(
        "http://sandbox.invalid"
    )
    lengths = [line.count(b"\t") for line in gzip.decompress(servers.api.get(path).content).splitlines()]
    assert sorted(set(lengths)) == [14, 30]
    assert lengths.count(14) == 1


def test_pending_faults_can_be_seen_and_forgotten(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "throttle", "/drop", times=3)
    assert servers.control.get("/faults").json()["faults"] == [{"match": "/drop", "kind": "throttle", "times": 3}]
    servers.control.request("DELETE", "/faults")
    assert json.loads(servers.control.get("/faults").content) == {"faults": []}
