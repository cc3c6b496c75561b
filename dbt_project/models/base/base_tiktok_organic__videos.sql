{% set counters = [
    'likes', 'comments', 'shares', 'favorites', 'video_views', 'profile_views', 'new_followers', 'reach'
] -%}
{% set measures = ['video_duration', 'total_time_watched', 'average_time_watched', 'full_video_watched_rate'] -%}

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
        {% for name in counters -%}
        {{ whole_number(name) }} as {{ name }},
        {% endfor -%}
        {% for name in measures -%}
        {{ decimal_number(name) }} as {{ name }},
        {% endfor -%}
        (
            ({{ clean_text('create_time') }} is not null and {{ epoch_instant('create_time') }} is null)
            {% for name in counters -%}
            or {{ is_bad_whole_number(name) }}
            {% endfor -%}
            {% for name in measures -%}
            or {{ is_bad_decimal(name) }}
            {% endfor -%}
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
