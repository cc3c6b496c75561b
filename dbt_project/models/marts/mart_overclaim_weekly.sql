select
    {{ start_of('week', 'event_date') }} as week_start,
    claim_platform,
    claim_method,
    claim_scope,
    market,
    count(*) as days,
    cast(sum(claimed_orders) as bigint) as claimed_orders,
    cast(sum(masked_claims) as bigint) as masked_claims,
    cast(sum(placed_orders) as bigint) as placed_orders,
    cast(sum(ledger_orders) as bigint) as ledger_orders,
    cast(cast(sum(claimed_orders) as double) / nullif(sum(ledger_orders), 0) as double) as overclaim_ratio
from {{ ref('mart_platform_reconciliation') }}
group by {{ start_of('week', 'event_date') }}, claim_platform, claim_method, claim_scope, market
