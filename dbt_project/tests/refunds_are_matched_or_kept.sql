-- What came back is in the order ledger or in fct_unmatched_refunds: money of TikTok Shop by currency, units of Amazon.
with stated as (
    select
        'tiktok_shop' as platform,
        refunds.currency,
        sum({{ money_gone_back('refunds') }}) as amount
    from {{ ref('stg_tiktok_shop__refunds') }} as refunds
    group by refunds.currency
    union all
    select
        'amazon' as platform,
        '' as currency,
        sum(direction * (units_upto - units_before)) as amount
    from {{ ref('int_orders__returned_units') }}
),

matched as (
    select
        lines.platform,
        coalesce(refunded.currency, '') as currency,
        sum(refunded.refund_minor + refunded.returned_units) as amount
    from {{ ref('int_orders__refunded') }} as refunded
    join {{ ref('int_conversions__refunded') }} as lines
        on lines.conversion_id = refunded.conversion_id
        and lines.currency = coalesce(refunded.currency, lines.currency)
    group by lines.platform, coalesce(refunded.currency, '')
),

unmatched as (
    select
        platform,
        coalesce(currency, '') as currency,
        sum(coalesce(refund_minor, 0) + coalesce(returned_units, 0)) as amount
    from {{ ref('fct_unmatched_refunds') }}
    group by platform, coalesce(currency, '')
)

select
    stated.platform,
    stated.currency,
    stated.amount as stated_amount,
    matched.amount as matched_amount,
    unmatched.amount as unmatched_amount
from stated
left join matched
    on matched.platform = stated.platform
    and matched.currency = stated.currency
left join unmatched
    on unmatched.platform = stated.platform
    and unmatched.currency = stated.currency
where coalesce(stated.amount, 0) <> coalesce(matched.amount, 0) + coalesce(unmatched.amount, 0)
