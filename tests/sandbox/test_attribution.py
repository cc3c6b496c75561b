"""Amazon Attribution: wire format, last click, masking, delays and restatement."""

import dataclasses
from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from phygital_funnel.sandbox.api.attribution_claims import Claims
from phygital_funnel.sandbox.world import SIZES, generate
from phygital_funnel.sandbox.world.delivery import micros_of
from phygital_funnel.sandbox.world.times import DAY

from .samples import assert_same_shape, sample

PROFILES = ("581234567801", "581234567802", "581234567803")
US = PROFILES[0]
FAR = "2026-12-05T00:00:00"
PURCHASES = "attributedTotalPurchases14d"


def ask(servers, profile_id=US, **change):
    body = {"groupBy": "CREATIVE", "startDate": "20260907", "endDate": "20261205", "count": 5000, "cursorId": None}
    return servers.api.post("/attribution/report", json=body | change, headers=servers.ads_headers(profile_id))


def rows(servers, profile_id=US, **change):
    return ask(servers, profile_id, **change).json()["reports"]


def total(found, *names):
    return sum(float(row[name]) for row in found for name in names)


def is_masked(row):
    return row["Click-throughs"] == row["attributedTotalDetailPageViewsClicks14d"] == row[PURCHASES] == "0"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"groupBy": "CREATIVE"}, "attribution_report_performance_creative_page1"),
        ({"reportType": "PRODUCTS"}, "attribution_report_products"),
    ],
)
def test_reports_have_the_documented_shape_and_nothing_but_text(serve_at, change, name):
    answer = ask(serve_at(FAR), **change).json()
    assert answer["reports"]
    assert_same_shape(answer, sample(name))


def test_the_campaign_level_has_neither_ad_group_nor_publisher(serve_at):
    documented = set(sample("attribution_report_performance_campaign_brb")["reports"][0]) - {"brb_bonus_amount"}
    assert set(rows(serve_at(FAR), groupBy="CAMPAIGN")[0]) == documented


def test_profiles_advertisers_and_publishers_have_the_documented_shape(serve_at):
    servers = serve_at(FAR)
    for path, name in (
        ("/v2/profiles", "v2_profiles"),
        ("/attribution/advertisers", "attribution_advertisers"),
        ("/attribution/publishers", "attribution_publishers"),
    ):
        assert_same_shape(servers.api.get(path, headers=servers.ads_headers()).json(), sample(name))


def test_pages_are_joined_by_a_cursor_of_json_text_that_ends_in_null(serve_at):
    servers = serve_at(FAR)
    whole = rows(servers)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        answer = ask(servers, count=7, cursorId=cursor).json()
        assert answer["size"] == len(answer["reports"]) <= 7
        found += answer["reports"]
        cursor, pages = answer["cursorId"], pages + 1
        assert cursor is None or (isinstance(cursor, str) and cursor.startswith('{"'))
    assert found == whole
    assert pages > 3


def test_money_carries_the_noise_of_binary_floats(serve_at):
    servers = serve_at(FAR)
    values = [
        row["totalAttributedSales14d"] for profile in PROFILES for row in rows(servers, profile, groupBy="CAMPAIGN")
    ]
    assert any(len(value.partition(".")[2]) > 2 for value in values)


def claimed_by_hand(world):
    """The 14-day last-click rule in its plainest form: (order, ASIN) pairs that were kept, by market."""
    clicks = [click for click in world["clicks"].to_pylist() if click["has_tag"]]
    paid = Counter()
    for line in world["order_lines"].to_pylist():
        paid[line["order_id"], line["asin"]] += line["item_price_minor"] - line["discount_minor"]
    asins = {(line["order_id"], line["line_number"]): line["asin"] for line in world["order_lines"].to_pylist()}
    for refund in world["refunds"].to_pylist():
        paid[refund["order_id"], asins[refund["order_id"], refund["line_number"]]] -= refund["amount_minor"]
    claimed = Counter()
    for order in world["orders"].to_pylist():
        matching = [
            click for click in clicks
            if click["person_id"] == order["person_id"]
            and timedelta(0) <= order["purchased_at"] - click["clicked_at"] < timedelta(days=14)
        ]  # fmt: skip
        if matching and not order["cancelled_at"] and not order["sales_channel"].startswith("Non-Amazon"):
            claimed[order["market"]] += sum(
                left > 0 for (order_id, _), left in paid.items() if order_id == order["order_id"]
            )
    return claimed


