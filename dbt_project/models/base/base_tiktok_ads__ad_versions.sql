{{ config(materialized='view') }}

with landed as (
    select * from {{ raw_relation('tiktok_ads', 'ads') }}
),

typed as (
    select
        coalesce({{ clean_text('advertiser_id') }}, {{ clean_text('_account') }}) as advertiser_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('adgroup_id') }} as ad_group_id,
        {{ clean_text('ad_id') }} as ad_id,
        {{ clean_text('ad_name') }} as ad_name,
        {{ clean_text('landing_page_url') }} as landing_page_url,
        coalesce({{ clean_text('tiktok_item_id') }}, {{ clean_text('video_id') }}) as content_id,
        {{ clean_text('video_id') }} as video_id,
        {{ clean_text('operation_status') }} as operation_status,
        {{ landing_columns() }}
    from landed
)

select
    typed.*,
    case
        when _reject is not null then 'malformed'
        when ad_id is null then 'missing_key'
    end as broken_rule
from typed
