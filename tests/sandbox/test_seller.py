"""Selling Partner API: the all-orders report from request to document."""

import csv
import gzip
import io
from collections import Counter

import pytest

from phygital_funnel.sandbox.api.orders_report import COLUMNS

from .conftest import BASE_URL
from .samples import FOLDER, assert_same_shape, sample

US, UK, FR = "ATVPDKIKX0DER", "A1F83G8C2ARO7P", "A13V1IB3VIYZZH"
REPORTS = "/reports/2021-06-30/reports"
REPORT_TYPE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
SETTLED = "2027-01-01T00:00:00"
MONTHS = (
    ("2026-09-01T00:00:00Z", "2026-09-30T23:59:59Z"),
    ("2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z"),
    ("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z"),
)


def create(servers, start, end, marketplace=US, **change):
    body = {"reportType": REPORT_TYPE, "marketplaceIds": [marketplace], "dataStartTime": start, "dataEndTime": end}
    return servers.api.post(REPORTS, json=body | change, headers=servers.seller_headers())


def poll(servers, report_id):
    return servers.api.get(f"{REPORTS}/{report_id}", headers=servers.seller_headers()).json()


def finish(servers, start, end, marketplace=US):
    report_id = create(servers, start, end, marketplace).json()["reportId"]
    return [poll(servers, report_id) for _ in range(3)][-1]


def locate(servers, document_id):
    path = f"/reports/2021-06-30/documents/{document_id}"
    return servers.api.get(path, headers=servers.seller_headers()).json()


def fetch(servers, start, end, marketplace=US):
    status = finish(servers, start, end, marketplace)
    if status["processingStatus"] == "CANCELLED":
        return []
    url = locate(servers, status["reportDocumentId"])["url"]
    return parse(servers.api.get(url.removeprefix(BASE_URL)))


def parse(answer):
    text = gzip.decompress(answer.content).decode(answer.headers["content-type"].partition("charset=")[2])
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_report_goes_from_queue_to_document_in_the_documented_shapes(serve_at):
    servers = serve_at(SETTLED)
    created = create(servers, *MONTHS[1])
    assert created.status_code == 202
    assert_same_shape(created.json(), sample("seller_reports_createReport_202"))
    assert created.headers["x-amzn-RateLimit-Limit"] == "0.0167"
    report_id = created.json()["reportId"]
    states = [poll(servers, report_id) for _ in range(4)]
    assert [state["processingStatus"] for state in states] == ["IN_QUEUE", "IN_PROGRESS", "DONE", "DONE"]
    assert_same_shape(states[1], sample("seller_reports_getReport_in_progress"))
    assert_same_shape(states[2], sample("seller_reports_getReport_done"))
    document = locate(servers, states[2]["reportDocumentId"])
    assert_same_shape(document, sample("seller_reports_getReportDocument"))
    assert servers.api.get(document["url"].removeprefix(BASE_URL)).content[:2] == b"\x1f\x8b"


def test_the_columns_are_the_documented_ones_in_order(serve_at):
    documented = (FOLDER / "seller_document_all_orders.tsv").read_text().splitlines()[0].split("\t")
    assert list(COLUMNS) == documented
    assert list(fetch(serve_at(SETTLED), *MONTHS[1])[0]) == documented


def test_a_report_without_data_is_cancelled(serve_at):
    status = finish(serve_at(SETTLED), "2026-08-01T00:00:00Z", "2026-08-15T00:00:00Z")
    assert_same_shape(status, sample("seller_reports_getReport_cancelled"))
    assert status["processingStatus"] == "CANCELLED"


def test_the_reports_of_all_months_hold_every_line_of_the_world_once(serve_at, tiny):
    servers = serve_at(SETTLED)
    lines = [line for marketplace in (US, UK, FR) for month in MONTHS for line in fetch(servers, *month, marketplace)]
    assert len(lines) == tiny["order_lines"].num_rows
    cancelled = {o["order_id"] for o in tiny["orders"].to_pylist() if o["cancelled_at"]}
    expected = Counter()
    for line in tiny["order_lines"].to_pylist():
        if line["order_id"] not in cancelled:
            expected[line["currency"]] += line["item_price_minor"]
    found = Counter()
    for line in lines:
        found[line["currency"]] += round(float(line["item-price"] or 0) * 100)
    assert found == expected


def test_an_order_is_pending_without_price_then_shipped_then_maybe_cancelled(serve_at, tiny):
    order = next(
        o for o in tiny["orders"].to_pylist()
        if o["market"] == "US" and o["cancelled_at"] and o["purchased_at"] < o["priced_at"] < o["cancelled_at"]
    )  # fmt: skip
    seen = []
    servers = serve_at(order["purchased_at"].replace(tzinfo=None).isoformat())
    for name in ("purchased_at", "priced_at", "cancelled_at"):
        servers.at(order[name].replace(tzinfo=None).isoformat())
        day = order[name].date().isoformat()
        lines = fetch(servers, f"{day}T00:00:00Z", f"{day}T23:59:59Z")
        seen += [line for line in lines if line["amazon-order-id"] == order["order_id"]][:1]
    states = [(line["order-status"], bool(line["item-price"]), line["quantity"] == "0") for line in seen]
    assert states == [("Pending", False, False), ("Shipped", True, False), ("Cancelled", False, True)]
    assert [line["last-updated-date"] for line in seen] == [
        order[name].isoformat(timespec="seconds") for name in ("purchased_at", "priced_at", "cancelled_at")
    ]


