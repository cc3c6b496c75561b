with landed as (
    select * from {{ raw_relation('links', 'clicks') }}
),

typed as (
    select
        {{ clean_text('click_id') }} as click_id,
        {{ utc_instant('clicked_at') }} as clicked_at,
        {{ clean_text('visitor_id') }} as visitor_id,
        {{ clean_text('ttclid') }} as ttclid,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('ad_group_id') }} as ad_group_id,
        {{ clean_text('ad_id') }} as ad_id,
        {{ clean_text('content_id') }} as content_id,
        {{ clean_text('creator_id') }} as creator_id,
        {{ clean_text('placement') }} as placement,
        upper({{ clean_text('destination_asin') }}) as destination_asin,
        upper({{ clean_text('country') }}) as country,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ versions_of_changes('links', 'clicks', 'typed', ['click_id']) }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when click_id is null or visitor_id is null then 'missing_key'
            when clicked_at is null then 'unparseable_time'
        end as broken_rule
    from current_rows
    where is_current
),

kept as (
    {{ keep_first_of_shared_key('judged', ['click_id']) }}
)

select * from kept
