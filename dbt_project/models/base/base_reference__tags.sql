with landed as (
    select * from {{ raw_relation('reference', 'tags') }}
),

typed as (
    select
        {{ clean_text('ad_id') }} as ad_id,
        upper({{ clean_text('market') }}) as market,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('ad_group_id') }} as ad_group_id,
        upper({{ clean_text('asin') }}) as asin,
        {{ clean_text('attribution_tag') }} as attribution_tag,
        {{ utc_instant('created_at') }} as created_at,
        {{ clean_text('created_at') }} is not null as has_time,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('reference', 'tags', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when ad_id is null or market is null then 'missing_key'
            when has_time and created_at is null then 'unparseable_time'
            when attribution_tag is null then 'unusable_tag'
            when attribution_tag not like '%maas=%' and not ({{ is_released('unusable_tag') }}) then 'unusable_tag'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['ad_id']) }}
)

select * from kept