def test_claims_are_the_last_clicks_of_fourteen_days(serve_at, tiny):
    """Every purchase within 14 days of a surviving tagged click, whoever caused it, and nothing else."""
    servers = serve_at(FAR)
    found = {p: total(rows(servers, p, groupBy="CAMPAIGN"), PURCHASES) for p in PROFILES}
    by_hand = claimed_by_hand(tiny)
    # Every campaign of the US profile has its ten clicks by then, so no row is masked.
    assert not any(is_masked(row) for row in rows(servers, groupBy="CAMPAIGN"))
    assert found[US] == by_hand["US"] > 0


def test_the_last_of_several_clicks_gets_the_claim():
    """A few busy people click many ads, and every claim goes to the ad they clicked last before they bought."""
    world = generate(dataclasses.replace(SIZES["tiny"], people=60), 1)
    claimed = Counter(
        (event.ad_id, event.asin)
        for events in Claims(world).events.values()
        for event in events
        for _ in range(event.purchases)
    )
    clicks = [click for click in world["clicks"].to_pylist() if click["has_tag"]]
    asins = defaultdict(set)
    for line in world["order_lines"].to_pylist():
        asins[line["order_id"]].add(line["asin"])
    expected, choices = Counter(), 0
    for order in world["orders"].to_pylist():
        earlier = {c["clicked_at"]: c["ad_id"] for c in clicks if c["person_id"] == order["person_id"]}
        ages = {order["purchased_at"] - at: ad for at, ad in earlier.items()}
        recent = {age: ad for age, ad in ages.items() if timedelta(0) <= age < timedelta(days=14)}
        choices += len(set(recent.values())) > 1
        if recent and not order["sales_channel"].startswith("Non-Amazon"):
            expected.update((recent[min(recent)], asin) for asin in asins[order["order_id"]])
    assert choices > 20
    assert claimed == expected


def test_the_levels_and_the_products_agree(serve_at):
    """Campaigns hold their ad groups, those their creatives; PRODUCTS says what the ad groups say."""
    servers = serve_at(FAR)
    for profile in PROFILES:
        levels = [rows(servers, profile, groupBy=level) for level in ("CAMPAIGN", "ADGROUP", "CREATIVE")]
        for name in ("Click-throughs", PURCHASES, "totalAttributedSales14d"):
            sums = [total(level, name) for level in levels]
            assert sums == sorted(sums, reverse=True)
        products = rows(servers, profile, reportType="PRODUCTS")
        pair = ("attributedPurchases14d", "brandHaloAttributedPurchases14d")
        assert total(products, *pair) == total(levels[1], PURCHASES)
        money = ("attributedSales14d", "brandHaloAttributedSales14d")
        assert total(products, *money) == pytest.approx(total(levels[1], "totalAttributedSales14d"))


def test_each_row_narrows_from_views_to_purchases(serve_at):
    for row in rows(serve_at(FAR), groupBy="CAMPAIGN"):
        steps = [
            int(row[f"attributed{name}14d"])
            for name in ("TotalDetailPageViewsClicks", "TotalAddToCartClicks", "TotalPurchases")
        ]
        assert steps == sorted(steps, reverse=True)


def test_a_tag_shows_zeros_until_its_tenth_click_and_then_its_whole_past(serve_at):
    servers = serve_at("2026-09-18T00:00:00")
    window = {"groupBy": "CAMPAIGN", "startDate": "20260907", "endDate": "20260915"}
    early = rows(servers, **window)
    servers.at("2026-11-06T00:00:00")
    late = {(row["date"], row["campaignId"]): row for row in rows(servers, **window)}
    unmasked = [row for row in early if is_masked(row) and not is_masked(late[row["date"], row["campaignId"]])]
    assert unmasked


