-- A settled fee replaces its estimate, so that the two are never added up.
with contracts as (
    select
        lines.conversion_id,
        rates.commission_rate,
        row_number() over (
            partition by lines.conversion_id
            order by rates.valid_from desc
        ) as place
    from {{ ref('int_conversions__converted') }} as lines
    join {{ ref('int_orders__affiliate_lines') }} as affiliates
        on affiliates.conversion_id = lines.conversion_id
    join {{ ref('stg_reference__commission_rates') }} as rates
        on rates.creator_id = affiliates.creator_id
        and rates.valid_from <= lines.converted_at
        and (rates.valid_to is null or lines.converted_at < rates.valid_to)
),

commissions as (
    select
        affiliates.*,
        lines.market,
        lines.platform,
        lines.net_amount_minor,
        lines.event_date_market,
        coalesce(affiliates.settlement_status in ('settled', 'ineligible'), false) as is_settled,
        -- What went back before the settlement takes its share of the commission along.
        case
            when lines.sale_minor > 0 then {{ mul_div_half_even(
                'affiliates.estimated_commission_minor', 'lines.net_amount_minor', 'lines.sale_minor'
            ) }}
            else 0
        end as reduced_minor,
        cast({{ round_half_even('lines.net_amount_minor * contracts.commission_rate') }} as bigint)
            as by_contract_minor
    from {{ ref('int_orders__affiliate_lines') }} as affiliates
    join {{ ref('int_conversions__converted') }} as lines
        on lines.conversion_id = affiliates.conversion_id
    left join contracts
        on contracts.conversion_id = affiliates.conversion_id
        and contracts.place = 1
    where lines.net_amount_minor is not null and lines.conversion_status <> 'cancelled'
),

charged as (
    select
        fees.conversion_id,
        fees.fee,
        cast(null as {{ dbt.type_string() }}) as creator_id,
        lines.platform,
        lines.market,
        lines.event_date_market,
        fees.base_minor,
        fees.estimated_minor,
        cast(null as bigint) as settled_minor,
        fees.currency
    from {{ ref('int_orders__platform_fees') }} as fees
    join {{ ref('int_conversions__converted') }} as lines
        on lines.conversion_id = fees.conversion_id
    union all
    select
        conversion_id,
        'affiliate_commission' as fee,
        creator_id,
        platform,
        market,
        event_date_market,
        net_amount_minor as base_minor,
        -- TikTok's own estimate; the contract's rate where it gives none.
        coalesce(reduced_minor, by_contract_minor) as estimated_minor,
        case when is_settled then coalesce(actual_commission_minor, 0) end as settled_minor,
        currency
    from commissions
)

select
    charged.*,
    coalesce(settled_minor, estimated_minor) as fee_minor,
    settled_minor is not null as is_settled
from charged
