-- Lines elsewhere than in a claimed cell or beside one cannot get a tag's credit.
with claimed as (
    select distinct
        market,
        asin,
        claim_date
    from {{ ref('int_cells__claims') }}
    where not is_cross_market
),

reached as (
    select
        market,
        asin,
        claim_date as cell_date
    from claimed
    union
    select
        market,
        asin,
        {{ add_days('claim_date', -1) }} as cell_date
    from claimed
    union
    select
        market,
        asin,
        {{ add_days('claim_date', 1) }} as cell_date
    from claimed
),

placed as (
    select
        lines.conversion_id,
        lines.line_key,
        lines.order_id,
        lines.market,
        lines.asin,
        {{ date_in_zone('lines.converted_at', 'zones.time_zone') }} as cell_date,
        lines.converted_us,
        lines.journey_key,
        lines.net_amount_minor,
        lines.currency,
        -- Claims are net of cancellations and returns, so only what is kept can have been claimed.
        {{ is_retained('lines.conversion_status') }} as is_retained
    from {{ ref('int_conversions__converted') }} as lines
    join {{ ref('int_cells__zones') }} as zones
        on zones.market = lines.market
    where lines.platform = 'amazon'
),

journeys as (
    select line_key
    from {{ ref('int_journeys__lines') }}
    where eligible_touches > 0
)

select
    placed.*,
    promo.creator_id as code_creator_id,
    promo.conversion_id is not null as has_code,
    promo.conversion_id is not null or journeys.line_key is not null as is_order_linked
from placed
join reached
    on reached.market = placed.market
    and reached.asin = placed.asin
    and reached.cell_date = placed.cell_date
left join {{ ref('int_promo__matched_lines') }} as promo
    on promo.conversion_id = placed.conversion_id
left join journeys
    on journeys.line_key = placed.line_key
