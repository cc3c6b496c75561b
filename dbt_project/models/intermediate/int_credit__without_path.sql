{%- set text = dbt.type_string() -%}
-- Recipients that are no touch of a path: the owner of a code, a cell's tags, and nobody.
with order_linked as (
    select
        linked.conversion_id,
        cast(null as {{ text }}) as other_recipient_key,
        linked.touchpoint_id,
        linked.channel,
        cast(null as {{ text }}) as campaign_id,
        cast(null as {{ text }}) as ad_group_id,
        cast(null as {{ text }}) as ad_id,
        linked.content_id,
        linked.creator_id,
        linked.evidence,
        linked.credit_resolution,
        0 as house_before,
        0 as engaged_before,
        0 as amazon_before,
        0 as tiktok_before,
        1000000 as credit_upto,
        lines.line_kind_key,
        lines.net_amount_minor,
        lines.net_amount_reporting_minor,
        lines.converted_at
    from {{ ref('int_credit__order_linked_lines') }} as linked
    join {{ ref('int_credit__lines') }} as lines
        on lines.conversion_id = linked.conversion_id
),

-- The same in every model.
in_cells as (
    select
        cells.conversion_id,
        cells.recipient_key as other_recipient_key,
        cells.touchpoint_id,
        cells.channel,
        cells.campaign_id,
        cells.ad_group_id,
        cells.ad_id,
        cells.content_id,
        cells.creator_id,
        cells.evidence,
        cells.credit_resolution,
        cast(cells.credit_before as int) as house_before,
        cast(cells.credit_before as int) as engaged_before,
        cast(cells.credit_before as int) as amazon_before,
        cast(cells.credit_before as int) as tiktok_before,
        cast(cells.credit_upto as int) as credit_upto,
        lines.line_kind_key,
        lines.net_amount_minor,
        lines.net_amount_reporting_minor,
        lines.converted_at
    from {{ ref('int_credit__cell_lines') }} as cells
    join {{ ref('int_credit__lines') }} as lines
        on lines.conversion_id = cells.conversion_id
),

remaining as (
    select
        conversion_id,
        recipient_key as other_recipient_key,
        cast(null as {{ text }}) as touchpoint_id,
        cast(null as {{ text }}) as channel,
        cast(null as {{ text }}) as campaign_id,
        cast(null as {{ text }}) as ad_group_id,
        cast(null as {{ text }}) as ad_id,
        cast(null as {{ text }}) as content_id,
        cast(null as {{ text }}) as creator_id,
        evidence,
        credit_resolution,
        house_before,
        engaged_before,
        amazon_before,
        tiktok_before,
        1000000 as credit_upto,
        line_kind_key,
        net_amount_minor,
        net_amount_reporting_minor,
        converted_at
    from {{ ref('int_credit__remaining_lines') }}
),

recipients as (
    select * from order_linked
    union all
    select * from in_cells
    union all
    select * from remaining
)

select
    conversion_id,
    other_recipient_key,
    touchpoint_id,
    {{ media_key('recipients') }} as media_key,
    cast(null as int) as path_position,
    cast(null as int) as path_length,
    house_before as first_touch_before,
    credit_upto as first_touch_upto,
    house_before as last_touch_before,
    credit_upto as last_touch_upto,
    engaged_before as last_engaged_touch_before,
    credit_upto as last_engaged_touch_upto,
    house_before as linear_before,
    credit_upto as linear_upto,
    house_before as position_based_before,
    credit_upto as position_based_upto,
    house_before as time_decay_before,
    credit_upto as time_decay_upto,
    amazon_before as amazon_14d_last_click_before,
    credit_upto as amazon_14d_last_click_upto,
    tiktok_before as tiktok_7c1v_before,
    credit_upto as tiktok_7c1v_upto,
    line_kind_key,
    net_amount_minor,
    net_amount_reporting_minor,
    converted_at
from recipients
