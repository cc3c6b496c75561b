"""Selling Partner API: reports from request to document, tokens and quotas, shown on the all-orders file."""

import gzip
from collections import Counter

import pytest

from phygital_funnel.sandbox.api.amazon_seller.orders_report import COLUMNS

from .conftest import BASE_URL
from .samples import FOLDER, assert_same_shape, sample
from .seller_calls import (
    ALL_ORDERS,
    FR,
    MARKETPLACES,
    MONTHS,
    REPORTS,
    SETTLED,
    UK,
    US,
    amazon_lines,
    amazon_orders,
    create,
    download,
    fetch,
    finish,
    get,
    iso,
    locate,
    parse,
    poll,
)

__all__ = ["MONTHS", "US", "fetch", "finish", "locate"]  # other modules of the suite took these from here


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
    for market, marketplace in MARKETPLACES.items():
        lines = [line for month in MONTHS for line in fetch(servers, *month, marketplace)]
        world = amazon_lines(tiny, market)
        assert Counter((line["amazon-order-id"], line["sku"]) for line in lines) == Counter(
            (line["order_id"], line["sku"]) for line in world
        )
        kept = [line for line in world if not line["order"]["cancelled_at"]]
        for column, name in (("item-price", "item_price_minor"), ("item-tax", "item_tax_minor")):
            found = sum(round(float(line[column] or 0) * 100) for line in lines)
            assert found == sum(line[name] for line in kept)


def test_an_order_is_pending_without_price_then_unshipped_then_shipped(serve_at, tiny):
    order = next(
        o for o in amazon_orders(tiny, "US")
        if not o["cancelled_at"] and o["purchased_at"] < o["priced_at"] < o["shipped_at"]
    )  # fmt: skip
    moments = [order[name] for name in ("purchased_at", "priced_at", "shipped_at")]
    servers = serve_at(iso(moments[0]))
    seen = [_line_as_of(servers, order, moment) for moment in moments]
    assert [line["order-status"] for line in seen] == ["Pending", "Unshipped", "Shipped"]
    assert [bool(line["item-price"]) for line in seen] == [False, True, True]
    assert [line["last-updated-date"] for line in seen] == [m.isoformat(timespec="seconds") for m in moments]


def test_a_cancelled_order_has_no_quantity_price_and_address(serve_at, tiny):
    order = next(o for o in amazon_orders(tiny) if o["cancelled_at"])
    servers = serve_at(iso(order["purchased_at"]))
    line = _line_as_of(servers, order, order["cancelled_at"])
    assert (line["order-status"], line["quantity"]) == ("Cancelled", "0")
    assert (line["item-price"], line["ship-city"]) == ("", "")
    assert line["last-updated-date"] == order["cancelled_at"].isoformat(timespec="seconds")


def test_the_promotions_of_an_order_are_shown_once_it_is_charged(serve_at, tiny):
    order = next(
        o
        for o in amazon_orders(tiny)
        if o["promo_code"] and not o["cancelled_at"] and o["purchased_at"] < o["priced_at"]
    )
    servers = serve_at(iso(order["purchased_at"]))
    assert _line_as_of(servers, order, order["purchased_at"])["promotion-ids"] == ""
    shown = _line_as_of(servers, order, order["priced_at"])["promotion-ids"]
    assert shown.split(",")[0] == order["promo_code"]


def test_nothing_happens_to_an_order_after_its_cancellation(serve_at, tiny):
    """Some are cancelled before they would have been charged."""
    servers = serve_at(SETTLED)
    lines = [line for place in MARKETPLACES.values() for month in MONTHS for line in fetch(servers, *month, place)]
    found = {line["amazon-order-id"]: line for line in lines if line["order-status"] == "Cancelled"}
    cancelled = {o["order_id"]: o for o in amazon_orders(tiny) if o["cancelled_at"]}
    assert any(o["cancelled_at"] < o["priced_at"] for o in cancelled.values())
    assert {name: line["last-updated-date"] for name, line in found.items()} == {
        name: o["cancelled_at"].isoformat(timespec="seconds") for name, o in cancelled.items()
    }


def test_a_refund_changes_the_last_update(serve_at, tiny):
    orders = {order["order_id"]: order for order in amazon_orders(tiny)}
    refund = next(r for r in tiny["refunds"].to_pylist() if r["order_id"] in orders)
    order = orders[refund["order_id"]]
    servers = serve_at(iso(order["purchased_at"]))
    line = _line_as_of(servers, order, refund["refunded_at"])
    assert line["last-updated-date"] == refund["refunded_at"].isoformat(timespec="seconds")
    assert line["order-status"] == "Shipped"


def _line_as_of(servers, order, moment):
    """The order's first line in the report of the day of its last update, asked for at that moment."""
    servers.at(iso(moment))
    day = moment.date().isoformat()
    lines = fetch(servers, f"{day}T00:00:00Z", f"{day}T23:59:59Z", MARKETPLACES[order["market"]])
    return next(line for line in lines if line["amazon-order-id"] == order["order_id"])


