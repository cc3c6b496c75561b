"""What may lower TikTok's credit, by the rules, although a code never does on its own order (docs/invariants.md, I8).

Each exception has a cell of its own and a cell beside it in which the evidence is missing.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from dbt_histories import BEGIN, reference_commits, utc

from phygital_funnel.settings import ATTRIBUTION_MODELS

MILLION = 1_000_000
BOUGHT = BEGIN + timedelta(days=20, hours=20)
# Person, order, what was clicked and how long before: a bare link, and an ad too old for the house's window of a week.
CLICKED = [
    ("p1", "by a bare link", {}, timedelta(hours=1)),
    ("p2", "by an old click", {"ad_id": "ad1"}, timedelta(days=10)),
]
ORDERS = {
    "L1": ["by a bare link"], "L2": ["by no link"],
    "W1": ["by an old click"], "W2": ["by no click"],
    "C1": ["with her code", "beside it"], "C2": ["without a code", "beside that"],
}  # fmt: skip
# In the cells of the code both of her tags claim an order, elsewhere the first does.
CLAIMS = [(asin, group) for asin in ORDERS for group in ("g1", "g2") if group == "g1" or asin.startswith("C")]


def landings() -> list[tuple[str, list[dict[str, Any]], dict[str, Any]]]:
    """Relation, rows and scope of all that lands beside the reference data."""
    ads = [
        {"ad_id": ad, "campaign_id": "k1", "adgroup_id": group, "tiktok_item_id": "post",
         "landing_page_url": "https://www.amazon.com/dp/L1"}
        for ad, group in (("ad1", "g1"), ("ad2", "g2"))
    ]  # fmt: skip
    lines = [
        {"marketplace_id": "ATVPDKIKX0DER", "amazon_order_id": order, "purchase_date": BOUGHT.isoformat(),
         "last_updated_date": BOUGHT.isoformat(), "order_status": "Shipped", "item_status": "Shipped",
         "sales_channel": "Amazon.com", "sku": asin, "asin": asin, "quantity": 1, "currency": "USD",
         "item_price": "10.00", "promotion_ids": "Ann10" if order == "with her code" else ""}
        for asin, orders in ORDERS.items()
        for order in orders
    ]  # fmt: skip
    claims = [
        {"profile_id": "p", "date": f"{BOUGHT:%Y%m%d}", "campaign_id": "k1", "ad_group_id": group,
         "publisher": "TikTok", "product_asin": asin, "product_conversion_type": "Promoted",
         "attributed_purchases14d": 1}
        for asin, group in CLAIMS
    ]  # fmt: skip
    registered = [
        {"amazon_order_id": order, "person_hash": person, "visitor_id": person, "registered_at": utc(BOUGHT)}
        for person, order, _, _ in CLICKED
    ]
    clicks = [
        {"click_id": f"click of {person}", "visitor_id": person, "clicked_at": utc(BOUGHT - age), **what}
        for person, _, what, age in CLICKED
    ]
    code = {"code": "Ann10", "creator_id": "ann", "content_id": "post", "market": "US", "valid_from": utc(BEGIN)}
    day = (f"{BOUGHT:%Y-%m-%d}",) * 2
    return [
        ("tiktok_ads__ads", ads, {"account": "adv"}),
        ("reference__promo_codes", [code], {}),
        ("amazon_seller__order_lines", lines, {}),
        ("amazon_attribution__products", claims, {"account": "p", "window": day}),
        ("links__registrations", registered, {}),
        ("links__clicks", clicks, {}),
    ]


@pytest.fixture(scope="module")
def credited(new_warehouse):
    """The credit of these orders where a click of the house counts for seven days."""
    warehouse = new_warehouse("code_exceptions")
    for commit in reference_commits():
        warehouse.land(commit.relation, commit.rows, account=commit.account)
    for relation, rows, scope in landings():
        warehouse.land(relation, rows, **scope)
    models = ("--select", "+fct_attribution_credit", "+fct_attribution_cells")
    warehouse.build("build", *models, "--exclude", "resource_type:test", "resource_type:unit_test", click_window_days=7)
    return warehouse


def in_every_model(channel: str) -> dict[str, Counter[str]]:
    """The whole order is that channel's."""
    return {model: Counter({channel: MILLION}) for model in ATTRIBUTION_MODELS}


def shares(credited, order: str) -> dict[str, Counter[str]]:
    """Per model, what of the order each channel gets; what nobody gets is `nobody`'s."""
    rows = credited.rows(
        "select attribution_model, coalesce(channel, 'nobody'), credit_micro::bigint "
        "from ledgers.fct_attribution_credit where credit_micro > 0 and conversion_id in "
        f"(select conversion_id from intermediate.int_conversions__converted where order_id = '{order}')"
    )
    found = {model: Counter[str]() for model in ATTRIBUTION_MODELS}
    for model, channel, micros in rows:
        found[model][channel] += micros
    return found


def fates(credited, asin: str) -> list[tuple[int, int, int]]:
    """Of each tag's claim on the product: what clicks took, what codes took, what was placed."""
    rows: list[tuple[int, int, int]] = credited.rows(
        "select click_deducted_micro::bigint, code_deducted_micro::bigint, placed_micro::bigint "
        f"from ledgers.fct_attribution_cells where asin = '{asin}' order by ad_group_id"
    )
    return rows


@pytest.mark.parametrize("order", ["by no link", "by no click", "without a code", "beside that"])
def test_without_that_evidence_tags_have_the_order_in_every_model(credited, order: str) -> None:
    """What the exceptions are to be compared with."""
    assert shares(credited, order) == in_every_model("tiktok_ads")


def test_a_link_of_no_ad_and_no_creator_has_what_tags_would_have_had(credited) -> None:
    """The order leaves its cell in every model, of the replicas too: TikTok's sees no touch of its own."""
    expected = in_every_model("links") | {"tiktok_7c1v": Counter(nobody=MILLION)}
    assert shares(credited, "by a bare link") == expected
    assert fates(credited, "L1") == [(0, 0, 0)]
    assert fates(credited, "L2") == [(0, 0, MILLION)]


def test_a_click_older_than_the_houses_window_links_the_order_for_the_replica_alone(credited) -> None:
    """Amazon's fortnight sees it, so the claim goes with it; the models of the house leave the line to nobody."""
    expected = in_every_model("nobody") | {"amazon_14d_last_click": Counter(tiktok_ads=MILLION)}
    assert shares(credited, "by an old click") == expected
    assert fates(credited, "W1") == [(MILLION, 0, 0)]
    assert fates(credited, "W2") == [(0, 0, MILLION)]


def test_every_tag_of_a_codes_owner_loses_the_order_and_other_orders_get_less(credited) -> None:
    """The code's own order is TikTok's all the same; the one beside it has nothing left of two claims."""
    assert shares(credited, "with her code") == in_every_model("tiktok_creators")
    assert shares(credited, "beside it") == in_every_model("nobody")
    assert fates(credited, "C1") == [(0, MILLION, 0), (0, MILLION, 0)]
    assert fates(credited, "C2") == [(0, 0, MILLION), (0, 0, MILLION)]
