-- What touches of other days and recipients of other lines have was found by the run that credited them.
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
        on days.touch_day = cast(touches.occurred_at as date)
        and touches.occurred_at >= days.begins_at
        and touches.occurred_at < days.ends_at
    {%- endif %}
),

of_order_linked as (
    select distinct
        linked.channel,
        cast(null as {{ text }}) as campaign_id,
        cast(null as {{ text }}) as ad_group_id,
        cast(null as {{ text }}) as ad_id,
        linked.content_id,
        linked.creator_id,
        linked.evidence,
        linked.credit_resolution
    from {{ ref('int_credit__order_linked_lines') }} as linked
    join {{ ref('int_reach__lines') }} as reached
        on reached.line_key = linked.line_key
),

of_cells as (
    select distinct
        cells.channel,
        cells.campaign_id,
        cells.ad_group_id,
        cells.ad_id,
        cells.content_id,
        cells.creator_id,
        cells.evidence,
        cells.credit_resolution
    from {{ ref('int_credit__cell_lines') }} as cells
    join {{ ref('int_reach__lines') }} as reached
        on reached.line_key = cells.line_key
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
