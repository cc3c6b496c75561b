"""The processes of the world have the rates and shapes that were promised."""

import numpy as np
import pyarrow.compute as pc
import pytest

from phygital_funnel.sandbox.world import World, generate
from phygital_funnel.sandbox.world.cascades import views
from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.columns import codes_of, micros_of
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, micros

from .worlds import demo as make_demo
from .worlds import texts

PRICES = {product.asin: product.price for product in PRODUCTS}


@pytest.fixture(scope="module")
def demo() -> World:
    return make_demo()


def share(flags: object) -> float:
    return float(np.mean(np.asarray(flags, dtype=float)))


def caused(world: World, platform: str) -> np.ndarray:
    """Rows of ``orders`` that an exposure caused on a platform."""
    return np.flatnonzero(
        (texts(world, "orders", "platform") == platform) & (texts(world, "truth_order_cause", "cause") == "exposure")
    )


def lags(world: World, rows: np.ndarray) -> np.ndarray:
    """Microseconds from the causing exposure to the order."""
    parent = world["truth_order_cause"]["exposure_id"].take(rows)
    return micros_of(world["orders"]["purchased_at"].take(rows)) - micros_of(
        world["exposures"]["occurred_at"].take(parent)
    )


def test_exposures_are_numbered_in_order_of_time_and_name_what_they_showed(demo):
    exposures = demo["exposures"]
    assert (np.diff(micros_of(exposures["occurred_at"])) >= 0).all()
    assert (exposures["exposure_id"].to_numpy() == np.arange(exposures.num_rows)).all()
    surface = np.array(["ad", "feed", "live"])[codes_of(exposures["surface"])]
    for column, surfaces in (("ad_id", ["ad"]), ("live_id", ["live"]), ("video_id", ["ad", "feed"])):
        assert (exposures[column].is_valid().to_numpy() == np.isin(surface, surfaces)).all()
    assert (exposures["is_paid"].to_numpy() == (surface == "ad")).all()
    assert ((exposures["cost_micro"].to_numpy() > 0) == (surface == "ad")).all()


def test_the_feed_shows_more_to_those_who_like_the_brand_anyway(demo):
    affinity = demo["people"]["affinity"].to_numpy()
    activity = demo["people"]["activity"].to_numpy()
    assert np.corrcoef(np.log(affinity), np.log(activity))[0, 1] == pytest.approx(0.4, abs=0.02)
    assert affinity[demo["exposures"]["person_id"].to_numpy()].mean() > 2 * affinity.mean()


def test_watching_and_clicking_have_their_rates(demo):
    exposures = demo["exposures"]
    watched_2s, watched_6s = (exposures[name].to_numpy() for name in ("watched_2s", "watched_6s"))
    on_ads = exposures["is_paid"].to_numpy()
    assert 0.25 < share(watched_2s[on_ads]) < 0.45
    assert share(watched_6s[on_ads]) / share(watched_2s[on_ads]) == pytest.approx(0.45, abs=0.02)
    assert not (watched_6s & ~watched_2s).any()
    watch_ms = exposures["watch_ms"].to_numpy()
    assert ((watch_ms >= 2000) == watched_2s).all()
    assert share(watch_ms[on_ads & ~watched_2s] == 0) == pytest.approx(0.03, abs=0.005)
    assert demo["clicks"].num_rows / exposures.num_rows == pytest.approx(0.009, abs=0.001)


def test_clicked_exposures_cause_more_than_their_number(demo):
    """Fifteen times the weight of a long view, so clicks lead to a third of the caused orders or so."""
    clicked = demo["clicks"]["exposure_id"].to_numpy()
    parents = demo["truth_order_cause"]["exposure_id"].drop_null().to_numpy()
    assert 0.2 < share(np.isin(parents, clicked)) < 0.6


def test_tags_survive_in_the_stated_mean_and_less_often_on_ios(demo):
    clicks = demo["clicks"]
    to_amazon = clicks["is_paid"].to_numpy() & (texts(demo, "clicks", "destination") == "amazon")
    has_tag = clicks["has_tag"].to_numpy()
    assert not has_tag[~to_amazon].any()
    assert share(has_tag[to_amazon]) == pytest.approx(0.49, abs=0.03)
    is_ios = (codes_of(demo["people"]["os"]) == 0)[clicks["person_id"].to_numpy()]
    assert share(has_tag[to_amazon & is_ios]) + 0.1 < share(has_tag[to_amazon & ~is_ios])


