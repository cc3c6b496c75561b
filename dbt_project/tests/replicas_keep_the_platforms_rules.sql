-- I12: what the replicas credit, the platforms' own rules would: Amazon clicks of a fortnight before its orders, TikTok
-- its own clicks of a week and its own views of a day.
with touched as (
    select
        credit.conversion_id,
        credit.touchpoint_id,
        credit.amazon_14d_last_click_credit_micro as amazon_micro,
        credit.tiktok_7c1v_credit_micro as tiktok_micro,
        lines.platform,
        touches.touch_type,
        lower(touches.channel) as channel,
        lines.converted_us - touches.occurred_us as age_us
    from {{ ref('fct_attribution_credit_wide') }} as credit
    join {{ ref('int_conversions__converted') }} as lines
        on lines.conversion_id = credit.conversion_id
    join {{ ref('int_touchpoints__unified') }} as touches
        on touches.platform = lines.platform
        and touches.journey_key = lines.journey_key
        and touches.touchpoint_id = credit.touchpoint_id
    where credit.evidence in ('identity', 'event')
)

select *
from touched
where (amazon_micro > 0 and (platform <> 'amazon' or touch_type <> 'click' or age_us >= 14 * 86400000000))
    or (tiktok_micro > 0 and (
        channel not like 'tiktok%'
        or age_us >= case when touch_type = 'click' then 7 else 1 end * 86400000000
    ))