def test_an_updated_order_leaves_the_window_of_its_earlier_update(serve_at, tiny):
    """The report selects by the last update as of now, so yesterday's row moves to today."""
    order = next(
        o for o in amazon_orders(tiny, "US")
        if not o["cancelled_at"] and o["shipped_at"].date() > o["priced_at"].date()
    )  # fmt: skip
    window = (f"{order['priced_at'].date()}T00:00:00Z", f"{order['priced_at'].date()}T23:59:59Z")

    def ids(servers):
        return {line["amazon-order-id"] for line in fetch(servers, *window)}

    servers = serve_at(iso(order["priced_at"]))
    assert order["order_id"] in ids(servers)
    servers.at(iso(order["shipped_at"]))
    assert order["order_id"] not in ids(servers)


def test_nothing_is_reported_from_the_future(serve_at):
    lines = fetch(serve_at("2026-10-10T12:00:00"), "2026-10-01T00:00:00Z", "2026-10-20T00:00:00Z")
    assert lines
    assert max(line["last-updated-date"] for line in lines) <= "2026-10-10T12:00:00+00:00"


def test_orders_of_other_channels_name_the_order_they_ship(serve_at, tiny):
    servers = serve_at(SETTLED)
    lines = [line for place in MARKETPLACES.values() for month in MONTHS for line in fetch(servers, *month, place)]
    rows = [line for line in lines if line["sales-channel"].startswith("Non-Amazon")]
    others = {line["amazon-order-id"]: line["merchant-order-id"] for line in rows}
    assert others == {o["order_id"]: o["fulfils_order_id"] for o in amazon_orders(tiny) if o["fulfils_order_id"]}
    assert others
    assert {line["sales-channel"] for line in lines} > {"Amazon.com", "Amazon.de"}


def test_the_french_file_is_in_the_windows_code_page_and_says_so(serve_at):
    servers = serve_at(SETTLED)
    answer = download(servers, finish(servers, *MONTHS[1], FR))
    assert "charset=cp1252" in answer.headers["content-type"]
    with pytest.raises(UnicodeDecodeError):
        gzip.decompress(answer.content).decode("utf-8")
    assert any("É" in line["ship-city"] + line["product-name"] for line in parse(answer))


def test_one_report_may_cover_several_marketplaces(serve_at):
    servers = serve_at(SETTLED)
    both = finish(servers, *MONTHS[1], marketplaceIds=[US, UK])
    lines = parse(download(servers, both))
    parts = fetch(servers, *MONTHS[1], US) + fetch(servers, *MONTHS[1], UK)
    assert {line["ship-country"] for line in lines} == {"US", "GB"}
    assert Counter(line["amazon-order-id"] for line in lines) == Counter(line["amazon-order-id"] for line in parts)
    assert both["marketplaceIds"] == [US, UK]


def test_an_equal_request_is_cancelled_while_the_first_is_being_made(serve_at):
    servers = serve_at(SETTLED)
    first = create(servers, *MONTHS[1]).json()["reportId"]
    assert finish(servers, *MONTHS[1])["processingStatus"] == "CANCELLED"
    assert [poll(servers, first) for _ in range(3)][-1]["processingStatus"] == "DONE"
    assert finish(servers, *MONTHS[1])["processingStatus"] == "DONE"


def test_a_report_that_is_abandoned_blocks_an_equal_one_for_a_minute_only(serve_at):
    servers = serve_at(SETTLED)
    create(servers, *MONTHS[1])
    servers.ticker.seconds += 60
    assert finish(servers, *MONTHS[1])["processingStatus"] == "DONE"


def test_a_report_can_be_cancelled_until_it_is_taken_up(serve_at):
    servers = serve_at(SETTLED)
    report_id = create(servers, *MONTHS[1]).json()["reportId"]
    headers = servers.seller_headers()
    assert servers.api.delete(f"{REPORTS}/{report_id}", headers=headers).status_code == 200
    assert poll(servers, report_id)["processingStatus"] == "CANCELLED"
    assert servers.api.delete(f"{REPORTS}/{report_id}", headers=headers).status_code == 400
    late = create(servers, *MONTHS[0]).json()["reportId"]
    assert [poll(servers, late)["processingStatus"] for _ in range(2)][-1] == "IN_PROGRESS"
    assert servers.api.delete(f"{REPORTS}/{late}", headers=headers).status_code == 400
    assert servers.api.delete(f"{REPORTS}/1", headers=headers).status_code == 404


@pytest.mark.parametrize(("kind", "state"), [("fatal_report", "FATAL"), ("cancelled_report", "CANCELLED")])
def test_a_report_ends_as_a_fault_ordered_it_to(serve_at, kind, state):
    servers = serve_at(SETTLED)
    servers.control.post("/faults", json={"match": REPORTS, "kind": kind, "times": 1})
    status = finish(servers, *MONTHS[1])
    assert_same_shape(status, sample(f"seller_reports_getReport_{state.lower()}"))
    assert status["processingStatus"] == state
    assert finish(servers, *MONTHS[1])["processingStatus"] == "DONE"