def test_tags_survive_more_often_in_links_that_open_amazons_app(demo):
    """By about 0.3, on either system."""
    deep = dict(zip(demo["ads"]["ad_id"].to_pylist(), demo["ads"]["is_deep_link"].to_pylist(), strict=True))
    rows = [row for row in demo["clicks"].to_pylist() if row["is_paid"] and row["destination"] == "amazon"]
    with_link, without = (
        share([row["has_tag"] for row in rows if deep[row["ad_id"]] is kind]) for kind in (True, False)
    )
    assert with_link - without == pytest.approx(0.3, abs=0.06)


def test_a_click_that_led_to_an_amazon_order_filled_a_cart_and_so_did_a_quarter_of_all_that_landed(demo):
    led = set(demo["truth_order_cause"]["exposure_id"].take(caused(demo, "amazon")).to_pylist())
    to_amazon = [row for row in demo["clicks"].to_pylist() if row["destination"] == "amazon"]
    buying = [row for row in to_amazon if row["exposure_id"] in led]
    assert len(buying) > 50
    assert all(row["landed"] and row["carted"] for row in buying)
    assert share([row["carted"] for row in to_amazon if row["landed"]]) == pytest.approx(0.25, abs=0.02)


def test_for_each_query_that_led_to_an_order_fifteen_lead_to_none(demo):
    """But for those that come after the period."""
    searches = demo["searches"]
    prompted, bought = (searches[name].is_valid().to_numpy() for name in ("exposure_id", "order_id"))
    assert (prompted & ~bought).sum() / (prompted & bought).sum() == pytest.approx(14.2, abs=0.6)


def test_coupons_bring_the_orders_that_their_uplift_says(demo):
    """Against the same product in the same market without them, as far as nobody was prompted."""
    first = demo["order_lines"].filter(pc.equal(demo["order_lines"]["line_number"], 1))["asin"].to_pylist()
    unprompted = texts(demo, "truth_order_cause", "cause") == "baseline"
    placed, market = micros_of(demo["orders"]["purchased_at"]), texts(demo, "orders", "market")
    found, expected, without = 0, 0.0, 0.0
    for coupon in demo["promotions"].filter(pc.equal(demo["promotions"]["kind"], "coupon")).to_pylist():
        own = placed[unprompted & (market == coupon["market"]) & (np.array(first) == coupon["asin"])]
        starts, ends = micros(coupon["starts_at"]), micros(coupon["ends_at"])
        inside = (own >= starts) & (own < ends)
        ordinary = (~inside).sum() * (ends - starts) / (demo.size.days * DAY - (ends - starts))
        found, without = found + int(inside.sum()), without + ordinary
        expected += ordinary * coupon["uplift"]
    assert found == pytest.approx(expected, rel=0.12)
    assert found > 1.3 * without


def test_some_links_are_edited_and_some_carry_the_tag_of_another_ad_of_their_market(demo):
    rows = [row for row in demo["clicks"].to_pylist() if row["is_paid"] and row["destination"] == "amazon"]
    edited = [row for row in rows if row["tag_ad_id"] is None]
    wrong = [row for row in rows if row["tag_ad_id"] not in (None, row["ad_id"])]
    assert len(edited) / len(rows) == pytest.approx(0.02, abs=0.008)
    assert len(wrong) / len(rows) == pytest.approx(0.01, abs=0.006)
    assert not any(row["has_tag"] for row in edited)
    ads = {row["ad_id"]: (row["market"], row["destination"]) for row in demo["ads"].to_pylist()}
    assert all(ads[row["tag_ad_id"]] == ads[row["ad_id"]] for row in wrong)


def test_only_redirected_clicks_carry_a_ttclid_and_markets_without_amazon_have_none(demo):
    for row in demo["clicks"].to_pylist():
        assert row["ttclid"] is None or (row["is_paid"] and row["destination"] == "amazon")
        assert row["destination"] == "tiktok_shop" or row["country"] not in ("ID", "TH")


def test_exposures_cause_some_of_amazons_orders_and_most_of_what_they_cause_goes_to_the_shop(demo):
    sales = (texts(demo, "orders", "platform") == "amazon") & (
        texts(demo, "truth_order_cause", "cause") != "fulfilment"
    )
    assert 0.05 < len(caused(demo, "amazon")) / sales.sum() < 0.2
    assert len(caused(demo, "tiktok_shop")) > len(caused(demo, "amazon"))


