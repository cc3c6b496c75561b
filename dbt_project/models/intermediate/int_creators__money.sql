-- Every amount that belongs to a creator, one kind a row; credit names her itself.
{%- set upto = '(credit.headline_before_micro + credit.' ~ var('headline_model') ~ '_credit_micro)' %}
with credited as (
    select
        credit.creator_id,
        credit.market,
        credit.event_date_market as event_date,
        credit.currency,
        credit.evidence as kind,
        credit.order_micro,
        credit.retained_order_micro,
        credit.attributed_amount_minor as amount_minor
    from {{ ref('int_attribution__order_credit') }} as credit
    where credit.attribution_model = '{{ var("headline_model") }}'
        and credit.evidence <> 'unattributed'
),

commissions as (
    select
        creator_id,
        market,
        event_date_market as event_date,
        currency,
        case when is_settled then 'commission_settled' else 'commission_expected' end as kind,
        cast(null as bigint) as order_micro,
        cast(null as bigint) as retained_order_micro,
        fee_minor as amount_minor
    from {{ ref('fct_order_fees') }}
    where fee = 'affiliate_commission'
),

-- What a platform charges for a line is borne by the recipients of its credit, each by its share.
platform_fees as (
    select
        credit.creator_id,
        credit.market,
        fees.event_date_market as event_date,
        fees.currency,
        'platform_fee' as kind,
        cast(null as bigint) as order_micro,
        cast(null as bigint) as retained_order_micro,
        cast({{ amount_between('fees.fee_minor', upto, 'credit.headline_before_micro') }} as bigint) as amount_minor
    from {{ ref('fct_order_fees') }} as fees
    join {{ ref('fct_attribution_credit_wide') }} as credit
        on credit.conversion_id = fees.conversion_id
    where fees.fee <> 'affiliate_commission'
        and credit.evidence <> 'unattributed'
),

of_ads as (
    select
        ads.ad_id,
        ads.ad_group_id,
        ads.market,
        creators.creator_id
    from {{ ref('int_ads__placed') }} as ads
    left join {{ ref('int_creators__by_content') }} as creators
        on creators.content_id = ads.content_id
),

-- The bonus of an ad group is a creator's when all its ads show her posts.
of_ad_groups as (
    select
        ad_group_id,
        min(creator_id) as creator_id,
        min(market) as market
    from of_ads
    group by ad_group_id
    having count(distinct creator_id) = 1 and count(creator_id) = count(*)
)

select * from credited
union all
select * from commissions
union all
select * from platform_fees
union all
select
    of_ads.creator_id,
    of_ads.market,
    reports.event_date_source as event_date,
    reports.currency,
    'spend' as kind,
    null as order_micro,
    null as retained_order_micro,
    reports.spend_minor as amount_minor
from {{ ref('stg_tiktok_ads__ad_report_daily') }} as reports
join of_ads
    on of_ads.ad_id = reports.ad_id
union all
select
    of_ad_groups.creator_id,
    of_ad_groups.market,
    bonus.event_date_source as event_date,
    bonus.currency,
    'referral_bonus' as kind,
    null as order_micro,
    null as retained_order_micro,
    bonus.accrued_minor as amount_minor
from {{ ref('fct_referral_bonus') }} as bonus
join of_ad_groups
    on of_ad_groups.ad_group_id = bonus.ad_group_id
