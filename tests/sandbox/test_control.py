"""The control app: a clock that only goes forward, and faults to order."""

import gzip
import json

import pytest

from phygital_funnel.sandbox.api.limits import Throttle

from .asking import campaigns, order_fault
from .samples import sample
from .test_seller import MONTHS, US, fetch, finish, locate
from .test_tiktok import report

NOW = "2026-10-20T13:00:00"


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
    assert servers.control.get("/faults").json()["faults"] == [
        {"match": "/drop", "kind": "throttle", "times": 3, "rate": 1.0, "seed": 0, "seconds": 1.0}
    ]
    servers.control.request("DELETE", "/faults")
    assert servers.control.get("/faults").json()["faults"] == []


def test_the_clock_can_be_moved_by_a_number_of_seconds(serve_at):
    servers = serve_at(NOW)
    assert servers.control.post("/clock", json={"advance_seconds": 90.5}).json() == {
        "now": "2026-10-20T13:01:30.500000+00:00"
    }
    assert servers.control.post("/clock", json={"advance_seconds": -1}).status_code == 409


@pytest.mark.parametrize("amount", ["soon", None, 1e300, [], float("nan")])
def test_an_amount_that_is_no_time_is_refused(serve_at, amount):
    body = json.dumps({"advance_seconds": amount})
    assert serve_at(NOW).control.post("/clock", content=body).status_code == 400


def test_the_counters_tell_requests_from_what_was_admitted(serve_at):
    """Extractors are checked against the platforms' rates by these."""
    servers = serve_at(NOW, is_throttled=True)
    for _ in range(12):
        campaigns(servers)
    servers.ticker.seconds += 2
    campaigns(servers)
    operations = servers.control.get("/counters").json()["operations"]
    usage = next(row for row in operations if row["operation"] == "tiktok")
    counted = {name: usage[name] for name in ("requests", "admitted", "refused", "most_in_a_second", "seconds", "rate")}
    assert counted == {
        "requests": 13, "admitted": 9, "refused": 4, "most_in_a_second": 12, "seconds": 2.0, "rate": 10,
    }  # fmt: skip
    assert servers.control.get("/counters").json()["answers"]["/open_api 200"] == 13
    servers.control.request("DELETE", "/counters")
    assert servers.control.get("/counters").json() == {"operations": [], "answers": {}}


def test_a_scale_of_one_is_the_platforms_own_pace():
    ticker = iter([0.0] * 21 + [0.1])
    throttle = Throttle(monotonic=lambda: next(ticker), scale=1)
    assert [throttle.admits("tiktok", "a") for _ in range(22)] == [True] * 20 + [False, True]


@pytest.mark.parametrize("body", [b"[" * 100_000, b"{", b"\xff\xfe", b"1e999", b'{"now": 1' + b"0" * 5000 + b"}"])
@pytest.mark.parametrize("path", ["/clock", "/faults"])
def test_hostile_orders_are_refused(serve_at, path, body):
    assert serve_at(NOW).control.post(path, content=body).status_code == 400


def test_dirt_is_switched_while_the_sandbox_runs_and_its_answers_are_counted(serve_at):
    servers = serve_at(NOW)
    clean = campaigns(servers).json()["data"]["list"]
    assert servers.control.post("/dirt", json={"dirt": ["retyped_ids"]}).json()["dirt"] == ["retyped_ids"]
    assert campaigns(servers).json()["data"]["list"] != clean
    assert servers.control.get("/dirt").json()["soiled"] == {"retyped_ids": 1}
    assert servers.control.get("/healthz").json()["dirt"] == ["retyped_ids"]
    assert servers.control.post("/dirt", json={"dirt": []}).json()["soiled"] == {}
    assert campaigns(servers).json()["data"]["list"] == clean


@pytest.mark.parametrize(
    "body",
    [{}, [], {"dirt": ["mud"]}, {"dirt": None}, {"dirt": [], "typo_share": 0}, {"dirt": [], "typo_share": []}],
)
def test_dirt_that_does_not_exist_is_refused(serve_at, body):
    servers = serve_at(NOW)
    assert servers.control.post("/dirt", json=body).status_code == 400
    assert servers.control.get("/dirt").json()["dirt"] == []


def test_every_answer_that_has_a_currency_can_be_misspelt(serve_at):
    servers = serve_at(NOW)
    right = servers.api.get("/v2/profiles", headers=servers.ads_headers()).json()
    servers.control.post("/dirt", json={"dirt": ["currency_typo"], "typo_share": 1})
    for _ in range(5):
        wrong = servers.api.get("/v2/profiles", headers=servers.ads_headers()).json()
        assert sum(one != other for one, other in zip(wrong, right, strict=True)) == 1
    assert servers.control.get("/dirt").json()["soiled"] == {"currency_typo": 5}
