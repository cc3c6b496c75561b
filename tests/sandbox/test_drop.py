"""The file drop: link logs per ended day, and the brand's reference files."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from phygital_funnel.sandbox.api.file_drop.tables import iso_micros
from phygital_funnel.sandbox.world import generate
from phygital_funnel.sources.events.streams import CONVERSIONS, TOUCHPOINTS
from phygital_funnel.sources.files import read_file

SETTLED = "2027-01-01T00:00:00"


def table(servers, path):
    answer = servers.api.get(f"/drop/{path}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def listing(servers, folder):
    lines = servers.api.get(f"/drop/{folder}").text.split('href="')[1:]
    return [line.partition('"')[0].rsplit("/", 1)[-1].removesuffix(".csv") for line in lines]


def everything(servers, stream):
    return [row for day in listing(servers, f"links/{stream}/") for row in table(servers, f"links/{stream}/{day}")]


def test_a_days_file_exists_once_the_day_has_ended(serve_at):
    servers = serve_at("2026-10-01T23:59:59")
    assert listing(servers, "links/clicks/")[-1] == "2026-09-30"
    assert servers.api.get("/drop/links/clicks/2026-10-01.csv").status_code == 404
    servers.at("2026-10-02T00:00:00")
    assert listing(servers, "links/clicks/")[-1] == "2026-10-01"
    assert servers.api.get("/drop/links/clicks/2026-10-01.csv").status_code == 200


def test_the_files_hold_every_click_and_registration_once(serve_at, tiny):
    servers = serve_at(SETTLED)
    clicks, registrations = everything(servers, "clicks"), everything(servers, "registrations")
    # Clicks into TikTok Shop do not leave the app, so the redirector never sees them.
    seen = [row["click_id"] for row in tiny["clicks"].to_pylist() if row["destination"] == "amazon"]
    assert 0 < len(seen) < tiny["clicks"].num_rows
    assert sorted(row["click_id"] for row in clicks) == sorted(seen)
    assert sorted(row["amazon_order_id"] for row in registrations) == sorted(
        tiny["registrations"]["order_id"].to_pylist()
    )


def test_a_click_is_in_the_file_of_its_own_day_with_microseconds(serve_at):
    servers = serve_at(SETTLED)
    rows = table(servers, "links/clicks/2026-10-20")
    assert rows
    assert all(row["clicked_at"].startswith("2026-10-20T") and len(row["clicked_at"]) == 27 for row in rows)


def test_paid_clicks_name_the_ad_and_bio_clicks_the_creator(serve_at):
    rows = everything(serve_at(SETTLED), "clicks")
    paid = [row for row in rows if row["ad_id"]]
    bio = [row for row in rows if not row["ad_id"]]
    assert all(row["campaign_id"] and row["ad_group_id"] for row in paid)
    assert 0.75 < sum(bool(row["ttclid"]) for row in paid) / len(paid) < 0.95
    assert all(row["creator_id"] and not row["ttclid"] and not row["content_id"] for row in bio)
    assert any(row["content_id"] for row in paid)
    assert any(not row["content_id"] for row in paid)


def test_the_truth_is_in_no_column(serve_at, tiny):
    """Nothing of the truth table, nor of a click's survival, leaves the world."""
    header = serve_at(SETTLED).api.get("/drop/links/clicks/2026-10-20.csv").text.splitlines()[0].split(",")
    secret = {"has_tag", "exposure_id", "person_id", "cause", "landed", "carted"}
    assert secret & (set(tiny["clicks"].column_names) | set(tiny["truth_order_cause"].column_names)) == secret
    assert not secret & set(header)


def test_hostile_text_survives_csv(serve_at, tiny):
    handles = [row["handle"] for row in table(serve_at(SETTLED), "reference/creators")]
    assert handles == tiny["creators"]["handle"].to_pylist()
    assert any("\n" in handle for handle in handles)


