-- Money that TikTok Shop gave back and that lowers no line of the ledger.
with orders as (
    select distinct order_id
    from {{ ref('base_tiktok_shop__orders') }}
    where order_id is not null
),

units as (
    select
        conversion_id,
        max(case when reject_rule is null and order_origin <> 'own_sale' then 1 else 0 end) as is_no_sale,
        max(case when reject_rule is not null then 1 else 0 end) as is_rejected
    from {{ ref('base_tiktok_shop__orders') }}
    where order_id is not null and line_item_id is not null
    group by conversion_id
),

refunds as (
    select
        stated.*,
        {{ shop_line_id('stated.order_id', 'stated.line_item_id') }} as conversion_id,
        {{ money_gone_back('stated') }} as gone_back_minor
    from {{ ref('stg_tiktok_shop__refunds') }} as stated
)

select
    'tiktok_shop' as platform,
    accounts.market,
    refunds.order_id,
    concat(refunds.return_id, '|', refunds.return_line_item_id) as return_key,
    refunds.seller_sku as sku,
    case
        when orders.order_id is null then 'unknown_order'
        when units.is_no_sale = 1 then 'no_sale'
        when units.is_rejected = 1 then 'line_in_quarantine'
        when units.conversion_id is null then 'unknown_line'
        else 'other_currency'
    end as unmatched_reason,
    refunds.gone_back_minor as refund_minor,
    refunds.currency,
    cast(null as bigint) as returned_units,
    refunds.updated_at as event_at,
    refunds.first_known_at
from refunds
left join orders
    on orders.order_id = refunds.order_id
left join units
    on units.conversion_id = refunds.conversion_id
left join {{ ref('int_conversions__from_tiktok_shop') }} as lines
    on lines.conversion_id = refunds.conversion_id
    and lines.currency = refunds.currency
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_shop'
    and accounts.account_id = refunds.shop_id
where refunds.gone_back_minor > 0 and lines.conversion_id is null
