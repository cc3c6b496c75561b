with claims as (
    select
        claims.event_date_source as event_date,
        claims.claim_platform,
        claims.claim_method,
        claims.claim_scope,
        claims.market,
        coalesce(markets.currency, max(claims.currency)) as currency,
        cast(sum(claims.claimed_orders) as bigint) as claimed_orders,
        count(*) - count(claims.claimed_orders) as masked_claims,
        -- Claims in another currency than the market's are counted as orders and left out of the money.
        cast(sum(
            case when claims.currency = coalesce(markets.currency, claims.currency) then claims.claimed_amount_minor end
        ) as bigint) as claimed_amount_minor
    from {{ ref('fct_platform_claims') }} as claims
    left join {{ ref('dim_markets') }} as markets
        on markets.market = claims.market
    group by
        claims.event_date_source, claims.claim_platform, claims.claim_method, claims.claim_scope, claims.market,
        markets.currency
),

ledger as (
    select
        lines.event_date_market as event_date,
        lines.platform,
        lines.market,
        markets.currency,
        count(distinct lines.order_id) as placed_orders,
        count(distinct case when {{ is_retained('lines.conversion_status') }} then lines.order_id end)
            as retained_orders,
        cast(sum(case when lines.currency = markets.currency then lines.net_amount_minor end) as bigint)
            as net_amount_minor
    from {{ ref('fct_order_lines') }} as lines
    join {{ ref('dim_markets') }} as markets
        on markets.market = lines.market
    group by lines.event_date_market, lines.platform, lines.market, markets.currency
),

linked as (
    select
        event_date_market as event_date,
        platform,
        market,
        sum(retained_order_micro) as order_micro
    from {{ ref('int_attribution__order_credit') }}
    where attribution_model = '{{ var("headline_model") }}'
        and evidence in ('promo_code', 'identity', 'shop_affiliate')
    group by event_date_market, platform, market
),

methods as (
    select distinct
        claim_platform,
        claim_method,
        claim_scope,
        market
    from claims
),

keys as (
    select
        event_date,
        claim_platform,
        claim_method,
        claim_scope,
        market
    from claims
    union
    select
        ledger.event_date,
        methods.claim_platform,
        methods.claim_method,
        methods.claim_scope,
        ledger.market
    from ledger
    join methods
        on methods.market = ledger.market
        and methods.claim_scope = ledger.platform
)

select
    keys.event_date,
    keys.claim_platform,
    keys.claim_method,
    keys.claim_scope,
    keys.market,
    coalesce(claims.claimed_orders, 0) as claimed_orders,
    coalesce(claims.masked_claims, 0) as masked_claims,
    claims.claimed_amount_minor,
    coalesce(ledger.placed_orders, 0) as placed_orders,
    coalesce(ledger.retained_orders, 0) as ledger_orders,
    coalesce(ledger.net_amount_minor, 0) as ledger_net_amount_minor,
    {{ from_micro('coalesce(linked.order_micro, 0)') }} as linked_orders,
    coalesce(claims.currency, ledger.currency) as currency
from keys
left join claims
    on claims.event_date = keys.event_date
    and claims.claim_platform = keys.claim_platform
    and claims.claim_method = keys.claim_method
    and claims.market is not distinct from keys.market
left join ledger
    on ledger.event_date = keys.event_date
    and ledger.platform = keys.claim_scope
    and ledger.market = keys.market
left join linked
    on linked.event_date = keys.event_date
    and linked.platform = keys.claim_scope
    and linked.market = keys.market
