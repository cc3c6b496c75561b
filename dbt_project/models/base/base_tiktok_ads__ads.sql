with versions as (
    select * from {{ ref('base_tiktok_ads__ad_versions') }}
),

current_rows as (
    {{ current_in_snapshot('tiktok_ads', 'ads', 'versions') }}
),

kept as (
    {{ keep_first_of_key('current_rows', ['ad_id']) }}
)

select * from kept
