select
    creator_id,
    market,
    {{ start_of('month', 'event_date') }} as month_start,
    currency,
    {{ from_micro('coalesce(sum(order_micro), 0)') }} as orders,
    {{ from_micro('coalesce(sum(retained_order_micro), 0)') }} as retained_orders,
    cast(coalesce(sum(case when kind = 'promo_code' then amount_minor end), 0) as bigint)
        as promo_code_net_minor,
    cast(coalesce(sum(case when kind = 'shop_affiliate' then amount_minor end), 0) as bigint)
        as shop_affiliate_net_minor,
    cast(coalesce(sum(case when kind = 'identity' then amount_minor end), 0) as bigint)
        as identity_net_minor,
    cast(coalesce(sum(case when kind = 'event' then amount_minor end), 0) as bigint)
        as event_net_minor,
    cast(coalesce(sum(case when kind = 'tag' then amount_minor end), 0) as bigint)
        as tag_net_minor,
    cast(coalesce(sum(case when kind = 'spend' then amount_minor end), 0) as bigint)
        as spend_minor,
    cast(coalesce(sum(case when kind = 'platform_fee' then amount_minor end), 0) as bigint)
        as platform_fees_minor,
    cast(coalesce(sum(case when kind = 'commission_expected' then amount_minor end), 0) as bigint)
        as commission_expected_minor,
    cast(coalesce(sum(case when kind = 'commission_settled' then amount_minor end), 0) as bigint)
        as commission_settled_minor,
    cast(coalesce(sum(case when kind = 'referral_bonus' then amount_minor end), 0) as bigint)
        as referral_bonus_accrued_minor
from {{ ref('int_creators__money') }}
where creator_id is not null
group by creator_id, market, {{ start_of('month', 'event_date') }}, currency
