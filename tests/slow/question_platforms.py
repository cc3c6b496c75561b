"""Time, claims, clicks and promotions for docs/questions.md, worked out with pandas from the landed rows."""

from itertools import product
from typing import Any

import pandas as pd

from .question_landing import Landed, Rows, ad_days, utc
from .question_tags import PRODUCT_PURCHASES

BUCKETS = {
    "1h": 1,
    "6h": 6,
    "1d": 24,
    "2d": 48,
    "3d": 72,
    "5d": 120,
    "7d": 168,
    "10d": 240,
    "14d": 336,
    "21d": 504,
    "28d": 672,
    "45d": 1080,
    "60d": 1440,
    "90d": 2160,
}


def _waits(landed: Landed) -> list[tuple[float, bool]]:
    """Hours from a person's first click since the last purchase to the next one, or to where the data end."""
    people = landed.rows("links__registrations")
    known = people[["visitor_id", "person_hash"]].drop_duplicates()
    clicks = landed.rows("links__clicks").merge(known, on="visitor_id", how="left")
    clicks["who"] = clicks["person_hash"].fillna(clicks["visitor_id"])
    bought = landed.lines.merge(people, left_on="order_id", right_on="amazon_order_id")
    moments = [(who, at, False) for who, at in zip(clicks["who"], utc(clicks["clicked_at"]), strict=True)]
    moments += [(who, at, True) for who, at in zip(bought["person_hash"], bought["converted_at"], strict=True)]
    on_amazon = landed.lines[landed.lines["platform"] == "amazon"]
    end = max(on_amazon["converted_at"].max(), utc(clicks["clicked_at"]).max())
    waits, began = [], dict[str, pd.Timestamp]()
    for who, at, is_purchase in sorted(moments, key=lambda moment: (moment[0], moment[1], moment[2])):
        if not is_purchase:
            began.setdefault(who, at)
        elif who in began:
            waits.append(((at - began.pop(who)) / pd.Timedelta(hours=1), True))
    return waits + [((end - at) / pd.Timedelta(hours=1), False) for at in began.values()]


def _survival(waits: list[tuple[float, bool]], hours: float) -> float:
    """Kaplan and Meier's estimate of not having bought by then."""
    left = 1.0
    for lag in sorted({lag for lag, is_purchase in waits if is_purchase and lag <= hours}):
        at_risk = sum(other >= lag for other, _ in waits)
        left *= 1 - sum(other == lag and is_purchase for other, is_purchase in waits) / at_risk
    return left


def median_wait(landed: Landed) -> Rows:
    """9: the first bucket by which half of the buyers had bought."""
    waits = _waits(landed)
    never = _survival(waits, BUCKETS["90d"])
    return [("amazon", next(name for name, hours in BUCKETS.items() if 2 * (1 - _survival(waits, hours)) >= 1 - never))]


def share_after_14_days(landed: Landed) -> Rows:
    """10: of those who buy within ninety days."""
    waits = _waits(landed)
    never = _survival(waits, BUCKETS["90d"])
    return [("amazon", (_survival(waits, BUCKETS["14d"]) - never) / (1 - never))]


def claims(landed: Landed) -> Rows:
    """11: what each platform claims per week, beside the orders of its scope that were kept."""
    markets = landed.rows("reference__markets")
    by_country = dict(zip(markets["country"], markets["market"], strict=True)) | {"UK": "UK"}
    ads = ad_days(landed)
    ads = ads.assign(
        method="tiktok_ads conversion",
        scope="tiktok_shop",
        market=ads["country"].map(by_country),
        orders=ads["conversion"],
    )
    shops = landed.rows("tiktok_shop__shops")
    region = dict(zip(shops["shop_id"], shops["region"], strict=True))
    affiliate = landed.rows("tiktok_shop__affiliate_orders")
    affiliate = affiliate[affiliate["status"] != "CANCELLED"].drop_duplicates(
        ["order_id", "creator_username", "content_id"]
    )
    affiliate = affiliate.assign(
        method="tiktok_shop affiliate", scope="tiktok_shop", orders=1, day=affiliate["create_date"],
        market=affiliate["shop_id"].map(region).map(by_country),
    )  # fmt: skip
    profiles = landed.rows("amazon_attribution__profiles")
    country = dict(zip(profiles["profile_id"], profiles["country_code"], strict=True))
    sponsored = landed.rows("amazon_ads__sponsored_products_daily")
    sponsored = sponsored.assign(
        scope="amazon", day=sponsored["date"], market=sponsored["profile_id"].map(country).map(by_country)
    )
    by_window = [
        sponsored.assign(
            method=f"amazon_ads sponsored_products_{days}d", orders=sponsored[f"purchases{days}d"].astype(int)
        )
        for days in (7, 14)
    ]
    tags = landed.rows("amazon_attribution__performance")
    tags = tags[tags["level"] == "CAMPAIGN"]
    tags = tags.assign(
        method="amazon_attribution performance_campaign", scope="amazon", day=tags["date"],
        market=tags["profile_id"].map(country).map(by_country),
        orders=tags["attributed_total_purchases14d"].astype(int),
    )  # fmt: skip
    products = landed.rows("amazon_attribution__products")
    products = products.assign(
        method="amazon_attribution products", scope="amazon", day=products["date"],
        market=products["profile_id"].map(country).map(by_country),
        orders=sum(products[name].fillna(0).astype(int) for name in PRODUCT_PURCHASES),
    )  # fmt: skip
    wanted = ["method", "scope", "market", "day", "orders"]
    every = pd.concat([frame[wanted] for frame in (ads, affiliate, *by_window, tags, products)])
    every["week"] = _monday(every["day"])
    claimed = every.groupby(["method", "scope", "market", "week"], as_index=False)["orders"].sum()
    sold = landed.lines[~landed.lines["conversion_status"].isin(["cancelled", "refunded"])]
    sold = sold.assign(week=_monday(sold["event_date_market"]), scope=sold["platform"])
    sold = (
        sold.drop_duplicates(["platform", "order_id"])
        .groupby(["scope", "market", "week"])
        .size()
        .rename("sold")
        .reset_index()
    )
    table = claimed[claimed["orders"] > 0].merge(sold, on=["scope", "market", "week"], how="left").fillna({"sold": 0})
    rows = [
        (
            *row.method.split(),
            row.market,
            row.week.date(),
            row.orders,
            row.sold,
            row.orders / row.sold if row.sold else None,
        )
        for row in table.itertuples()
    ]
    return sorted(rows, key=lambda row: (row[-1] is None, -(row[-1] or 0), *row[:4]))