def test_a_masked_creative_is_counted_in_its_ad_group(serve_at):
    servers = serve_at(FAR)
    creatives = rows(servers)
    assert any(is_masked(row) for row in creatives)
    assert total(creatives, "Click-throughs") < total(rows(servers, groupBy="ADGROUP"), "Click-throughs")


def test_clicks_take_a_day_and_purchases_two(tiny):
    """Most purchases are known after 48 hours; the others turn up at the restatements after 7 and 28 days."""
    events = [event for events in Claims(tiny).events.values() for event in events]
    clicked = set(micros_of(tiny["clicks"]["clicked_at"]).tolist())
    assert all(event.known_from - DAY in clicked for event in events if event.clicks)
    bought = set(micros_of(tiny["orders"]["purchased_at"]).tolist())
    delays = Counter(
        next(days for days in (2, 7, 28) if event.known_from - days * DAY in bought)
        for event in events
        if event.purchases
    )
    assert delays[2] > sum(delays.values()) / 2


def test_nothing_is_reported_before_its_delay(serve_at):
    servers = serve_at("2026-11-05T12:00:00")
    found = rows(servers, groupBy="CAMPAIGN")
    assert found
    assert max(row["date"] for row in found) <= "20261104"


def test_purchases_are_restated_as_they_are_found_and_given_back(serve_at):
    """One window read at several ages: it grows, and cancels and refunds take from it."""
    series = []
    servers = serve_at("2026-11-01T00:00:00")
    for moment in ("2026-11-02", "2026-11-08", "2026-11-15", "2026-12-05"):
        servers.at(f"{moment}T00:00:00")
        found = [row for profile in PROFILES for row in rows(servers, profile, groupBy="CAMPAIGN", endDate="20261031")]
        series.append((total(found, PURCHASES), round(total(found, "totalAttributedSales14d"), 2)))
    assert len(set(series)) > 1


@pytest.mark.parametrize(
    "change",
    [
        {"groupBy": "ORDER"},
        {"reportType": "MAGIC"},
        {"startDate": "2026-09-07"},
        {"startDate": "20260931"},
        {"startDate": "20250101"},
        {"startDate": "20261205", "endDate": "20260907"},
        {"reportType": "PRODUCTS", "startDate": "20260801"},
        {"metrics": "Click-throughs,brb_bonus_amount"},
        {"metrics": "magic"},
        {"count": 0},
        {"count": "10"},
        {"cursorId": "2"},
        {"cursorId": '{"page":1}'},
    ],
)
def test_a_bad_request_gets_400_with_its_status_as_text(serve_at, change):
    answer = ask(serve_at(FAR), **change)
    assert answer.status_code == 400
    assert_same_shape(answer.json(), sample("attribution_error_400"))
    assert answer.json()["code"] == "400"


def test_only_the_metrics_asked_for_come_back(serve_at):
    row = rows(serve_at(FAR), groupBy="CAMPAIGN", metrics="Click-throughs,brb_bonus_amount")[0]
    assert set(row) == {"date", "advertiserName", "campaignId", "Click-throughs"}


def test_a_profile_that_is_not_ours_gets_403(serve_at):
    answer = ask(serve_at(FAR), "1")
    assert (answer.status_code, answer.json()) == (403, sample("attribution_error_403_not_eligible"))


def test_an_expired_token_gets_401(serve_at):
    servers = serve_at(FAR)
    headers = servers.ads_headers()
    assert servers.api.get("/v2/profiles", headers=headers).status_code == 200
    servers.ticker.seconds += 3600
    assert servers.api.get("/v2/profiles", headers=headers).status_code == 401


def test_a_burst_gets_429_with_a_time_to_wait(serve_at):
    servers = serve_at(FAR, is_throttled=True)
    answers = [ask(servers) for _ in range(6)]
    assert answers[0].status_code == 200
    assert (answers[-1].status_code, answers[-1].json()) == (429, sample("attribution_error_429"))
    servers.ticker.seconds += float(answers[-1].headers["Retry-After"])
    assert ask(servers).status_code == 200
