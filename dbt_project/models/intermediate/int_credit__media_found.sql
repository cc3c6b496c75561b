{#- Touches of days that did not change were found by the run that credited their day. -#}
-- depends_on: {{ ref('int_reach__changed_days') }}
{% set text = dbt.type_string() -%}
with of_touches as (
    select distinct
        touches.channel,
        touches.campaign_id,
        touches.ad_group_id,
        touches.ad_id,
        touches.content_id,
        touches.creator_id,
        touches.evidence,
        'line' as credit_resolution
    from {{ ref('int_touchpoints__unified') }} as touches
    {% if is_credit_kept() -%}
    join {{ ref('int_reach__changed_days') }} as days
        on days.touch_day = {{ epoch_day('touches.occurred_us') }}
        and touches.occurred_at >= days.begins_at
        and touches.occurred_at < days.ends_at
    {%- endif %}
),

of_order_linked as (
    select distinct
        channel,
        cast(null as {{ text }}) as campaign_id,
        cast(null as {{ text }}) as ad_group_id,
        cast(null as {{ text }}) as ad_id,
        content_id,
        creator_id,
        evidence,
        credit_resolution
    from {{ ref('int_credit__order_linked_lines') }}
),

of_cells as (
    select distinct
        channel,
        campaign_id,
        ad_group_id,
        ad_id,
        content_id,
        creator_id,
        evidence,
        credit_resolution
    from {{ ref('int_credit__cell_lines') }}
),

of_nobody as (
    select
        cast(null as {{ text }}) as channel,
        cast(null as {{ text }}) as campaign_id,
        cast(null as {{ text }}) as ad_group_id,
        cast(null as {{ text }}) as ad_id,
        cast(null as {{ text }}) as content_id,
        cast(null as {{ text }}) as creator_id,
        'unattributed' as evidence,
        'line' as credit_resolution
),

found as (
    select * from of_touches
    union
    select * from of_order_linked
    union
    select * from of_cells
    union
    select * from of_nobody
)

select
    found.*,
    {{ media_key('found') }} as media_key
from found
