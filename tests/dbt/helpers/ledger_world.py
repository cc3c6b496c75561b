"""A little of every source, restated, withdrawn, partial, held and broken, for the tests of the ledgers."""

ORDER = {
    "marketplace_id": "ATVPDKIKX0DER", "sku": "S1", "asin": "B1", "order_status": "Shipped", "item_status": "Shipped",
    "sales_channel": "Amazon.com", "quantity": 1, "currency": "USD", "item_price": "20.00",
    "item_promotion_discount": "", "purchase_date": "2026-10-02T03:30:00+00:00",
    "last_updated_date": "2026-10-02T04:00:00+00:00",
}  # fmt: skip
REPORT = {"advertiser_id": "adv", "ad_id": "ad1", "impressions": "100", "clicks": "10", "spend": "5.005", "reach": "0"}
OCTOBER = ("2026-10-01", "2026-10-02")


def _order(order_id: str, **changes: object) -> dict[str, object]:
    return {**ORDER, "amazon_order_id": order_id, **changes}


def _land_reference(warehouse) -> None:
    markets = [
        {"market": "US", "marketplace_id": "ATVPDKIKX0DER", "country": "US", "currency": "USD",
         "timezone": "America/Los_Angeles", "amazon_domain": "amazon.com"},
        {"market": "UK", "marketplace_id": "A1F83G8C2ARO7P", "country": "GB", "currency": "GBP",
         "timezone": "Europe/London", "amazon_domain": "amazon.co.uk"},
        {"market": "ID", "marketplace_id": "", "country": "ID", "currency": "IDR", "timezone": "Asia/Jakarta",
         "amazon_domain": ""},
        {"market": "TH", "marketplace_id": "", "country": "TH", "currency": "THB", "timezone": "Asia/Bangkok",
         "amazon_domain": ""},
        {"market": "XX", "marketplace_id": "X", "country": "XX", "currency": "USD", "timezone": "Mars/Base",
         "amazon_domain": None},
    ]  # fmt: skip
    warehouse.land("reference__markets", markets)
    code = {
        "code": "Ann10",
        "creator_id": "ann",
        "content_id": "v9",
        "market": "US",
        "valid_from": "2026-10-01T00:00:00Z",
    }
    warehouse.land("reference__promo_codes", [code])
    rates = [{"rate_date": "2026-10-01", "currency": "USD", "units_per_eur": "1.25"},
             {"rate_date": "2026-10-01", "currency": "GBP", "units_per_eur": "0.80"},
             {"rate_date": "2026-10-01", "currency": "ZZZ", "units_per_eur": "2"}]  # fmt: skip
    warehouse.land("reference__fx_rates", rates)


def _land_ads(warehouse) -> None:
    warehouse.land(
        "tiktok_ads__advertisers",
        [{"advertiser_id": "adv", "currency": "USD", "country": "US", "display_timezone": "America/New_York"}],
        account="adv",
    )
    warehouse.land("tiktok_ads__campaigns", [{"campaign_id": "k1", "campaign_name": "Autumn"}], account="adv")
    ads = [
        {
            "ad_id": "ad1",
            "campaign_id": "k1",
            "tiktok_item_id": "v1",
            "landing_page_url": "https://www.amazon.com/dp/B1",
        },
        {
            "ad_id": "ad2",
            "campaign_id": "k1",
            "tiktok_item_id": "v2",
            "landing_page_url": "https://www.amazon.co.uk/dp/B1",
        },
        {"ad_id": "ad3", "campaign_id": "k1", "landing_page_url": "https://go.example.test/x"},
    ]
    warehouse.land("tiktok_ads__ads", ads, account="adv")
    days = {
        "day1": {**REPORT, "stat_time_day": "2026-10-01 00:00:00"},
        "day2": {**REPORT, "stat_time_day": "2026-10-02 00:00:00"},
    }
    warehouse.land(
        "tiktok_ads__ad_report_daily",
        [days["day1"], days["day2"], {**days["day1"], "ad_id": "ad2"}],
        account="adv",
        window=OCTOBER,
    )
    # The second day is read again: ad1 restated, ad2 never was there; a row of the first day does not belong.
    second = [
        {**days["day2"], "impressions": "150", "reach": "90"},
        {**days["day2"], "impressions": "999"},
        {**days["day2"], "ad_id": "ad4", "impressions": "many"},
        {**days["day1"], "ad_id": "ad5"},
        {"_reject": "malformed_line", "_extra": "{broken"},
        {**days["day2"], "ad_id": "ad6", "stat_time_day": "yesterday"},
    ]
    warehouse.land("tiktok_ads__ad_report_daily", second, account="adv", window=("2026-10-02", "2026-10-02"))
    # A partial read of both days holds nothing of ad2 and must not withdraw it.
    warehouse.land("tiktok_ads__ad_report_daily", [days["day1"]], account="adv", window=OCTOBER, is_complete=False)
    warehouse.land("tiktok_ads__ad_report_daily", [], account="adv", window=OCTOBER, is_held=True)


