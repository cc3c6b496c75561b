with landed as (
    select * from {{ raw_relation('tiktok_organic', 'account_daily') }}
),

typed as (
    select
        coalesce({{ clean_text('business_id') }}, {{ clean_text('_account') }}) as business_id,
        {{ iso_date('date') }} as event_date_source,
        {{ clean_text('username') }} as username,
        {{ whole_number('video_views') }} as video_views,
        {{ whole_number('unique_video_views') }} as unique_video_views,
        {{ whole_number('profile_views') }} as profile_views,
        {{ whole_number('likes') }} as likes,
        {{ whole_number('comments') }} as comments,
        {{ whole_number('shares') }} as shares,
        {{ whole_number('bio_link_clicks') }} as bio_link_clicks,
        {{ whole_number('daily_new_followers') }} as daily_new_followers,
        {{ whole_number('daily_lost_followers') }} as daily_lost_followers,
        {{ whole_number('followers_count') }} as followers_count,
        {{ whole_number('videos_count') }} as videos_count,
        (
            {{ is_bad_whole_number('video_views') }}
            or {{ is_bad_whole_number('unique_video_views') }}
            or {{ is_bad_whole_number('profile_views') }}
            or {{ is_bad_whole_number('likes') }}
            or {{ is_bad_whole_number('comments') }}
            or {{ is_bad_whole_number('shares') }}
            or {{ is_bad_whole_number('bio_link_clicks') }}
            or {{ is_bad_whole_number('daily_new_followers') }}
            or {{ is_bad_whole_number('daily_lost_followers') }}
            or {{ is_bad_whole_number('followers_count') }}
            or {{ is_bad_whole_number('videos_count') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('tiktok_organic', 'account_daily', 'typed', 'event_date_source') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when business_id is null then 'missing_key'
            when event_date_source is null then 'unparseable_date'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['business_id', 'event_date_source']) }}
)

select * from kept
