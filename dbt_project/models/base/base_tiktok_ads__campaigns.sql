with versions as (
    select * from {{ ref('base_tiktok_ads__campaign_versions') }}
),

current_rows as (
    {{ current_in_snapshot('tiktok_ads', 'campaigns', 'versions') }}
),

kept as (
    {{ keep_first_of_key('current_rows', ['campaign_id']) }}
)

select * from kept
