{{ config(materialized='view') }}

with landed as (
    select * from {{ raw_relation('tiktok_ads', 'campaigns') }}
),

typed as (
    select
        coalesce({{ clean_text('advertiser_id') }}, {{ clean_text('_account') }}) as advertiser_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('campaign_name') }} as campaign_name,
        {{ clean_text('objective_type') }} as objective_type,
        {{ clean_text('operation_status') }} as operation_status,
        {{ landing_columns() }}
    from landed
)

select
    typed.*,
    case
        when _reject is not null then 'malformed'
        when campaign_id is null then 'missing_key'
    end as broken_rule
from typed
