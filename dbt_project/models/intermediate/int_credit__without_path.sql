{%- set text = dbt.type_string() -%}
{{ config(
    materialized=kept_by_rows(),
    unique_key='line_key',
    meta={'replaces': 'int_reach__lines'}
) }}

-- Recipients that are no touch of a path: the owner of a code, a cell's tags, and nobody.
with order_linked as (
    select
        line_key,
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
        0 as house_before,
        0 as engaged_before,
        0 as amazon_before,
        0 as tiktok_before,
        1000000 as credit_upto
    from {{ ref('int_credit__order_linked_lines') }}
),

-- The same in every model.
in_cells as (
    select
        line_key,
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
        cast(credit_before as int) as house_before,
        cast(credit_before as int) as engaged_before,
        cast(credit_before as int) as amazon_before,
        cast(credit_before as int) as tiktok_before,
        cast(credit_upto as int) as credit_upto
    from {{ ref('int_credit__cell_lines') }}
),

recipients as (
    select either.*
    from (
        select * from order_linked
        union all
        select * from in_cells
    ) as either
    join {{ ref('int_reach__lines') }} as reached
        on reached.line_key = either.line_key
    union all
    select
        line_key,
        'unattributed' as recipient_key,
        cast(null as {{ text }}) as touchpoint_id,
        cast(null as {{ text }}) as channel,
        cast(null as {{ text }}) as campaign_id,
        cast(null as {{ text }}) as ad_group_id,
        cast(null as {{ text }}) as ad_id,
        cast(null as {{ text }}) as content_id,
        cast(null as {{ text }}) as creator_id,
        'unattributed' as evidence,
        'line' as credit_resolution,
        house_before,
        engaged_before,
        amazon_before,
        tiktok_before,
        1000000 as credit_upto
    from {{ ref('int_credit__remaining_lines') }}
)

select
    line_key,
    recipient_key,
    touchpoint_id,
    {{ media_key('recipients') }} as media_key,
    house_before,
    engaged_before,
    amazon_before,
    tiktok_before,
    credit_upto
from recipients