def _monday(days: Any) -> Any:
    dates = pd.to_datetime(days, format="ISO8601")
    return dates - pd.to_timedelta(dates.dt.day_of_week, unit="D")


def tag_survival(landed: Landed) -> Rows:
    """12: clicks through tagged links, and those Amazon saw; a tag that never showed anything says nothing."""
    tagged = set(landed.rows("reference__tags")["ad_id"])
    clicks = landed.rows("links__clicks")
    sent = clicks[clicks["ad_id"].isin(tagged)].groupby("campaign_id").size()
    rows = landed.rows("amazon_attribution__performance")
    rows = rows[rows["level"] == "CAMPAIGN"]
    seen = rows["click_throughs"].astype(int).groupby(rows["campaign_id"]).sum()
    seen = {campaign: total for campaign, total in seen.items() if total}
    return [
        (name, total, seen.get(name), seen[name] / total if name in seen else None)
        for name, total in sorted(sent.items())
    ]


def landings_by_day(landed: Landed) -> Rows:
    """13: clicks of tagged ads and creators' links, and product pages where Amazon tells them."""
    tagged = set(landed.rows("reference__tags")["ad_id"])
    days = ad_days(landed)
    of_ads = days[days["ad_id"].isin(tagged)].groupby("day")["clicks"].sum()
    links = landed.rows("links__clicks")
    links = links[links["ad_id"].isna()].merge(landed.rows("reference__markets"), on="country")
    local = [
        at.tz_localize("UTC").tz_convert(zone).date().isoformat()
        for at, zone in zip(utc(links["clicked_at"]), links["timezone"], strict=True)
    ]
    clicks = of_ads.add(pd.Series(local, dtype=str).value_counts(), fill_value=0)
    rows = landed.rows("amazon_attribution__performance")
    rows = rows[rows["level"] == "CAMPAIGN"]
    seen = rows["click_throughs"].astype(int).groupby(rows["campaign_id"]).sum()
    told = rows[rows["campaign_id"].isin(seen[seen > 0].index)]
    pages = told["attributed_total_detail_page_views_clicks14d"].astype(int).groupby(told["date"]).sum()
    newest = sorted(clicks.index, reverse=True)[:14]
    return [(pd.Timestamp(day).date(), clicks[day], pages.get(day.replace("-", ""))) for day in newest]


def calendar_of_events(landed: Landed) -> Rows:
    """15: orders per day before, during and after each event, by platform; and those of them that were kept."""
    lines = landed.lines
    first, last = lines["converted_at"].min(), lines["converted_at"].max()
    events = landed.rows("reference__promotions")
    rows: Rows = []
    for event in events[events["kind"] == "event"].itertuples():
        start, end = utc(pd.Series([event.starts_at, event.ends_at]))
        periods = {
            "before": (start - pd.Timedelta(days=28), start),
            "during": (start, end),
            "after": (end, end + pd.Timedelta(days=14)),
        }
        for platform, (period, (since, until)) in product(lines["platform"].unique(), periods.items()):
            inside = lines[(lines["platform"] == platform) & (lines["market"] == event.market)]
            inside = inside[(since <= inside["converted_at"]) & (inside["converted_at"] < until)]
            orders = inside["order_id"].nunique()
            kept = inside[~inside["conversion_status"].isin(["cancelled", "refunded"])]["order_id"].nunique()
            hours = int(
                max(pd.Timedelta(0), min(until, last + pd.Timedelta(microseconds=1)) - max(since, first))
                / pd.Timedelta(hours=1)
            )
            rows.append(
                (
                    event.name,
                    event.market,
                    platform,
                    period,
                    orders,
                    kept,
                    hours,
                    24 * orders / hours if hours else None,
                )
            )
    return sorted(rows, key=lambda row: row[:4])


def searches(landed: Landed) -> Rows:
    """19: volumes by market and week, each query once."""
    rows = landed.rows("amazon_seller__search_query_performance")
    markets = landed.rows("reference__markets")[["market", "marketplace_id"]]
    # What the simulated brand calls itself, and the first word of its products' names.
    rows = rows[rows["search_query"].str.contains("sandbox")].merge(markets, on="marketplace_id")
    rows["volume"] = rows["search_query_volume"].astype(int)
    once = rows.groupby(["market", "start_date", "search_query"], as_index=False)["volume"].max()
    sums = once.groupby(["market", "start_date"])["volume"].sum()
    return [(market, pd.Timestamp(week).date(), total) for (market, week), total in sums.items()]