@pytest.mark.parametrize(
    "name",
    ["markets", "listings", "creators", "promo_codes", "fx_rates", "fees", "promotions", "tags", "commission_rates"],
)
def test_reference_tables_have_the_columns_their_stream_declares(serve_at, name):
    from phygital_funnel.sources.reference.streams import STREAMS

    stream = next(stream for stream in STREAMS if stream.name == name)
    rows = table(serve_at(SETTLED), f"reference/{name}")
    assert tuple(rows[0]) == stream.columns
    keys = [tuple(row[column] for column in stream.key) for row in rows]
    assert len(set(keys)) == len(keys)


def test_exchange_rates_come_on_weekdays_at_three(serve_at):
    servers = serve_at("2026-10-05T14:59:00")

    def last():
        return table(servers, "reference/fx_rates")[-1]["rate_date"]

    # A Monday: before the day's rate there is Friday's.
    assert last() == "2026-10-02"
    servers.at("2026-10-05T15:00:00")
    assert last() == "2026-10-05"


def test_every_code_on_an_order_is_in_the_reference(serve_at, tiny):
    codes = {row["code"] for row in table(serve_at(SETTLED), "reference/promo_codes")}
    used = set(tiny["orders"]["promo_code"].drop_null().to_pylist())
    assert used
    assert used <= codes


@pytest.mark.parametrize(
    "path", ["links/truth/2026-10-20.csv", "links/clicks/x.csv", "reference/truth_order_cause.csv"]
)
def test_what_is_not_in_the_drop_is_not_found(serve_at, path):
    assert serve_at(SETTLED).api.get(f"/drop/{path}").status_code == 404


def test_markets_without_amazon_have_no_amazon_ids(serve_at, tiny):
    rows = table(serve_at(SETTLED), "reference/markets")
    assert [row["market"] for row in rows] == [market.code for market in tiny.markets]
    assert {row["market"] for row in rows if not row["marketplace_id"] and not row["amazon_domain"]} == {"ID", "TH"}
    assert all(row["currency"] and row["timezone"] for row in rows)


def test_there_is_a_rate_for_every_currency_of_the_world(serve_at, tiny):
    rates = table(serve_at(SETTLED), "reference/fx_rates")
    assert {row["currency"] for row in rates} == {market.currency for market in tiny.markets} - {"EUR"}
    assert all(float(row["units_per_eur"]) > 10_000 for row in rates if row["currency"] == "IDR")


def test_commission_rates_are_known_once_decided(serve_at, tiny):
    """A rate that takes effect later is known before, and until it is decided its predecessor has no end."""
    rates = tiny["commission_rates"].to_pylist()
    later = next(row for row in rates if row["decided_at"] > tiny.size.first_moment)
    servers = serve_at((later["decided_at"] - timedelta(seconds=1)).isoformat()[:19])

    def known():
        rows = table(servers, "reference/commission_rates")
        return [row for row in rows if row["creator_id"] == later["creator_id"]]

    assert [row["valid_to"] for row in known()] == [""]
    servers.at(later["decided_at"].isoformat()[:19])
    assert [row["valid_to"] for row in known()] == [iso_micros(later["valid_from"]), ""]
    assert known()[1]["rate"] == f"{later['rate']:.2f}"


def test_every_ad_that_leads_to_amazon_has_the_tag_of_its_own_ids(serve_at, tiny):
    rows = {row["ad_id"]: row for row in table(serve_at(SETTLED), "reference/tags")}
    ads = [ad for ad in tiny["ads"].to_pylist() if ad["destination"] == "amazon"]
    assert set(rows) == {ad["ad_id"] for ad in ads}
    for ad in ads:
        tag = dict(parse_qsl(rows[ad["ad_id"]]["attribution_tag"]))
        assert (tag["aa_campaignid"], tag["aa_adgroupid"], tag["aa_creativeid"]) == (
            ad["campaign_id"], ad["adgroup_id"], ad["ad_id"],
        )  # fmt: skip
        assert tag["maas"].startswith("maas_adg_api_5812345678")


