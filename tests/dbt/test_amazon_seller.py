"""Returns, sales and traffic, hourly metrics and search queries: typed, dated, and never lost after landing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from dbt_warehouse import Warehouse

US = "ATVPDKIKX0DER"
STREAMS = ("returns", "sales_and_traffic", "order_metrics_hourly", "search_query_performance")
UPSTREAM = (
    "currencies",
    "time_zones",
    "base__commits",
    "base__covers",
    "base_reference__markets",
    "stg_reference__markets",
)
MARKET = {"market": "US", "marketplace_id": US, "country": "US", "currency": "USD", "timezone": "America/Los_Angeles"}


def of(template: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    return lambda **changes: {"marketplace_id": US, **template, **changes}


returned = of(
    {
        "return_date": "2026-11-03T23:30:00-08:00", "order_id": "111-1", "sku": "S", "asin": "b01", "quantity": "1",
        "license_plate_number": "L1", "detailed_disposition": "Sellable",
    }
)  # fmt: skip
day = of(
    {
        "date": "2026-11-03", "level": "date", "ordered_product_sales_amount": "2399.04",
        "ordered_product_sales_currency_code": "USD", "units_ordered": "96", "page_views": "30", "sessions": "8",
        "buy_box_percentage": "98.1",
    }
)  # fmt: skip
hour = of(
    {
        "level": "total", "interval": "2026-11-01T01:00-07:00--2026-11-01T01:00-08:00", "unit_count": "4",
        "order_item_count": "4", "order_count": "3", "total_sales_amount": "99.96", "total_sales_currency_code": "USD",
    }
)  # fmt: skip
searched = of(
    {
        "start_date": "2026-11-01", "end_date": "2026-11-07", "asin": "B01", "search_query": "serum' or 1=1 --",
        "search_query_volume": "10", "asin_median_click_price_amount": "24.99",
        "asin_median_click_price_currency_code": "USD",
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def built(new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    """Two commits of returns, one of the others."""
    warehouse = new_warehouse("amazon_seller")
    warehouse.land("reference__markets", [MARKET])
    window = {"account": US, "window": ("2026-11-01", "2026-11-04")}
    warehouse.land("amazon_seller__returns", [returned(), returned(license_plate_number="withdrawn")], **window)
    warehouse.land(
        "amazon_seller__returns",
        [
            returned(),
            returned(),
            returned(license_plate_number="L2", return_date="03.11.2026"),
            returned(license_plate_number=None),
            returned(license_plate_number="L3", quantity="one"),
            returned(license_plate_number="L4", return_date="2026-11-05T00:00:00+00:00"),
            returned(license_plate_number="L5", marketplace_id="A1F83G8C2ARO7P"),
            returned(_reject="malformed_line"),
        ],
        **window,
    )
    warehouse.land(
        "amazon_seller__sales_and_traffic",
        [
            day(),
            day(level="asin", child_asin="b01"),
            day(level="asin"),
            day(level="asin", child_asin="B02", ordered_product_sales_amount="1,5"),
            day(level="asin", child_asin="B03", ordered_product_sales_currency_code="XXQ"),
            day(level="asin", child_asin="B04", date="2026-11-09"),
            day(level="asin", child_asin="B05", date="3 November"),
        ],
        account=US,
        window=("2026-11-03", "2026-11-03"),
    )
    warehouse.land(
        "amazon_seller__order_metrics_hourly",
        [hour(), hour(interval="2026-11-01T01:00-08:00--2026-11-01T02:00-08:00"), hour(interval="soon")],
        part="total",
        **window,
    )
    warehouse.land("amazon_seller__order_metrics_hourly", [hour(level="asin", asin="B01")], part="asin", **window)
    warehouse.land(
        "amazon_seller__search_query_performance",
        [
            searched(),
            searched(),
            searched(search_query="without a click", **dict.fromkeys(("asin_median_click_price_amount",))),
            searched(asin="B02", asin_median_click_price_currency_code="XXQ"),
        ],
        account=US,
        window=("2026-11-01", "2026-11-07"),
    )
    models = [f"{layer}_amazon_seller__{name}" for name in STREAMS for layer in ("base", "stg", "quarantine")]
    models.append("base_amazon_seller__return_versions")
    warehouse.build("build", "--select", *UPSTREAM, *models, "--exclude", "resource_type:unit_test")
    return warehouse


def staged(built: Warehouse, stream: str, columns: str) -> list[tuple[Any, ...]]:
    return built.rows(f"select {columns} from staging.stg_amazon_seller__{stream} order by all")


@pytest.mark.parametrize(("stream", "superseded"), list(zip(STREAMS, (2, 0, 0, 0), strict=True)))
def test_every_landed_row_is_staged_superseded_or_quarantined(built: Warehouse, stream: str, superseded: int) -> None:
    (landed,) = built.rows(f"select count(*) from raw.amazon_seller__{stream}")[0]
    quarantined = sum(built.quarantined(f"amazon_seller__{stream}").values())
    assert landed == len(staged(built, stream, "1")) + superseded + quarantined


def test_a_return_has_the_date_of_its_utc_instant(built: Warehouse) -> None:
    assert staged(
        built, "returns", "license_plate_number, asin, event_date_source, returned_at::text, disposition"
    ) == [("L1", "B01", date(2026, 11, 4), "2026-11-04 07:30:00", "SELLABLE")]
    assert built.quarantined("amazon_seller__returns") == dict.fromkeys(
        (
            "duplicate_key", "unparseable_time", "missing_key", "unparseable_number", "outside_window",
            "unknown_market", "malformed",
        ),
        1,
    )  # fmt: skip


def test_a_day_and_its_products_are_two_levels(built: Warehouse) -> None:
    columns = "report_level, asin, ordered_sales_minor, currency, sessions, cast(buy_box_percentage as double)"
    assert staged(built, "sales_and_traffic", columns) == [
        ("asin", "B01", 239_904, "USD", 8, 98.1),
        ("date", None, 239_904, "USD", 8, 98.1),
    ]
    assert built.quarantined("amazon_seller__sales_and_traffic") == dict.fromkeys(
        ("missing_key", "unparseable_number", "unknown_currency", "outside_window", "unparseable_date"), 1
    )


def test_the_hour_that_comes_twice_is_two_hours(built: Warehouse) -> None:
    first, second = "2026-11-01 08:00:00", "2026-11-01 09:00:00"
    assert staged(built, "order_metrics_hourly", "report_level, hour_started_at::text, hour_of_day, sales_minor") == [
        ("asin", first, 1, 9996),
        ("total", first, 1, 9996),
        ("total", second, 1, 9996),
    ]
    assert built.quarantined("amazon_seller__order_metrics_hourly") == {"unparseable_time": 1}


def test_a_query_without_a_price_needs_no_currency(built: Warehouse) -> None:
    assert staged(built, "search_query_performance", "search_query, asin_median_click_price_minor, currency") == [
        ("serum' or 1=1 --", 2499, "USD"),
        ("without a click", None, "USD"),
    ]
    assert built.quarantined("amazon_seller__search_query_performance") == {"duplicate_key": 1, "unknown_currency": 1}
