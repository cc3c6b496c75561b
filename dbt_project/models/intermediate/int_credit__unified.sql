{%- set text = dbt.type_string() -%}
with whole_lines as (
    select
        conversion_id,
        recipient_key,
        touchpoint_id,
        channel,
        cast(null as {{ text }}) as campaign_id,
        cast(null as {{ text }}) as ad_group_id,
        cast(null as {{ text }}) as ad_id,
        content_id,
        creator_id,
        evidence,
        credit_resolution,
        0 as credit_before,
        1000000 as credit_upto
    from {{ ref('int_credit__order_linked_lines') }}
    where conversion_id in (select conversion_id from {{ ref('int_reach__lines') }})
),

-- The same in every model.
fixed as (
    select * from whole_lines
    union all
    select
        conversion_id,
        recipient_key,
        touchpoint_id,
        channel,
        campaign_id,
        ad_group_id,
        ad_id,
        content_id,
        creator_id,
        evidence,
        credit_resolution,
        cast(credit_before as int) as credit_before,
        cast(credit_upto as int) as credit_upto
    from {{ ref('int_credit__cell_lines') }}
    where conversion_id in (select conversion_id from {{ ref('int_reach__lines') }})
)

select * from {{ ref('int_credit__journey_touches') }}
union all
select
    conversion_id,
    recipient_key,
    touchpoint_id,
    channel,
    campaign_id,
    ad_group_id,
    ad_id,
    content_id,
    creator_id,
    evidence,
    credit_resolution,
    cast(null as int) as path_position,
    cast(null as int) as path_length,
    credit_before as first_touch_before,
    credit_upto as first_touch_upto,
    credit_before as last_touch_before,
    credit_upto as last_touch_upto,
    credit_before as last_engaged_touch_before,
    credit_upto as last_engaged_touch_upto,
    credit_before as linear_before,
    credit_upto as linear_upto,
    credit_before as position_based_before,
    credit_upto as position_based_upto,
    credit_before as time_decay_before,
    credit_upto as time_decay_upto,
    credit_before as amazon_14d_last_click_before,
    credit_upto as amazon_14d_last_click_upto,
    credit_before as tiktok_7c1v_before,
    credit_upto as tiktok_7c1v_upto
from fixed
union all
select
    conversion_id,
    recipient_key,
    cast(null as {{ text }}) as touchpoint_id,
    cast(null as {{ text }}) as channel,
    cast(null as {{ text }}) as campaign_id,
    cast(null as {{ text }}) as ad_group_id,
    cast(null as {{ text }}) as ad_id,
    cast(null as {{ text }}) as content_id,
    cast(null as {{ text }}) as creator_id,
    evidence,
    credit_resolution,
    cast(null as int) as path_position,
    cast(null as int) as path_length,
    house_before as first_touch_before,
    1000000 as first_touch_upto,
    house_before as last_touch_before,
    1000000 as last_touch_upto,
    engaged_before as last_engaged_touch_before,
    1000000 as last_engaged_touch_upto,
    house_before as linear_before,
    1000000 as linear_upto,
    house_before as position_based_before,
    1000000 as position_based_upto,
    house_before as time_decay_before,
    1000000 as time_decay_upto,
    amazon_before as amazon_14d_last_click_before,
    1000000 as amazon_14d_last_click_upto,
    tiktok_before as tiktok_7c1v_before,
    1000000 as tiktok_7c1v_upto
from {{ ref('int_credit__remaining_lines') }}