def test_large_baskets_settle_on_amazon_and_small_ones_on_the_shop(demo):
    lines = demo["order_lines"]
    order = np.cumsum(lines["line_number"].to_numpy() == 1) - 1
    cents = np.array([PRICES[asin] for asin in lines["asin"].to_pylist()]) * lines["quantity"].to_numpy()
    usd = np.bincount(order, weights=cents) / 100
    rows = np.append(caused(demo, "amazon"), caused(demo, "tiktok_shop"))
    rows = rows[~np.isin(texts(demo, "orders", "market")[rows], ["ID", "TH"])]
    on_amazon = texts(demo, "orders", "platform")[rows] == "amazon"
    bands = np.digitize(usd[rows], [15, 30, 60], right=True)
    shares = [share(on_amazon[bands == band]) for band in range(4)]
    assert np.abs(np.array(shares) - [0.22, 0.37, 0.52, 0.70]).max() < 0.09
    assert shares == sorted(shares)


def test_lags_are_days_on_amazon_and_minutes_on_the_shop(demo):
    amazon, shop = lags(demo, caused(demo, "amazon")), lags(demo, caused(demo, "tiktok_shop"))
    assert 1.2 * DAY < np.median(amazon) < 2.4 * DAY
    assert 20 * MINUTE < np.median(shop) < 45 * MINUTE
    assert min(amazon.min(), shop.min()) > 0


def test_live_sessions_sell_on_the_shop_while_they_last(demo):
    lives = {row["live_id"]: row for row in demo["live_sessions"].to_pylist()}
    seen = demo["exposures"].filter(pc.is_valid(demo["exposures"]["live_id"])).to_pylist()
    assert len(seen) > 10_000
    assert all(
        lives[row["live_id"]]["started_at"] <= row["occurred_at"] < lives[row["live_id"]]["ended_at"] for row in seen
    )
    surface = texts(demo, "truth_order_cause", "surface")
    on_shop, on_amazon = (share(surface[caused(demo, name)] == "live") for name in ("tiktok_shop", "amazon"))
    assert on_shop > 3 * on_amazon


def test_a_code_belongs_to_the_creator_who_caused_the_order_or_leaked_within_its_validity(demo):
    creators = {row["promo_code"]: row for row in demo["creators"].to_pylist() if row["promo_code"]}
    truth = demo["truth_order_cause"].to_pylist()
    used = [
        (order, cause) for order, cause in zip(demo["orders"].to_pylist(), truth, strict=True) if order["promo_code"]
    ]
    assert len(used) > 50
    for order, cause in used:
        creator = creators[order["promo_code"]]
        assert creator["code_valid_from"] <= order["purchased_at"] < creator["code_valid_to"]
        assert creator["market"] == order["market"]
        assert cause["cause"] == "baseline" or cause["creator_id"] == creator["creator_id"]


def test_states_of_an_order_come_in_turn_and_cancelled_ones_are_never_shipped(demo):
    orders = demo["orders"]
    placed, priced, shipped, delivered = (
        micros_of(orders[name]) for name in ("purchased_at", "priced_at", "shipped_at", "delivered_at")
    )
    cancelled = orders["cancelled_at"].is_valid().to_numpy()
    assert share(cancelled) == pytest.approx(0.03, abs=0.01)
    assert (placed <= priced).all()
    assert (orders["shipped_at"].is_null().to_numpy() == cancelled).all()
    assert (priced < shipped)[~cancelled].all()
    assert (shipped < delivered)[~cancelled].all()


def test_refunds_follow_the_delivery_and_never_exceed_what_was_paid(demo):
    orders = {row["order_id"]: row for row in demo["orders"].to_pylist()}
    paid = {
        (line["order_id"], line["line_number"]): line["item_price_minor"] - line["discount_minor"]
        for line in demo["order_lines"].to_pylist()
    }
    refunds = demo["refunds"].to_pylist()
    for refund in refunds:
        assert refund["refunded_at"] > orders[refund["order_id"]]["delivered_at"]
        assert 0 < refund["amount_minor"] <= paid[refund["order_id"], refund["line_number"]]
        assert refund["is_partial"] == (refund["quantity"] == 0)
    on_shop = [orders[refund["order_id"]]["platform"] == "tiktok_shop" for refund in refunds]
    lines = [orders[order_id]["platform"] == "tiktok_shop" for order_id, _ in paid]
    assert 0.05 < (len(refunds) - sum(on_shop)) / (len(lines) - sum(lines)) < 0.1
    assert 0.08 < sum(on_shop) / sum(lines) < 0.2


