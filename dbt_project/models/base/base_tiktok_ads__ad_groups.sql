with versions as (
    select * from {{ ref('base_tiktok_ads__ad_group_versions') }}
),

current_rows as (
    {{ current_in_snapshot('tiktok_ads', 'ad_groups', 'versions') }}
),

kept as (
    {{ keep_first_of_key('current_rows', ['ad_group_id']) }}
)

select * from kept
