"""Which day each stage of the funnel is counted on, at an instant that three zones date differently."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from dbt_histories import reference_commits, utc

# The evening of the 1st in the market (Los Angeles), the night of the 2nd in the account's zone (New York) and in UTC.
AT = datetime(2026, 10, 2, 5, 30, tzinfo=UTC)
# The night of the 2nd in London, and still the 1st in UTC.
BRITISH_NIGHT = datetime(2026, 10, 1, 23, 30, tzinfo=UTC)
LINKS = (("link", AT, "US"), ("british link", BRITISH_NIGHT, "GB"), ("link of nowhere", AT, None))
FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 2)


def landings() -> list[tuple[str, list[dict[str, Any]], dict[str, Any]]]:
    """One thing of each stage, and what the platforms report of that day in the zones of their accounts."""
    day = (f"{SECOND}",) * 2
    touch = {"journey_key": "j", "occurred_at": utc(AT), "touch_type": "view_6s", "channel": "tiktok_ads"}
    return [
        ("tiktok_ads__ads", [{"ad_id": "ad1", "campaign_id": "paid", "adgroup_id": "g1"}], {"account": "adv"}),
        ("tiktok_ads__ad_report_daily",
         [{"advertiser_id": "adv", "ad_id": "ad1", "stat_time_day": f"{SECOND} 00:00:00", "impressions": "100",
           "clicks": "10", "spend": "5.00"}],
         {"account": "adv", "window": day}),
        ("amazon_attribution__performance",
         [{"profile_id": "p", "date": f"{SECOND:%Y%m%d}", "level": "CAMPAIGN", "campaign_id": "pages",
           "attributed_total_detail_page_views_clicks14d": "50"}],
         {"account": "p", "part": "CAMPAIGN", "window": day}),
        ("links__clicks",
         [{"click_id": name, "clicked_at": utc(at), "visitor_id": "v", "campaign_id": name, "country": country}
          for name, at, country in LINKS],
         {}),
        ("events__touchpoints",
         [{**touch, "touchpoint_id": name, "campaign_id": name, "market": market}
          for name, market in (("event", "US"), ("event of nowhere", None))],
         {}),
        ("reference__promo_codes",
         [{"code": "Ann10", "creator_id": "ann", "content_id": "order", "market": "US",
           "valid_from": "2026-09-01T00:00:00Z"}],
         {}),
        ("amazon_seller__order_lines",
         [{"marketplace_id": "ATVPDKIKX0DER", "amazon_order_id": "o", "purchase_date": AT.isoformat(),
           "last_updated_date": AT.isoformat(), "order_status": "Shipped", "item_status": "Shipped",
           "sales_channel": "Amazon.com", "sku": "S", "asin": "B1", "quantity": 1, "currency": "USD",
           "item_price": "10.00", "promotion_ids": "Ann10"}],
         {}),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def days(new_warehouse) -> dict[str | None, list[date]]:
    """Days of the funnel's rows by the campaign, or the content, that tells the stage."""
    warehouse = new_warehouse("funnel_days")
    for commit in reference_commits():
        warehouse.land(commit.relation, commit.rows, account=commit.account)
    for relation, rows, scope in landings():
        warehouse.land(relation, rows, **scope)
    selected = ("--select", "+mart_funnel_daily", "--exclude", "resource_type:test", "resource_type:unit_test")
    warehouse.build("build", *selected)
    return dict(
        warehouse.rows(
            "select coalesce(campaign_id, content_id), list(event_date) from marts.mart_funnel_daily group by 1"
        )
    )


@pytest.mark.parametrize(
    ("stage", "day"),
    [
        # As the platform reported it, in the zone of its account: a day's report does not tell the hours.
        ("paid", SECOND),
        ("pages", SECOND),
        # What we have the instant of is on the market's day, and on that of UTC where the market is unknown.
        ("link", FIRST),
        ("british link", SECOND),
        ("link of nowhere", SECOND),
        ("event", FIRST),
        ("event of nowhere", SECOND),
        ("order", FIRST),
    ],
)
def test_each_stage_is_on_the_day_that_the_contract_states(days, stage: str, day: date) -> None:
    """mart_funnel_daily's column event_date says which stages share a day and which do not."""
    assert days[stage] == [day]