def test_what_amazon_ships_for_the_shop_stands_in_its_reports_without_money(demo):
    orders = {row["order_id"]: row for row in demo["orders"].to_pylist()}
    mirrors = [row for row in orders.values() if row["fulfils_order_id"]]
    assert 20 < len(mirrors) < 0.02 * len(orders)
    assert all(row["sales_channel"] == f"Non-Amazon {row['market']}" for row in mirrors)
    for mirror in mirrors:
        shop = orders[mirror["fulfils_order_id"]]
        assert (mirror["platform"], shop["platform"]) == ("amazon", "tiktok_shop")
        assert mirror["purchased_at"] > shop["purchased_at"]
    ids = {mirror["order_id"] for mirror in mirrors}
    assert not any(line["item_price_minor"] for line in demo["order_lines"].to_pylist() if line["order_id"] in ids)


def test_affiliate_orders_name_a_creator_of_their_market_and_pay_her_rate(demo):
    rows = [row for row in demo["orders"].to_pylist() if row["creator_id"]]
    markets = {row["creator_id"]: row["market"] for row in demo["creators"].to_pylist()}
    assert {row["platform"] for row in rows} == {"tiktok_shop"}
    assert all(markets[row["creator_id"]] == row["market"] for row in rows)
    assert all((row["video_id"] is None) != (row["live_id"] is None) for row in rows)
    named = {row["order_id"] for row in rows}
    for line in demo["order_lines"].to_pylist():
        paid = line["item_price_minor"] - line["discount_minor"]
        if line["order_id"] in named and paid:
            assert 0.04 < line["commission_minor"] / paid < 0.36
        else:
            assert line["commission_minor"] == 0


def test_a_sample_is_free_and_sent_by_the_shop(demo):
    samples = {row["order_id"] for row in demo["orders"].to_pylist() if row["is_sample"]}
    assert len(samples) > 5
    orders = demo["orders"].filter(pc.is_in(demo["orders"]["order_id"], pc.cast(list(samples), "string")))
    assert set(orders["platform"].to_pylist()) == {"tiktok_shop"}
    assert not any(line["item_price_minor"] for line in demo["order_lines"].to_pylist() if line["order_id"] in samples)


def test_demand_rises_in_an_event_and_dips_after_it():
    world = generate("demo", 3, "S4")
    sales = micros_of(world["orders"]["purchased_at"])[texts(world, "orders", "market") == "US"]
    event = next(
        row for row in world["promotions"].to_pylist() if (row["market"], row["name"]) == ("US", "Black Friday week")
    )
    starts, ends = (int(event[name].timestamp() * 1e6) for name in ("starts_at", "ends_at"))

    def daily(first: int, last: int) -> float:
        return ((sales >= first) & (sales < last)).sum() / ((last - first) / DAY)

    ordinary = daily(starts - 14 * DAY, starts)
    assert 2.5 < daily(starts, ends) / ordinary < 5
    assert daily(ends, ends + 10 * DAY) < 0.97 * ordinary


def test_views_of_posts_follow_the_published_curve_whatever_their_branching():
    """A third within a day, 55 % within a week, all within 90 days."""
    draw = np.random.default_rng(1)
    posts = 400
    branching = np.where(np.arange(posts) % 100 == 0, 0.95, draw.beta(2, 3, posts))
    nothing = np.zeros(posts, dtype=np.int64)
    row, age = views(np.full(posts, 500.0), branching, nothing, nothing, draw)
    assert len(row) == pytest.approx(posts * 500, rel=0.05)
    shares = [share(age <= days * DAY) for days in (1, 2, 7, 90)]
    assert np.abs(np.array(shares) - [0.32, 0.38, 0.55, 1.0]).max() < 0.03


def test_views_bring_further_views_within_the_hour():
    """With branching near one, views come in bursts, closer together than by chance."""
    draw = np.random.default_rng(1)
    nothing = np.zeros(1, dtype=np.int64)
    gaps = [
        np.diff(np.sort(views(np.full(1, 2000.0), np.full(1, branching), nothing, nothing, draw)[1][-2000:]))
        for branching in (0.0, 0.95)
    ]
    assert share(gaps[1] < HOUR / 10) > share(gaps[0] < HOUR / 10) + 0.1


def test_nothing_is_seen_of_a_deleted_post(demo):
    videos, exposures = demo["videos"], demo["exposures"]
    assert videos["deleted_at"].is_valid().to_numpy().any()
    row = codes_of(exposures["video_id"])
    seen = micros_of(exposures["occurred_at"])[row >= 0]
    assert (seen < micros_of(videos["deleted_at"])[row[row >= 0]]).all()
    feed = codes_of(exposures["surface"]) == 1
    assert (micros_of(exposures["occurred_at"])[feed] >= micros_of(videos["published_at"])[row[feed]]).all()
