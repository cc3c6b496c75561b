"""Daily volumes of simulated worlds as the platforms would report them once settled, straight from the tables."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world import Scenario, Size, World, generate
from phygital_funnel.sandbox.world.scenario import scenario_named

USUAL = Size("usual", 30_000, 2, 24, 500_000, 140_000, 20_000, 20_000, start=date(2026, 1, 5), days=150)
SMALL = replace(
    USUAL, name="small", people=3_000, paid_exposures=30_000, organic_exposures=9_000, baseline_orders=1_500
)
LAST_DAYS = 10
"""Left out at the end of a world: orders that its last clicks would have caused are not in it."""

# Days are counted in the account's zone without summer time, which is as good as the real one for this purpose.
_SERIES = """
with seen as (
    select
        exposures.*,
        coalesce(ads.market, videos.market, lives.market) as market,
        -- A post's counter holds what the feed brought it, and the ads that show it as a post.
        case when not is_paid or ads.is_spark then videos.creator_id end as creator_id
    from exposures
    left join ads on ads.ad_id = exposures.ad_id
    left join videos on videos.video_id = exposures.video_id
    left join lives on lives.live_id = exposures.live_id
),

views as (
    select seen.*, places.advertiser_id, cast(occurred_at + places.shift as date) as event_date
    from seen join places on places.market = seen.market
),

sales as (
    select
        orders.*, places.shop_id, places.marketplace_id, places.country,
        cast(purchased_at + places.shift as date) as event_date,
        (select sum(item_price_minor) from order_lines where order_lines.order_id = orders.order_id) as sales_minor
    from orders join places on places.market = orders.market
),

visits as (
    select clicks.*, places.profile_id, cast(clicked_at + places.shift as date) as event_date
    from clicks join places on places.country = clicks.country
)

select 'tiktok_ads' as source, 'ad_report_daily' as stream, 'impressions' as measure, false as is_views,
    3 as settles_after_days,
    advertiser_id as account, event_date, count(*) as value, count(*) as events
from views where is_paid group by all
union all
select 'tiktok_ads', 'ad_report_daily', 'video_plays', true, 3, advertiser_id, event_date,
    count(*) filter (where watch_ms > 0), count(*) filter (where watch_ms > 0)
from views where is_paid group by all
union all
select 'tiktok_ads', 'ad_report_daily', 'clicks', false, 3, advertiser_id, event_date, count(*), count(*)
from views where is_paid and exposure_id in (select exposure_id from clicks) group by all
union all
select 'tiktok_ads', 'ad_report_daily', 'spend_minor', false, 3, advertiser_id, event_date, sum(cost_micro), count(*)
from views where is_paid group by all
union all
select 'tiktok_ads', 'ad_report_hourly', 'video_plays', true, 2, advertiser_id, event_date,
    count(*) filter (where watch_ms > 0), count(*) filter (where watch_ms > 0)
from views where is_paid group by all
union all
select 'tiktok_organic', stream, measure, true, 3, creator_id, event_date, count(*), count(*)
from views
cross join (values ('account_daily', 'video_views'), ('videos', 'views_gained')) as reports (stream, measure)
where creator_id is not null group by all
union all
select 'tiktok_shop', 'orders', 'orders', false, 2, shop_id, event_date, count(*), count(*)
from sales where platform <> 'amazon' group by all
union all
select 'tiktok_shop', 'orders', 'sales_minor', false, 2, shop_id, event_date, sum(sales_minor), count(*)
from sales where platform <> 'amazon' group by all
union all
select 'tiktok_shop', 'affiliate_orders', 'rows', false, 2, shop_id, event_date, count(*), count(*)
from sales where platform <> 'amazon' and creator_id is not null group by all
union all
select 'amazon_attribution', 'performance', 'clicks', false, 3, profile_id, event_date, count(*), count(*)
from visits where has_tag and profile_id <> '' group by all
union all
select 'amazon_seller', 'order_lines', 'orders', false, 2, marketplace_id, event_date, count(*), count(*)
from sales where platform = 'amazon' group by all
union all
select 'amazon_seller', 'order_lines', 'sales_minor', false, 2, marketplace_id, event_date, sum(sales_minor), count(*)
from sales where platform = 'amazon' group by all
union all
select 'amazon_seller', 'sales_and_traffic', 'sessions', false, 4, marketplace_id, day, sum(sessions), sum(sessions)
from listing_days join places using (market) group by all
union all
select 'amazon_ads', 'sponsored_products_daily', 'impressions', false, 3, profile_id, day, sum(impressions), sum(clicks)
from sponsored_days join places using (market) group by all
union all
select 'amazon_ads', 'sponsored_products_daily', 'clicks', false, 3, profile_id, day, sum(clicks), sum(clicks)
from sponsored_days join places using (market) group by all
union all
select 'amazon_ads', 'sponsored_products_daily', 'spend_minor', false, 3, profile_id, day,
    sum(cost_micro) // 10000, sum(clicks)
from sponsored_days join places using (market) group by all
union all
select 'links', 'clicks', 'rows', false, 2, country, cast(clicked_at as date), count(*), count(*)
from clicks group by all
union all
select 'links', 'registrations', 'rows', false, 2, '', cast(registered_at as date), count(*), count(*)
from registrations group by all
"""
_UNITS = """
select 'tiktok_ads' as source, ads.advertiser_id as account, exposures.ad_id as unit_id,
    cast(occurred_at as date) as event_date, count(*) as events,
    any_value(least(ads.ends_at, ads.deleted_at)) < $1 as is_stopped
