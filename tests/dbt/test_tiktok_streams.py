"""The hourly report and the organic streams, from landed text to typed rows."""

import pytest

RELATIONS = ("tiktok_ads__ad_report_hourly", "tiktok_organic__account_daily", "tiktok_organic__videos")
ADVERTISER = {"advertiser_id": "1", "currency": "USD", "display_timezone": "America/New_York"}
# 2026-11-01 in New York: 01:00 comes twice, at 05:00 and 06:00 UTC.
HOURS = ("2026-11-01 00:00:00", "2026-11-01 01:00:00", "2026-11-01 01:00:00", "2026-11-01 02:00:00")


def hour(name, ad="a1", **figures):
    return {"advertiser_id": "1", "ad_id": ad, "stat_time_hour": name, "spend": "1.50", "impressions": "100", **figures}


def post(day, item="v1", **figures):
    return {
        "business_id": "b1", "snapshot_date": day, "item_id": item, "create_time": "1793491200", "is_ad": "false",
        **figures,
    }  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(new_warehouse):
    warehouse = new_warehouse("tiktok")
    zones = {"1": "America/New_York", "2": "Mars/Olympus", "3": "Europe/Berlin"}
    for account, zone in zones.items():
        advertiser = {**ADVERTISER, "advertiser_id": account, "display_timezone": zone}
        warehouse.land("tiktok_ads__advertisers", [advertiser], account=account)
    _land_hours(warehouse)
    _land_posts(warehouse)
    days = [{"business_id": "b1", "date": "2026-11-01", "video_views": "10", "username": "brand"}, {"date": "soon"}]
    warehouse.land("tiktok_organic__account_daily", days, account="b1", window=("2026-11-01", "2026-11-01"))
    layers = [f"+{layer}_{relation}" for layer in ("stg", "quarantine") for relation in RELATIONS]
    warehouse.build("build", "--select", *layers, "int_organic__video_days", "--exclude", "resource_type:unit_test")
    return warehouse


def _land_hours(warehouse):
    def land(rows, day, account="1"):
        warehouse.land("tiktok_ads__ad_report_hourly", rows, account=account, window=(day, day))

    land([hour(HOURS[0], spend="9.99")], "2026-11-01")  # replaced by the next
    merged = hour("2026-11-01 01:00:00", ad="a2")
    land([*(hour(name) for name in HOURS), hour(HOURS[3]), merged], "2026-11-01")
    land([hour("2026-11-02 25:00:00"), hour("2026-11-02 03:30:00"), hour("2026-11-03 00:00:00")], "2026-11-02")
    land([hour("2026-03-08 02:00:00"), hour("2026-03-08 03:00:00", spend="-")], "2026-03-08")
    land([hour("2026-11-02 03:00:00", advertiser_id="2")], "2026-11-02", "2")
    land([hour("2026-11-02 03:00:00", advertiser_id="3", clicks="many")], "2026-11-02", "3")
    berlin = [hour("2026-10-25 02:00:00", advertiser_id="3"), hour("2026-10-25 02:00:00", advertiser_id="3")]
    land(berlin, "2026-10-25", "3")


def _land_posts(warehouse):
    def land(day, *posts):
        warehouse.land("tiktok_organic__videos", posts, account="b1", window=(day, day))

    land("2026-11-01", post("2026-11-01", video_views="100", likes="10", reach="90", video_duration="21.4"))
    land("2026-11-02", post("2026-11-02", video_views="140", likes="8"), post("2026-11-02", "v4", create_time="9e9"))
    # Nobody looked on the third.
    new = post("2026-11-04", "v2", create_time="1793700000", video_views="7", likes="1")
    old = post("2026-11-04", "v0", create_time="1700000000", video_views="5000")
    land("2026-11-04", post("2026-11-04", video_views="200"), new, old, post("2026-11-04", "v3", likes="1e3"))


def test_a_wall_clock_hour_becomes_an_instant_and_the_repeated_one_becomes_two(warehouse):
    """Both rows of the repeated hour carry spend of their own; taking one for a copy of the other would lose it."""
    rows = warehouse.rows(
        "select ad_id, strftime(event_hour_utc, '%d %H'), strftime(event_hour_source, '%H'), spend_minor "
        "from staging.stg_tiktok_ads__ad_report_hourly where event_date_source = date '2026-11-01' order by 1, 2"
    )
    expected = [("a1", "01 04", "00", 150), ("a1", "01 05", "01", 150), ("a1", "01 06", "01", 150)]
    assert rows == [*expected, ("a1", "01 07", "02", 150), ("a2", "01 05", "01", 150)]


def test_the_repeated_hour_of_a_zone_east_of_greenwich_is_placed_the_same_way(warehouse):
    rows = warehouse.rows(
        "select strftime(event_hour_utc, '%d %H') from staging.stg_tiktok_ads__ad_report_hourly "
        "where event_date_source = date '2026-10-25' order by 1"
    )
    assert rows == [("25 00",), ("25 01",)]


def test_hours_that_cannot_be_placed_are_put_aside_by_name(warehouse):
    assert warehouse.quarantined("tiktok_ads__ad_report_hourly") == {
        "duplicate_key": 1, "unparseable_date": 2, "outside_window": 1, "impossible_hour": 1, "unknown_time_zone": 1,
        "unparseable_number": 1,
    }  # fmt: skip


def test_spend_that_does_not_apply_is_not_nought(warehouse):
    query = (
        "select spend_minor from staging.stg_tiktok_ads__ad_report_hourly where event_date_source = date '2026-03-08'"
    )
    assert warehouse.rows(query) == [(None,)]


def test_gains_are_differences_of_looks_and_never_below_nought(warehouse):
    """A counter that falls, one that is not told, and a look that was missed are three different things."""
    rows = warehouse.rows(
        "select item_id, snapshot_date::varchar, previous_date::varchar, video_views_added, likes_added, has_decrease "
        "from intermediate.int_organic__video_days order by 1, 2"
    )
    assert rows == [
        ("v0", "2026-11-04", None, None, None, False),
        ("v1", "2026-11-01", None, None, None, False),
        ("v1", "2026-11-02", "2026-11-01", 40, 0, True),
        ("v1", "2026-11-04", "2026-11-02", 60, None, False),
        ("v2", "2026-11-04", "2026-11-02", 7, 1, False),
    ]


def test_what_fades_is_unknown_and_not_nought(warehouse):
    rows = warehouse.rows(
        "select snapshot_date::varchar, reach, duration_ms, published_at::varchar "
        "from staging.stg_tiktok_organic__videos where item_id = 'v1' order by 1"
    )
    posted = "2026-11-01 00:00:00"
    assert rows[0] == ("2026-11-01", 90, 21_400, posted)
    assert rows[1:] == [("2026-11-02", None, None, posted), ("2026-11-04", None, None, posted)]


@pytest.mark.parametrize(("relation", "superseded"), [(RELATIONS[0], 1), (RELATIONS[1], 0), (RELATIONS[2], 0)])
def test_every_landed_row_is_staged_superseded_or_put_aside(warehouse, relation, superseded):
    tables = (f"raw.{relation}", f"staging.stg_{relation}", f"quarantine.quarantine_{relation}")
    landed, staged, quarantined = (warehouse.rows(f"select count(*) from {table}")[0][0] for table in tables)
    assert landed == staged + quarantined + superseded
