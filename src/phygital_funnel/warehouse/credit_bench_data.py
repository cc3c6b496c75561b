"""Made-up journeys for the benchmark: text ids, ties, repeat conversions, codes, unknown and negative amounts."""

import duckdb

from phygital_funnel.warehouse.credit_models import LINE_KEY

# 2026-09-01T00:00Z. Touches spread over 16 days, and conversions over the last six of them.
BEGIN_US = 1_788_220_800_000_000
DAY_US = 86_400_000_000
TOUCH_DAYS, FIRST_CONVERSION_DAY = 16, 10
ADS = 20_000


def fill(con: duckdb.DuckDBPyConnection, conversions: int, touches: int) -> None:
    """Fill the inputs of the credit models; every number follows from the row's own, so that runs are alike."""
    con.execute(_lines(conversions))
    con.execute(_codes())
    for relation, platform in (("from_events", "events"), ("from_links", "amazon")):
        con.execute(_touches(relation, platform, conversions, touches))
    con.execute("checkpoint")


def _lines(conversions: int) -> str:
    """One journey in two converts, some of them several times; one line in forty has no journey."""
    return f"""
    insert into intermediate.int_conversions__converted by name
    select
        concat('order-line-', lpad(cast(i as varchar), 9, '0')) as conversion_id,
        {LINE_KEY} as line_key,
        case when i % 2 = 0 then 'amazon' else 'events' end as platform,
        ['US', 'UK', null][1 + i // 2 % 3] as market,
        ['USD', 'GBP', 'USD'][1 + i // 2 % 3] as currency,
        case
            when i % 50 = 0 then 0
            when i % 51 = 0 then null
            when i % 53 = 0 then -(i % 5000)
            else 500 + hash(i * 31) % 20000
        end as net_amount_minor,
        net_amount_minor * 5 // 4 as net_amount_reporting_minor,
        'confirmed' as conversion_status,
        case when i % 40 > 0 then {_person("i * 23 + 1", "i", conversions)} end as journey_key,
        {BEGIN_US} + {FIRST_CONVERSION_DAY * DAY_US}
            + cast(hash(i * 29 + 5) % {(TOUCH_DAYS - FIRST_CONVERSION_DAY) * DAY_US} as bigint) as converted_us,
        make_timestamp(converted_us) as converted_at,
        converted_at + interval 1 day as first_known_at
    from range({conversions}) as numbers (i)
    """


def _person(seed: str, row: str, conversions: int) -> str:
    """A person whose platform is the row's: rows of odd and even numbers meet people of odd and even numbers."""
    number = f"hash({seed}) % {max(1, conversions // 2)} * 2 + {row} % 2"
    return f"concat('person-', lpad(cast({number} as varchar), 9, '0'))"


def _codes() -> str:
    return """
    insert into intermediate.int_credit__order_linked_lines by name
    select
        conversion_id, line_key, 'touch:promo:ANN10' as recipient_key, 'promo:ANN10' as touchpoint_id,
        'tiktok_creators' as channel, 'ann' as creator_id, 'promo_code' as evidence, 'line' as credit_resolution
    from intermediate.int_conversions__converted
    where conversion_id like '%33'
    """


def _touches(relation: str, platform: str, conversions: int, touches: int) -> str:
    """Touches fall on whole seconds, and one in twenty on a full hour, where others of the journey are.

    An ad is of one ad group and campaign, and shows one post of one creator.
    """
    odd = 0 if platform == "amazon" else 1
    ad = f"hash(i * 37) % {ADS}"
    return f"""
    insert into intermediate.int_touchpoints__{relation} by name
    select
        '{platform}' as platform,
        {_person("i * 7 + 1", "i", conversions)} as journey_key,
        concat('touchpoint-', lpad(cast(i as varchar), 11, '0')) as touchpoint_id,
        make_timestamp({BEGIN_US} + cast(hash(i * 13 + 5) % {TOUCH_DAYS * 86_400} as bigint)
            // case when i % 20 = 0 then 3600 else 1 end * case when i % 20 = 0 then 3600 else 1 end * 1000000)
            as occurred_at,
        ['click', 'click', 'click', 'click', 'click', 'click', 'click', 'view_6s', 'engagement', 'impression']
            [1 + cast(hash(i * 3) % 10 as int)] as touch_type,
        ['tiktok_ads', 'tiktok_creators', 'links', 'mail', 'search'][1 + cast({ad} % 5 as int)] as channel,
        concat('campaign-', {ad} % 200) as campaign_id,
        concat('ad-group-', {ad} % 1000) as ad_group_id,
        concat('advertisement-', {ad}) as ad_id,
        concat('video-content-', {ad} % 6000) as content_id,
        case when {ad} % 3 = 0 then concat('creator-', {ad} % 300) end as creator_id,
        ['US', 'UK', null][1 + cast(hash(i * 47) % 3 as int)] as market,
        'event' as evidence,
        occurred_at + interval 1 hour as first_known_at,
        cast(i as bigint) as touch_fingerprint
    from range({touches}) as numbers (i)
    where i % 2 = {odd}
    """
