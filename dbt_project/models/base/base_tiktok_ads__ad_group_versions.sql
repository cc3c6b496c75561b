{{ config(materialized='view') }}

with landed as (
    select * from {{ raw_relation('tiktok_ads', 'ad_groups') }}
),

typed as (
    select
        coalesce({{ clean_text('advertiser_id') }}, {{ clean_text('_account') }}) as advertiser_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('adgroup_id') }} as ad_group_id,
        {{ clean_text('adgroup_name') }} as ad_group_name,
        {{ clean_text('optimization_goal') }} as optimization_goal,
        {{ clean_text('operation_status') }} as operation_status,
        {{ landing_columns() }}
    from landed
)

select
    typed.*,
    case
        when _reject is not null then 'malformed'
        when ad_group_id is null then 'missing_key'
    end as broken_rule
from typed