def test_an_updated_order_leaves_the_window_of_its_earlier_update(serve_at, tiny):
    """The report selects by the last update as of now, so yesterday's row moves to today."""
    order = next(
        o for o in tiny["orders"].to_pylist()
        if o["market"] == "US" and o["cancelled_at"] and o["cancelled_at"].date() > o["priced_at"].date()
    )  # fmt: skip
    window = (f"{order['priced_at'].date()}T00:00:00Z", f"{order['priced_at'].date()}T23:59:59Z")

    def ids(servers):
        return {line["amazon-order-id"] for line in fetch(servers, *window)}

    servers = serve_at(order["priced_at"].replace(tzinfo=None).isoformat())
    assert order["order_id"] in ids(servers)
    servers.at(order["cancelled_at"].replace(tzinfo=None).isoformat())
    assert order["order_id"] not in ids(servers)


def test_nothing_is_reported_from_the_future(serve_at):
    lines = fetch(serve_at("2026-10-10T12:00:00"), "2026-10-01T00:00:00Z", "2026-10-20T00:00:00Z")
    assert lines
    assert max(line["last-updated-date"] for line in lines) <= "2026-10-10T12:00:00+00:00"


def test_orders_of_other_channels_are_in_the_file(serve_at):
    servers = serve_at(SETTLED)
    channels = {
        line["sales-channel"] for marketplace in (US, FR) for m in MONTHS for line in fetch(servers, *m, marketplace)
    }
    assert {"Amazon.com", "Amazon.fr"} < channels
    assert any(name.startswith("Non-Amazon") for name in channels)


def test_the_french_file_is_in_the_windows_code_page_and_says_so(serve_at):
    servers = serve_at(SETTLED)
    url = locate(servers, finish(servers, *MONTHS[1], FR)["reportDocumentId"])["url"]
    answer = servers.api.get(url.removeprefix(BASE_URL))
    assert "charset=cp1252" in answer.headers["content-type"]
    with pytest.raises(UnicodeDecodeError):
        gzip.decompress(answer.content).decode("utf-8")
    assert any("É" in line["ship-city"] for line in parse(answer))


@pytest.mark.parametrize(
    "change",
    [
        {"reportType": "GET_MAGIC"},
        {"marketplaceIds": ["NOWHERE"]},
        {"marketplaceIds": "ATVPDKIKX0DER"},
        {"dataStartTime": "2026-08-01T00:00:00Z"},
        {"dataStartTime": "yesterday"},
    ],
)
def test_an_invalid_request_gets_400(serve_at, change):
    answer = create(serve_at(SETTLED), *MONTHS[1], **change)
    assert answer.status_code == 400
    assert_same_shape(answer.json(), sample("seller_error_400_invalid_input"))
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


def test_an_expired_token_gets_403(serve_at):
    servers = serve_at(SETTLED)
    headers = servers.seller_headers()
    assert servers.api.get(f"{REPORTS}/1", headers=headers).status_code == 404
    servers.ticker.seconds += 3600
    answer = servers.api.get(f"{REPORTS}/1", headers=headers)
    assert answer.status_code == 403
    assert answer.json() == sample("seller_error_403_unauthorized")


def test_a_token_of_another_application_gets_403(serve_at):
    servers = serve_at(SETTLED)
    headers = {"x-amz-access-token": servers.token("amazon_attribution")}
    assert servers.api.get(f"{REPORTS}/1", headers=headers).status_code == 403


def test_every_operation_has_its_own_quota(serve_at):
    servers = serve_at(SETTLED, is_throttled=True)
    answers = [create(servers, *MONTHS[1]) for _ in range(8)]
    assert answers[0].status_code == 202
    assert answers[-1].status_code == 429
    assert answers[-1].json() == sample("seller_error_429_quota")
    assert "retry-after" not in answers[-1].headers
    assert poll(servers, answers[0].json()["reportId"])["processingStatus"] == "IN_QUEUE"
    servers.ticker.seconds += 10
    assert create(servers, *MONTHS[1]).status_code == 202


def test_a_document_url_expires_after_five_minutes_of_real_time(serve_at):
    servers = serve_at(SETTLED)
    document_id = finish(servers, *MONTHS[1])["reportDocumentId"]
    path = locate(servers, document_id)["url"].removeprefix(BASE_URL)
    servers.ticker.seconds += 299
    assert servers.api.get(path).status_code == 200
    servers.ticker.seconds += 1
    assert servers.api.get(path).status_code == 403
    assert servers.api.get(locate(servers, document_id)["url"].removeprefix(BASE_URL)).status_code == 200


def test_lwa_refuses_wrong_credentials_in_the_documented_shape(serve_at):
    api = serve_at(SETTLED).api
    good = {"grant_type": "refresh_token", "client_id": "amzn1.application-oa2-client.sbx-amazon_seller"}
    refused = api.post("/auth/o2/token", data=good | {"client_secret": "wrong", "refresh_token": "x"})
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_lwa_calls_a_wrong_refresh_token_an_invalid_grant(serve_at):
    from phygital_funnel.sandbox.api.app import amazon_client

    client = vars(amazon_client("amazon_seller", 1)) | {"refresh_token": "Atzr|gone"}
    servers = serve_at(SETTLED)
    refused = servers.api.post("/auth/o2/token", data={"grant_type": "refresh_token", **client})
    assert (refused.status_code, refused.json()) == (400, sample("lwa_error_invalid_grant"))
    granted = servers.api.post(
        "/auth/o2/token", data={"grant_type": "refresh_token", **vars(amazon_client("amazon_seller", 1))}
    )
    assert_same_shape(granted.json(), sample("lwa_token"))
