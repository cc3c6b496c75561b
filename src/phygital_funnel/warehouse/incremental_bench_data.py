"""Made-up history for the incremental benchmark: 400 days of lines and touches, shown to the models up to a day."""

import duckdb

from phygital_funnel.warehouse.credit_models import LINE_KEY

DAYS = 400
ADS = 20_000
LATEST = DAYS + 30
TOUCHES_PER_LINE = 6.25
# 2026-01-01T00:00Z
BEGIN_US = 1_767_225_600_000_000
DAY_US = 86_400_000_000

_LINES = """
create table history.lines as
select
    concat('order-line-', lpad(cast(i as varchar), 9, '0')) as conversion_id,
    {line_key} as line_key,
    case when i % 2 = 0 then 'amazon' else 'events' end as platform,
    ['US', 'UK'][1 + i // 2 % 2] as market,
    ['USD', 'GBP'][1 + i // 2 % 2] as currency,
    cast(500 + hash(i * 31) % 20000 as bigint) as net_amount_minor,
    'confirmed' as conversion_status,
    case when i % 10 > 0 then concat('person-', lpad(cast(i // 4 * 2 + i % 2 as varchar), 9, '0')) end as journey_key,
    {begin} + cast(hash(i * 29 + 5) % ({latest} * {day}) as bigint) as converted_us
from range({rows}) as numbers (i)
-- Days land one after the other, and the models before these keep them in about that order.
order by converted_us // {day}
"""
# Two touches in three lie within a fortnight before their line.
# An ad is of one ad group and campaign, and shows one post.
_TOUCHES = """
create table history.touches as
select
    lines.platform,
    lines.journey_key,
    concat('touchpoint-', lpad(cast(i as varchar), 11, '0')) as touchpoint_id,
    lines.converted_us - cast(hash(i * 13 + 5) % (22 * {day}) as bigint) as occurred_us,
    ['click', 'click', 'click', 'view_6s', 'engagement', 'impression'][1 + cast(hash(i * 3) % 6 as int)] as touch_type,
    ['tiktok_ads', 'tiktok_creators', 'links'][1 + cast(hash(i * 37) % {ads} % 3 as int)] as channel,
    concat('campaign-', hash(i * 37) % {ads} % 200) as campaign_id,
    concat('ad-group-', hash(i * 37) % {ads} % 1000) as ad_group_id,
    concat('advertisement-', hash(i * 37) % {ads}) as ad_id,
    concat('video-content-', hash(i * 37) % {ads} % 6000) as content_id,
    cast(null as varchar) as creator_id,
    lines.market,
    cast(hash(i) >> 1 as bigint) as touch_fingerprint,
    0 as known_day
from range(cast({rows} * {per_line} as bigint)) as numbers (i)
join history.lines as lines
    on lines.conversion_id = concat('order-line-', lpad(cast(i % {rows} as varchar), 9, '0'))
where lines.journey_key is not null
order by occurred_us // {day}
"""
_EMPTY_TOUCHES = """
create or replace view intermediate.int_touchpoints__from_links as
select * from intermediate.int_touchpoints__from_events where false
"""
_SHOWN = """
create or replace view shown_lines as
select *, make_timestamp(converted_us) as converted_at from history.lines where converted_us < {end};

create or replace table intermediate.int_conversions__converted as
select
    *, net_amount_minor * 5 // 4 as net_amount_reporting_minor, converted_at + interval 1 day as first_known_at
from shown_lines;

create or replace table intermediate.int_touchpoints__from_events as
select
    * exclude (occurred_us, known_day), 'event' as evidence, make_timestamp(occurred_us) as occurred_at,
    make_timestamp(occurred_us + 3600000000) as first_known_at
from history.touches
where occurred_us < {end} and known_day <= {last_day};

create or replace table intermediate.int_credit__order_linked_lines as
select
    conversion_id, line_key, 'touch:promo:ANN10' as recipient_key, 'promo:ANN10' as touchpoint_id,
    'tiktok_creators' as channel, cast(null as varchar) as content_id, 'ann' as creator_id,
    'promo_code' as evidence, 'line' as credit_resolution
from shown_lines
where conversion_id like '%33';

create or replace table intermediate.int_credit__cell_lines as
select
    conversion_id,
    line_key,
    concat('tag:ad-group-', share, ':', cast(converted_at as date), ':unallocated') as recipient_key,
    concat('tag:ad-group-', share, ':', cast(converted_at as date)) as touchpoint_id,
    'tiktok_ads' as channel, cast(null as varchar) as campaign_id, concat('ad-group-', share) as ad_group_id,
    cast(null as varchar) as ad_id, cast(null as varchar) as content_id, cast(null as varchar) as creator_id,
    'tag' as evidence, 'cell' as credit_resolution,
    cast((share - 1) * net_amount_minor as bigint) as credit_before,
    cast(share * net_amount_minor as bigint) as credit_upto
from shown_lines
cross join (select unnest([1, 2]) as share) as shares
where journey_key is null and platform = 'amazon'
"""


def fill(con: duckdb.DuckDBPyConnection, conversions: int) -> None:
    """Make the whole history; every number follows from the row's own, so that runs are alike."""
    for schema in ("history", "intermediate", "ledgers"):
        con.execute(f"create schema {schema}")
    rows = conversions * LATEST // DAYS
    con.execute(_LINES.format(line_key=LINE_KEY, begin=BEGIN_US, latest=LATEST, day=DAY_US, rows=rows))
    con.execute(_TOUCHES.format(day=DAY_US, ads=ADS, rows=rows, per_line=TOUCHES_PER_LINE))


def show(con: duckdb.DuckDBPyConnection, days: int) -> None:
    """Let the models see so many days of it."""
    for statement in _SHOWN.format(end=BEGIN_US + days * DAY_US, last_day=days).split(";"):
        con.execute(statement)
    con.execute(_EMPTY_TOUCHES)


def restate(con: duckdb.DuckDBPyConnection, first_day: int) -> None:
    """Give every line since that day another amount, which moves its cells too, and change one touch in twenty."""
    begin = BEGIN_US + first_day * DAY_US
    con.execute(f"update history.lines set net_amount_minor = net_amount_minor + 1 where converted_us >= {begin}")
    con.execute(
        f"""
        update history.touches set campaign_id = 'moved', touch_fingerprint = touch_fingerprint + 1
        where occurred_us >= {begin} and touch_fingerprint % 20 = 0
        """
    )
