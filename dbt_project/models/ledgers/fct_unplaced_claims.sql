with unplaced as (
    select
        nullif(claims.market, '') as market,
        claims.claim_date as event_date_source,
        claims.campaign_id,
        claims.ad_group_id,
        claims.asin,
        case
            when claims.is_cross_market then 'cross_market'
            when not claims.is_listed then 'off_catalogue'
            else 'no_lines'
        end as unplaced_reason,
        case when claims.is_cross_market then claims.claimed_micro else placed.unplaced_micro end as unplaced_micro
    from {{ ref('int_cells__claims') }} as claims
    left join {{ ref('int_cells__placements') }} as placed
        on placed.market = claims.market
        and placed.asin = claims.asin
        and placed.claim_date = claims.claim_date
        and placed.ad_group_id = claims.ad_group_id
        and placed.code_weight_micro = {{ code_claim_weight_micro() }}
    union all
    select
        nullif(market, '') as market,
        claim_date as event_date_source,
        campaign_id,
        ad_group_id,
        cast(null as {{ dbt.type_string() }}) as asin,
        'no_asin' as unplaced_reason,
        unplaced_micro
    from {{ ref('int_cells__claims_without_asin') }}
)

select * from unplaced
where unplaced_micro > 0
