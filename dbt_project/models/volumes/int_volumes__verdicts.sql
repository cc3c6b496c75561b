-- A jump of views that another report of the same account shows too is virality or a campaign, and no fault of the
-- reading. Sales and clicks may jump as far as the market's attention did. Nothing explains a fall.
with judged as (
    select *
    from {{ ref('int_volumes__judged') }}
    where source <> 'tiktok'
),

-- Whether another report of the same account's views could have told.
witnessed as (
    select distinct
        judged.series_key,
        judged.event_date
    from judged
    join judged as witness
        on witness.source = judged.source
        and witness.account = judged.account
        and witness.event_date = judged.event_date
        and witness.stream <> judged.stream
    where judged.z > {{ var('volume_block_z') }} and witness.is_views and witness.z is not null
),

accepted as (
    select distinct
        series_key,
        {{ each_day('first_date', 'last_date') }} as event_date
    from {{ source('raw', 'accepted_volumes') }}
),

facts as (
    select
        judged.*,
        coalesce(reasons.is_seen_elsewhere, false) as is_seen_elsewhere,
        coalesce(reasons.is_viral_market, false) as is_viral_market,
        reasons.market_ratio,
        reasons.new_post_views,
        case when reasons.series_key is not null then
            {{ distance_evened(
                'judged.events',
                'greatest(judged.events_high * reasons.market_ratio + reasons.new_post_views, judged.events_allowed)',
                'judged.scatter_squared'
            ) }}
        end as unexplained_z,
        accepted.series_key is not null as is_accepted,
        judged.is_views and witnessed.series_key is null as is_unwitnessed
    from judged
    left join accepted
        on accepted.series_key = judged.series_key
        and accepted.event_date = judged.event_date
    left join {{ ref('int_volumes__reasons') }} as reasons
        on reasons.series_key = judged.series_key
        and reasons.event_date = judged.event_date
    left join witnessed
        on witnessed.series_key = judged.series_key
        and witnessed.event_date = judged.event_date
)

select
    *,
    event_date > {{ add_days('last_date', '-7') }} as is_newest,
    case
        when z is null then 'not_enough_history'
        when abs(z) > {{ var('volume_warn_z') }} and is_accepted then 'accepted'
        when z < -{{ var('volume_block_z') }} then 'block'
        when z < -{{ var('volume_warn_z') }} then 'warn'
        when z <= {{ var('volume_warn_z') }} then 'usual'
        when is_seen_elsewhere or unexplained_z <= {{ var('volume_warn_z') }} then 'explained'
        when unexplained_z <= {{ var('volume_block_z') }} or is_viral_market or is_unwitnessed then 'warn'
        else 'block'
    end as verdict
from facts