def test_promotions_are_announced_and_fees_are_published(serve_at, tiny):
    servers = serve_at("2026-09-10T00:00:00")
    early = table(servers, "reference/promotions")
    servers.at(SETTLED)
    assert 0 < len(early) < len(table(servers, "reference/promotions")) == tiny["promotions"].num_rows
    assert max(row["starts_at"] for row in early) <= "2026-10-08T00:00:00.000000Z"
    fees = table(servers, "reference/fees")
    assert {row["platform"] for row in fees} == {"amazon", "tiktok_shop"}
    assert not [row for row in fees if row["platform"] == "amazon" and row["market"] in ("ID", "TH")]


def test_paths_are_dropped_only_in_scenarios_that_have_them(serve_at):
    servers = serve_at(SETTLED)
    assert "events" not in servers.api.get("/drop/").text
    assert servers.api.get("/drop/events/touchpoints/2026-10-20.jsonl").status_code == 404


@pytest.fixture(scope="module")
def captured():
    return generate("tiny", 1, "full_capture")


def lines(servers, stream, day):
    answer = servers.api.get(f"/drop/events/{stream}/{day}.jsonl")
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def test_touchpoints_are_every_exposure_and_click_of_a_day(serve_at, captured, tmp_path):
    servers = serve_at(SETTLED, world=captured)
    rows = lines(servers, "touchpoints", "2026-10-20")
    seen = [row for row in rows if row["touch_type"] in ("impression", "view_2s", "view_6s")]
    exposures = captured["exposures"].to_pylist()
    ours = [row for row in exposures if f"{row['occurred_at']:%Y-%m-%d}" == "2026-10-20"]
    assert len(seen) == len(ours) > 50
    assert Counter(row["touch_type"] for row in seen)["view_6s"] == sum(row["watched_6s"] for row in ours)
    clicks = [row for row in captured["clicks"].to_pylist() if f"{row['clicked_at']:%Y-%m-%d}" == "2026-10-20"]
    assert [row["touchpoint_id"] for row in rows if row["touch_type"] == "click"] == [row["click_id"] for row in clicks]
    assert len({row["touchpoint_id"] for row in rows}) == len(rows)
    (tmp_path / "day.jsonl").write_text(servers.api.get("/drop/events/touchpoints/2026-10-20.jsonl").text)
    assert_read(tmp_path / "day.jsonl", TOUCHPOINTS, len(rows))


def test_conversions_end_at_the_amazon_net_amounts(serve_at, captured, tmp_path):
    servers = serve_at("2027-01-10T00:00:00", world=captured)
    first, last = {}, {}
    for day in listing(servers, "events/conversions/"):
        for row in lines(servers, "conversions", day.removesuffix(".jsonl")):
            first.setdefault(row["conversion_id"], row["net_amount_minor"])
            last[row["conversion_id"]] = row["net_amount_minor"]
    orders = {
        row["order_id"]: row
        for row in captured["orders"].to_pylist()
        if row["platform"] == "amazon" and not row["fulfils_order_id"]
    }
    net = dict.fromkeys(orders, 0)
    for line in captured["order_lines"].to_pylist():
        if line["order_id"] in net:
            net[line["order_id"]] += line["item_price_minor"] - line["discount_minor"]
    # On its own day an order has not been refunded yet, and few have been cancelled.
    assert {order_id for order_id in net if first[order_id] != net[order_id]} <= {
        order_id for order_id, row in orders.items() if row["cancelled_at"]
    }
    for refund in captured["refunds"].to_pylist():
        if refund["order_id"] in net and refund["refunded_at"] < datetime(2027, 1, 4, tzinfo=UTC):
            net[refund["order_id"]] -= refund["amount_minor"]
    assert last == {order_id: 0 if orders[order_id]["cancelled_at"] else value for order_id, value in net.items()}
    assert any(value == 0 for value in last.values())
    name = listing(servers, "events/conversions/")[20]
    (tmp_path / name).write_text(servers.api.get(f"/drop/events/conversions/{name}").text)
    assert_read(tmp_path / name, CONVERSIONS, None)


def assert_read(path, stream, count):
    """The extractor's own reader takes the file, and rejects no line."""
    rows = read_file(path, stream)
    assert rows.num_rows == count if count is not None else rows.num_rows > 0
    assert set(rows["_reject"].to_pylist()) == {None}
