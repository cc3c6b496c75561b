with landed as (
    select * from {{ raw_relation('tiktok_ads', 'ad_report_daily') }}
),

typed as (
    select
        coalesce({{ clean_text('advertiser_id') }}, {{ clean_text('_account') }}) as advertiser_id,
        {{ clean_text('ad_id') }} as ad_id,
        {{ iso_date('stat_time_day') }} as event_date_source,
        {{ decimal_number('spend') }} as spend_amount,
        {{ whole_number('impressions') }} as impressions,
        {{ whole_number('clicks') }} as clicks,
        {{ whole_number('reach') }} as reach,
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
            or {{ is_bad_whole_number('reach') }}
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
    {{ current_in_window('tiktok_ads', 'ad_report_daily', 'typed', 'event_date_source') }}
),

accounts as (
    select
        advertiser_id,
        max(currency) as currency
    from {{ ref('base_tiktok_ads__advertisers') }}
    where reject_rule is null or reject_rule = 'unknown_currency'
    group by advertiser_id
),

judged as (
    select
        current_rows.*,
        account.currency,
        {{ minor_units('current_rows.spend_amount', 'currencies.minor_units_per_unit') }} as spend_minor,
        case
            when _reject is not null then 'malformed'
            when current_rows.advertiser_id is null or ad_id is null then 'missing_key'
            when event_date_source is null then 'unparseable_date'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
            when account.advertiser_id is null then 'unknown_account'
            when currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from current_rows
    left join accounts as account
        on account.advertiser_id = current_rows.advertiser_id
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = account.currency
),

kept as (
    {{ keep_first_of_key('judged', ['advertiser_id', 'ad_id', 'event_date_source']) }}
)

select * from kept
