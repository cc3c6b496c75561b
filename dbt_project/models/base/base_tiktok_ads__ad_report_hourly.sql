with landed as (
    select * from {{ raw_relation('tiktok_ads', 'ad_report_hourly') }}
),

typed as (
    select
        coalesce({{ clean_text('advertiser_id') }}, {{ clean_text('_account') }}) as advertiser_id,
        {{ clean_text('ad_id') }} as ad_id,
        {{ wall_hour('stat_time_hour') }} as event_hour_source,
        cast({{ wall_hour('stat_time_hour') }} as date) as event_date_source,
        {{ decimal_number('spend') }} as spend_amount,
        {{ whole_number('impressions') }} as impressions,
        {{ whole_number('clicks') }} as clicks,
        {{ whole_number('video_play_actions') }} as video_plays,
        {{ whole_number('video_watched_2s') }} as views_2s,
        {{ whole_number('video_watched_6s') }} as views_6s,
        {{ whole_number('likes') }} as likes,
        {{ whole_number('comments') }} as comments,
        {{ whole_number('shares') }} as shares,
        {{ whole_number('follows') }} as follows,
        {{ whole_number('profile_visits') }} as profile_visits,
        {{ whole_number('conversion') }} as conversions,
        (
            {{ is_bad_decimal('spend') }}
            or {{ is_bad_whole_number('impressions') }}
            or {{ is_bad_whole_number('clicks') }}
            or {{ is_bad_whole_number('video_play_actions') }}
            or {{ is_bad_whole_number('video_watched_2s') }}
            or {{ is_bad_whole_number('video_watched_6s') }}
            or {{ is_bad_whole_number('likes') }}
            or {{ is_bad_whole_number('comments') }}
            or {{ is_bad_whole_number('shares') }}
            or {{ is_bad_whole_number('follows') }}
            or {{ is_bad_whole_number('profile_visits') }}
            or {{ is_bad_whole_number('conversion') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('tiktok_ads', 'ad_report_hourly', 'typed', 'event_date_source') }}
),

-- In autumn one hour comes twice under one name; TikTok lists hours in order, so the first row is the earlier one.
counted as (
    select
        current_rows.*,
        row_number() over (
            partition by _commit, advertiser_id, ad_id, event_hour_source
            order by _row
        ) as hour_occurrence
    from current_rows
),

accounts as (
    select
        advertiser_id,
        max(currency) as currency,
        max(time_zone) as time_zone
    from {{ ref('base_tiktok_ads__advertisers') }}
    where reject_rule is null or reject_rule = 'unknown_currency'
    group by advertiser_id
),

placed as (
    select
        counted.*,
        account.currency,
        account.advertiser_id as known_advertiser_id,
        time_zones.time_zone,
        {{ hour_of_wall('counted.event_hour_source', 'time_zones.time_zone', 'counted.hour_occurrence') }}
            as event_hour_utc
    from counted
    left join accounts as account
        on account.advertiser_id = counted.advertiser_id
    left join {{ ref('time_zones') }} as time_zones
        on time_zones.time_zone = account.time_zone
),

judged as (
    select
        placed.*,
        {{ minor_units('placed.spend_amount', 'currencies.minor_units_per_unit') }} as spend_minor,
        case
            when _reject is not null then 'malformed'
            when advertiser_id is null or ad_id is null then 'missing_key'
            when event_hour_source is null then 'unparseable_date'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
            when known_advertiser_id is null then 'unknown_account'
            when currencies.currency is null then 'unknown_currency'
            when time_zone is null then 'unknown_time_zone'
            when event_hour_utc is null then 'impossible_hour'
        end as broken_rule
    from placed
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = placed.currency
),

kept as (
    {{ keep_first_of_key('judged', ['advertiser_id', 'ad_id', 'event_hour_utc']) }}
)

select * from kept