def _land_attribution(warehouse) -> None:
    warehouse.land(
        "amazon_attribution__profiles",
        [
            {
                "profile_id": "p",
                "currency_code": "USD",
                "marketplace_string_id": "ATVPDKIKX0DER",
                "timezone": "America/Los_Angeles",
            }
        ],
        account="p",
    )
    row = {"profile_id": "p", "date": "20261001", "campaign_id": "k1", "click_throughs": "9"}
    levels = {
        "CAMPAIGN": {"attributed_total_detail_page_views_clicks14d": "50", "attributed_total_purchases14d": "4",
                     "total_attributed_sales14d": "474.80999999999995"},
        "CREATIVE": {"ad_group_id": "g1", "creative_id": "ad1", "attributed_total_detail_page_views_clicks14d": "30"},
    }  # fmt: skip
    for level, values in levels.items():
        warehouse.land(
            "amazon_attribution__performance",
            [{**row, "level": level, **values}],
            account="p",
            part=level,
            window=("2026-10-01", "2026-10-01"),
        )


def _land_links(warehouse) -> None:
    clicks = [
        {"click_id": "k1", "clicked_at": "2026-10-01T10:00:00Z", "visitor_id": "v-a", "ad_id": "ad1", "country": "US"},
        {
            "click_id": "k2",
            "clicked_at": "2026-10-01T20:00:00Z",
            "visitor_id": "v-b",
            "creator_id": "bob",
            "country": "US",
        },
        {"click_id": "k3", "clicked_at": "not a time", "visitor_id": "v-b"},
    ]
    warehouse.land("links__clicks", clicks)
    registered = {"person_hash": "p1", "registered_at": "2026-10-05T00:00:00Z"}
    # The person registered from two browsers; the second registration belongs to another order.
    warehouse.land(
        "links__registrations",
        [
            {**registered, "amazon_order_id": "linked", "visitor_id": "v-a"},
            {**registered, "amazon_order_id": "else", "visitor_id": "v-b"},
        ],
    )


def _land_orders(warehouse) -> None:
    pending = {"order_status": "Pending", "item_status": "Unshipped", "currency": "", "item_price": ""}
    first = [
        _order("linked"),
        _order("coded", promotion_ids="Summer, ANN10 "),
        _order("twins", quantity=1),
        _order("twins", quantity=1),
        _order("late price", **pending),
        _order("cancelled later"),
        _order("shrinks", sku="S1"),
        _order("shrinks", sku="S2"),
        _order("elsewhere", sales_channel="Non-Amazon US"),
        _order("unknown money", currency="ZZZ"),
        _order("unknown shop", marketplace_id="nowhere"),
        _order("no time", purchase_date="soon"),
        _order("no price", item_price=""),
        _order("still pending", **pending),
        # Two products, one of them in two rows of which a code is on the second.
        *(_order("two products", purchase_date="2026-10-03T18:00:00+00:00", **row) for row in (
            {}, {"promotion_ids": "ANN10"}, {"sku": "S2", "asin": "B2"},
        )),
    ]  # fmt: skip
    warehouse.land("amazon_seller__order_lines", first, account="ATVPDKIKX0DER", at="2026-10-03 00:00:00")
    updated = {"last_updated_date": "2026-10-04T10:00:00+02:00"}
    second = [
        _order("late price", **updated, item_promotion_discount="2.5"),
        _order("cancelled later", **updated, item_status="Cancelled", quantity=0, item_price=""),
        _order("shrinks", **updated, sku="S1", item_price="15.00"),
    ]
    warehouse.land("amazon_seller__order_lines", second, account="ATVPDKIKX0DER", at="2026-10-05 00:00:00")
    warehouse.land(
        "amazon_seller__order_lines",
        [_order("linked", item_price="999.00")],
        account="ATVPDKIKX0DER",
        is_complete=False,
        at="2026-10-06 00:00:00",
    )


def land(warehouse) -> None:
    """Land all of it."""
    for part in (_land_reference, _land_ads, _land_attribution, _land_links, _land_orders):
        part(warehouse)
