{%- set text = dbt.type_string() -%}
with whole_lines as (
    select
        conversion_id,
        touchpoint_id,
        channel,
        content_id,
        creator_id,
        evidence,
        credit_resolution
    from {{ ref('int_credit__promo_lines') }}
    union all
    select
        conversion_id,
        cast(null as {{ text }}) as touchpoint_id,
        cast(null as {{ text }}) as channel,
        cast(null as {{ text }}) as content_id,
        cast(null as {{ text }}) as creator_id,
        evidence,
        credit_resolution
    from {{ ref('int_credit__remaining_lines') }}
)

select * from {{ ref('int_credit__journey_touches') }}
union all
select
    conversion_id,
    touchpoint_id,
    channel,
    cast(null as {{ text }}) as campaign_id,
    cast(null as {{ text }}) as ad_group_id,
    cast(null as {{ text }}) as ad_id,
    content_id,
    creator_id,
    evidence,
    credit_resolution,
    cast(null as bigint) as path_position,
    cast(null as bigint) as path_length,
    0 as first_touch_before,
    1000000 as first_touch_upto,
    0 as last_touch_before,
    1000000 as last_touch_upto,
    0 as linear_before,
    1000000 as linear_upto,
    0 as position_based_before,
    1000000 as position_based_upto,
    0 as time_decay_before,
    1000000 as time_decay_upto
from whole_lines
