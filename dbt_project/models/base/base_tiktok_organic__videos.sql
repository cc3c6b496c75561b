with landed as (
    select * from {{ raw_relation('tiktok_organic', 'videos') }}
),

typed as (
    select
        coalesce({{ clean_text('business_id') }}, {{ clean_text('_account') }}) as business_id,
        {{ clean_text('item_id') }} as item_id,
        {{ iso_date('snapshot_date') }} as snapshot_date,
        {{ epoch_instant('create_time') }} as published_at,
        {{ clean_text('caption') }} as caption,
        {{ clean_text('share_url') }} as share_url,
        {{ clean_text('media_type') }} as media_type,
        case {{ clean_text('is_ad') }} when 'true' then true when 'false' then false end as is_ad,
        {{ whole_number('likes') }} as likes,
        {{ whole_number('comments') }} as comments,
        {{ whole_number('shares') }} as shares,
        {{ whole_number('favorites') }} as favorites,
        {{ whole_number('video_views') }} as video_views,
        {{ whole_number('profile_views') }} as profile_views,
        {{ whole_number('new_followers') }} as new_followers,
        {{ whole_number('reach') }} as reach,
        {{ decimal_number('video_duration') }} as video_duration,
        {{ decimal_number('total_time_watched') }} as total_time_watched,
        {{ decimal_number('average_time_watched') }} as average_time_watched,
        {{ decimal_number('full_video_watched_rate') }} as full_video_watched_rate,
        (
            ({{ clean_text('create_time') }} is not null and {{ epoch_instant('create_time') }} is null)
            or {{ is_bad_whole_number('likes') }}
            or {{ is_bad_whole_number('comments') }}
            or {{ is_bad_whole_number('shares') }}
            or {{ is_bad_whole_number('favorites') }}
            or {{ is_bad_whole_number('video_views') }}
            or {{ is_bad_whole_number('profile_views') }}
            or {{ is_bad_whole_number('new_followers') }}
            or {{ is_bad_whole_number('reach') }}
            or {{ is_bad_decimal('video_duration') }}
            or {{ is_bad_decimal('total_time_watched') }}
            or {{ is_bad_decimal('average_time_watched') }}
            or {{ is_bad_decimal('full_video_watched_rate') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('tiktok_organic', 'videos', 'typed', 'snapshot_date') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when business_id is null or item_id is null then 'missing_key'
            when snapshot_date is null then 'unparseable_date'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['item_id', 'snapshot_date']) }}
)

select * from kept