from exposures join ads on ads.ad_id = exposures.ad_id group by all
union all
select 'tiktok_organic', videos.creator_id, coalesce(ads.ad_id, exposures.video_id), cast(occurred_at as date),
    count(*),
    any_value(coalesce(least(ads.ends_at, ads.deleted_at), videos.deleted_at)) < $1
from exposures
join videos on videos.video_id = exposures.video_id
left join ads on ads.ad_id = exposures.ad_id
where not is_paid or ads.is_spark
group by all
"""
_NEW_POSTS = """
with first_days as (
    select
        video_id, creator_id as account,
        cast(unnest([published_at, published_at + interval 1 day]) as date) as event_date
    from videos
)

select account, event_date, count(*) as views
from first_days
join exposures on exposures.video_id = first_days.video_id and cast(exposures.occurred_at as date) <= event_date
left join ads on ads.ad_id = exposures.ad_id
where not is_paid or ads.is_spark
group by account, event_date
"""
_ORDERS = """
select
    case when platform = 'amazon' then 'amazon_seller' else 'tiktok_shop' end as source,
    case when platform = 'amazon' then places.marketplace_id else places.shop_id end as account,
    cast(purchased_at + places.shift as date) as event_date,
    purchased_at, priced_at, shipped_at, delivered_at, cancelled_at
from orders join places on places.market = orders.market
"""
_PROMOTIONS = "select market, asin, starts_at, ends_at from promotions"
_ACCOUNTS = """
select source, account, market from places
cross join lateral (values
    ('tiktok_ads', advertiser_id), ('tiktok_shop', shop_id), ('amazon_attribution', profile_id),
    ('amazon_ads', profile_id), ('amazon_seller', marketplace_id), ('links', country)
) as accounts (source, account)
where account <> ''
union all
select 'tiktok_organic', creator_id, market from creators
"""
_READ = (
    "exposures", "ads", "videos", "clicks", "orders", "order_lines", "listing_days", "sponsored_days", "registrations",
    "promotions", "creators",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of world.

    Args:
        name: what the tables call it.
        scenario: of the sandbox.
        size: how large; scenarios with a period of their own keep it.
        growth: by what factor everything grows from the first day to the last.
    """

    name: str
    scenario: str
    size: Size = USUAL
    growth: float = 1.0


@dataclass(frozen=True)
class Volumes:
    """What one world reports.

    Args:
        series: source, stream, measure, is_views, settles_after_days, account, event_date, value, events.
        units: ads and posts by day, as ``int_volumes__units`` has them.
        promotions: market, asin, starts_at, ends_at.
        accounts: source, account, market.
        new_posts: account, event_date, views, as ``int_volumes__new_posts`` has them.
        orders: source, account, event_date, and the moments at which each order changed.
        last_date: the last day that counts.
    """

    series: pa.Table
    units: pa.Table
    promotions: pa.Table
    accounts: pa.Table
    new_posts: pa.Table
    orders: pa.Table
    last_date: date


def volumes(kind: Kind, seed: int) -> Volumes:
    """The daily figures of one world; the same arguments always give the same figures."""
    scenario = scenario_named(kind.scenario)
    world = generate(_sized(kind.size, scenario), seed, scenario)
    last_date = world.size.start + timedelta(days=world.size.days - 1 - LAST_DAYS)
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set threads = 1")
        _register(con, world)
        series = con.sql(_SERIES).to_arrow_table()
        return Volumes(
            _grown(series, kind.growth, world.size, seed),
            con.sql(_UNITS, params=[world.size.settled_moment.replace(tzinfo=None)]).to_arrow_table(),
            con.sql(_PROMOTIONS).to_arrow_table(),
            con.sql(_ACCOUNTS).to_arrow_table(),
            con.sql(_NEW_POSTS).to_arrow_table(),
            con.sql(_ORDERS).to_arrow_table(),
            last_date,
        )


def _sized(size: Size, scenario: Scenario) -> Size:
    """A longer period holds as much more of everything."""
    if scenario.days is None:
        return size
    more = scenario.days / size.days
    names = ("videos_per_creator", "paid_exposures", "organic_exposures", "live_exposures", "baseline_orders")
    return replace(size, **{name: type(getattr(size, name))(getattr(size, name) * more) for name in names})


def _register(con: duckdb.DuckDBPyConnection, world: World) -> None:
    for name in _READ:
        table = world.tables[name]
        for column, kind in zip(table.schema.names, table.schema.types, strict=True):
            if pa.types.is_timestamp(kind):
                moments = table[column].cast(pa.timestamp("us"))
                table = table.set_column(table.schema.get_field_index(column), column, moments)
        con.register(name, table)
    con.register("lives", world.tables["live_sessions"])
    columns = ("country", "advertiser_id", "profile_id", "shop_id", "marketplace_id")
    places: dict[str, Any] = {name: [getattr(market, name) for market in world.markets] for name in columns}
    places["market"] = [market.code for market in world.markets]
    places["shift"] = [timedelta(hours=market.clock_shift) for market in world.markets]
    con.register("places", pa.table(places))


def _grown(series: pa.Table, growth: float, size: Size, seed: int) -> pa.Table:
    """Every day thinned to what a brand that grows would have had; money keeps its amount per event."""
    if growth == 1.0:
        return series
    draw = np.random.default_rng([seed, 20])
    days = (series["event_date"].to_numpy() - np.datetime64(size.start)).astype(int)
    share = growth ** np.clip(days / size.days, 0, 1) / max(1.0, growth)
    events = series["events"].to_numpy().astype(np.int64)
    kept = draw.binomial(events, share)
    value = np.rint(series["value"].to_numpy().astype(float) * kept / np.maximum(events, 1)).astype(np.int64)
    return series.set_column(7, "value", pa.array(value)).set_column(8, "events", pa.array(kept))