def test_the_document_of_a_fatal_report_tells_the_error(serve_at):
    servers = serve_at(SETTLED)
    servers.control.post("/faults", json={"match": REPORTS, "kind": "fatal_report", "times": 1})
    answer = download(servers, finish(servers, *MONTHS[1]))
    assert b"errorDetails" in gzip.decompress(answer.content)


def listed(servers, **query):
    return get(servers, REPORTS, **query)


def test_reports_are_listed_newest_first_in_pages_by_a_token_sent_alone(serve_at):
    servers = serve_at(SETTLED)
    ids = [create(servers, *month).json()["reportId"] for month in MONTHS[:3]]
    page = listed(servers, reportTypes=ALL_ORDERS, pageSize=2).json()
    assert [report["reportId"] for report in page["reports"]] == ids[:0:-1]
    rest = listed(servers, nextToken=page["nextToken"]).json()
    assert [report["reportId"] for report in rest["reports"]] == ids[:1]
    assert "nextToken" not in rest
    assert listed(servers, nextToken=page["nextToken"], pageSize=2).status_code == 400
    assert listed(servers, nextToken=page["nextToken"][:-2] + "AA").status_code == 400


def test_listing_moves_reports_on_and_filters_them(serve_at):
    servers = serve_at(SETTLED)
    us = create(servers, *MONTHS[1], US).json()["reportId"]
    fr = create(servers, *MONTHS[1], FR).json()["reportId"]
    assert not listed(servers, reportTypes=ALL_ORDERS, processingStatuses="DONE").json()["reports"]
    listed(servers, reportTypes=ALL_ORDERS)
    done = listed(servers, reportTypes=ALL_ORDERS, processingStatuses="DONE,FATAL").json()["reports"]
    assert {report["reportId"] for report in done} == {us, fr}
    only = listed(servers, reportTypes=ALL_ORDERS, marketplaceIds=FR).json()["reports"]
    assert [report["reportId"] for report in only] == [fr]
    assert not listed(servers, reportTypes="GET_SALES_AND_TRAFFIC_REPORT").json()["reports"]
    assert not listed(servers, reportTypes=ALL_ORDERS, createdSince="2027-01-01T00:00:01Z").json()["reports"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"reportTypes": ALL_ORDERS, "pageSize": "101"},
        {"reportTypes": ALL_ORDERS, "pageSize": "1" + "0" * 400},
        {"reportTypes": ALL_ORDERS, "processingStatuses": "FINE"},
        {"reportTypes": ALL_ORDERS, "createdSince": "0001-01-01T00:00:00+14:00"},
        {"nextToken": "\u00e9"},
    ],
)
def test_a_malformed_list_request_gets_400(serve_at, query):
    answer = listed(serve_at(SETTLED), **query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")


@pytest.mark.parametrize(
    "change",
    [
        {"reportType": "GET_MAGIC"},
        {"marketplaceIds": ["NOWHERE"]},
        {"marketplaceIds": "ATVPDKIKX0DER"},
        {"dataStartTime": "2026-08-01T00:00:00Z"},
        {"dataStartTime": "yesterday"},
        {"dataStartTime": "2026-11-02T00:00:00Z", "dataEndTime": "2026-11-01T00:00:00Z"},
        {"dataStartTime": "0001-01-01T00:00:00+14:00"},
        {"dataEndTime": "9999-12-31T23:59:59-14:00"},
        {"marketplaceIds": []},
        {"marketplaceIds": [{}]},
        {"reportOptions": "DAY"},
        {"reportOptions": {"a": 1}},
        {"reportOptions": {"a": "\n"}},
    ],
)
def test_an_invalid_request_gets_400(serve_at, change):
    answer = create(serve_at(SETTLED), *MONTHS[1], **change)
    assert answer.status_code == 400
    assert_same_shape(answer.json(), sample("seller_error_400_invalid_input"))
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"reportType": "\\ud800"}',
        b'{"reportType": 1e999}',
        b"\xff",
        b'{"reportType": "%s", "marketplaceIds": ["%s"], "reportOptions": {"a": "\\ud800"}}'
        % (ALL_ORDERS.encode(), US.encode()),
    ],
)
def test_a_body_that_is_no_request_gets_400(serve_at, body):
    servers = serve_at(SETTLED)
    answer = servers.api.post(REPORTS, content=body, headers=servers.seller_headers())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")


def test_a_missing_token_gets_403_and_is_not_called_expired(serve_at):
    answer = serve_at("2026-11-06T00:00:00").api.get("/sellers/v1/marketplaceParticipations")
    assert answer.status_code == 403
    assert "missing" in answer.json()["errors"][0]["details"]


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
    headers = {"x-amz-access-token": servers.token(servers.sandbox.credentials.attribution)}
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
    servers = serve_at(SETTLED)
    client = vars(servers.sandbox.credentials.seller)
    wrong = {"grant_type": "refresh_token", **client, "refresh_token": "Atzr|gone"}
    refused = servers.api.post("/auth/o2/token", data=wrong)
    assert (refused.status_code, refused.json()) == (400, sample("lwa_error_invalid_grant"))
    granted = servers.api.post("/auth/o2/token", data={"grant_type": "refresh_token", **client})
    assert_same_shape(granted.json(), sample("lwa_token"))
