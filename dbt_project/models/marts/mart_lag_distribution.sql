-- Kaplan and Meier's curve, read at fixed lags: what is cut off leaves the number at risk and counts as nothing else.
with listed as (
    select bounds.*
    from (
        values
        (1, '1h', 0, 1), (2, '6h', 1, 6), (3, '1d', 6, 24), (4, '2d', 24, 48), (5, '3d', 48, 72), (6, '5d', 72, 120),
        (7, '7d', 120, 168), (8, '10d', 168, 240), (9, '14d', 240, 336), (10, '21d', 336, 504), (11, '28d', 504, 672),
        (12, '45d', 672, 1080), (13, '60d', 1080, 1440), (14, '90d', 1440, 2160)
    ) as bounds (bucket_order, bucket, after_hours, upto_hours)
),

-- A purchase at the instant of the click is in the first bucket.
buckets as (
    select
        listed.*,
        after_hours * 3600000000 - case when bucket_order = 1 then 1 else 0 end as after_us,
        upto_hours * 3600000000 as upto_us
    from listed
),

spells as (
    select * from {{ ref('int_lags__spells') }}
),

moments as (
    select
        platform,
        market,
        lag_us,
        sum(is_purchase) as purchases,
        sum(count(*)) over (
            partition by platform, market
            order by lag_us desc
            rows between unbounded preceding and current row
        ) as at_risk
    from spells
    group by platform, market, lag_us
),

curve as (
    select
        moments.*,
        max(case when purchases = at_risk then 1 else 0 end) over (
            partition by platform, market
            order by lag_us
            rows between unbounded preceding and current row
        ) as is_nobody_left,
        sum(
            case when purchases < at_risk then ln(1.0 - cast(purchases as double) / cast(at_risk as double)) else 0 end
        ) over (
            partition by platform, market
            order by lag_us
            rows between unbounded preceding and current row
        ) as log_survival
    from moments
),

placed as (
    select
        spells.*,
        buckets.bucket_order,
        buckets.bucket,
        buckets.upto_hours,
        spells.lag_us > buckets.after_us as is_at_risk,
        spells.lag_us > buckets.after_us and spells.lag_us <= buckets.upto_us as is_in_bucket
    from spells
    cross join buckets
),

counted as (
    select
        platform,
        market,
        bucket_order,
        bucket,
        upto_hours,
        sum(case when is_at_risk then 1 else 0 end) as at_risk,
        sum(case when is_in_bucket then is_purchase else 0 end) as purchases,
        sum(case when is_in_bucket then 1 - is_purchase else 0 end) as cut_off
    from placed
    group by platform, market, bucket_order, bucket, upto_hours
),

survivals as (
    select
        counted.platform,
        counted.market,
        counted.bucket_order,
        min(case when curve.is_nobody_left = 1 then 0 else exp(curve.log_survival) end) as survival
    from counted
    join curve
        on curve.platform = counted.platform
        and curve.market = counted.market
        and curve.lag_us <= counted.upto_hours * 3600000000
    group by counted.platform, counted.market, counted.bucket_order
)

select
    counted.platform,
    counted.market,
    counted.bucket_order,
    counted.bucket,
    cast(counted.upto_hours as bigint) as upto_hours,
    cast(counted.at_risk as bigint) as spells_at_risk,
    cast(counted.purchases as bigint) as purchases,
    cast(counted.cut_off as bigint) as spells_cut_off,
    cast(round(coalesce(survivals.survival, 1) * 1000000) as bigint) as survival_micro
from counted
left join survivals
    on survivals.platform = counted.platform
    and survivals.market = counted.market
    and survivals.bucket_order = counted.bucket_order
