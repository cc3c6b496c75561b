with landed as (
    select * from {{ raw_relation('events', 'touchpoints') }}
),

typed as (
    select
        {{ clean_text('touchpoint_id') }} as touchpoint_id,
        {{ clean_text('journey_key') }} as journey_key,
        {{ utc_instant('occurred_at') }} as occurred_at,
        lower({{ clean_text('touch_type') }}) as touch_type,
        {{ clean_text('channel') }} as channel,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('ad_group_id') }} as ad_group_id,
        {{ clean_text('ad_id') }} as ad_id,
        {{ clean_text('content_id') }} as content_id,
        {{ clean_text('creator_id') }} as creator_id,
        {{ clean_text('market') }} as market,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ versions_of_changes('events', 'touchpoints', 'typed', ['touchpoint_id']) }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when touchpoint_id is null or journey_key is null then 'missing_key'
            when channel is null then 'missing_channel'
            when occurred_at is null then 'unparseable_time'
            when touch_type is null
                or touch_type not in ('impression', 'view_2s', 'view_6s', 'engagement', 'click')
                then 'invalid_touch_type'
        end as broken_rule
    from current_rows
    where is_current
),

kept as (
    {{ keep_first_of_shared_key('judged', ['touchpoint_id']) }}
)

select * from kept
