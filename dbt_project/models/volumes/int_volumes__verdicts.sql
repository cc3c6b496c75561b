-- A jump of views that another report of the same account shows too is virality or a campaign, and no fault of the
-- reading.
-- Sales and clicks may jump where a market's views did. Nothing explains a fall.
with judged as (
    select *
    from {{ ref('int_volumes__judged') }}
    where source <> 'tiktok'
),

jumps as (
    select
        source,
        stream,
        account,
        market,
        event_date
    from {{ ref('int_volumes__judged') }}
    where is_views and z > {{ var('volume_confirming_z') }}
),

upward as (
    select
        judged.series_key,
        judged.event_date,
        max(case when jumps.source = judged.source then 1 else 0 end) = 1 as is_seen_elsewhere,
        max(case when jumps.source = 'tiktok' then 1 else 0 end) = 1 as is_viral_market
    from judged
    join jumps
        on (
            jumps.source = judged.source
            and jumps.account = judged.account
            and jumps.stream <> judged.stream
            and jumps.event_date between {{ add_days('judged.event_date', '-1') }}
            and {{ add_days('judged.event_date', '1') }}
        )
        or (
            jumps.source = 'tiktok'
            -- TikTok's own reports are what a market's views are added up from.
            and judged.source not in ('tiktok_ads', 'tiktok_organic')
            and jumps.market = judged.market
            and jumps.event_date between {{ add_days('judged.event_date', '-3') }} and judged.event_date
        )
    where judged.z > {{ var('volume_warn_z') }}
    group by judged.series_key, judged.event_date
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
        coalesce(upward.is_seen_elsewhere, false) as is_seen_elsewhere,
        coalesce(upward.is_viral_market, false) as is_viral_market,
        accepted.series_key is not null as is_accepted,
        judged.is_views and witnessed.series_key is null as is_unwitnessed
    from judged
    left join accepted
        on accepted.series_key = judged.series_key
        and accepted.event_date = judged.event_date
    left join upward
        on upward.series_key = judged.series_key
        and upward.event_date = judged.event_date
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
        when is_seen_elsewhere then 'explained'
        when z <= {{ var('volume_block_z') }} then case when is_viral_market then 'explained' else 'warn' end
        when is_viral_market or is_unwitnessed then 'warn'
        else 'block'
    end as verdict
from facts
