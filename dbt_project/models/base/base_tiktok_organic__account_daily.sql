{% set counts = [
    'video_views', 'unique_video_views', 'profile_views', 'likes', 'comments', 'shares', 'bio_link_clicks',
    'daily_new_followers', 'daily_lost_followers', 'followers_count', 'videos_count'
] -%}

with landed as (
    select * from {{ raw_relation('tiktok_organic', 'account_daily') }}
),

typed as (
    select
        coalesce({{ clean_text('business_id') }}, {{ clean_text('_account') }}) as business_id,
        {{ iso_date('date') }} as event_date_source,
        {{ clean_text('username') }} as username,
        {% for name in counts -%}
        {{ whole_number(name) }} as {{ name }},
        {% endfor -%}
        (
            {% for name in counts -%}
            {{ 'or ' if not loop.first }}{{ is_bad_whole_number(name) }}
            {% endfor -%}
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
