-- The bonus is stated per campaign and per ad group. The levels are never added:
-- what a campaign has above its ad groups is a row of its own.
with levels as (
    select
        profile_id,
        event_date_source,
        campaign_id,
        report_level,
        ad_group_id,
        referral_bonus_minor,
        currency
    from {{ ref('stg_amazon_attribution__performance') }}
    where report_level in ('CAMPAIGN', 'ADGROUP') and referral_bonus_minor is not null
),

placed as (
    select
        profile_id,
        event_date_source,
        campaign_id,
        currency,
        cast(sum(referral_bonus_minor) as bigint) as bonus_minor
    from levels
    where report_level = 'ADGROUP'
    group by profile_id, event_date_source, campaign_id, currency
),

bonuses as (
    select
        profile_id,
        event_date_source,
        campaign_id,
        ad_group_id,
        referral_bonus_minor as accrued_minor,
        currency
    from levels
    where report_level = 'ADGROUP'
    union all
    select
        levels.profile_id,
        levels.event_date_source,
        levels.campaign_id,
        cast(null as {{ dbt.type_string() }}) as ad_group_id,
        levels.referral_bonus_minor - coalesce(placed.bonus_minor, 0) as accrued_minor,
        levels.currency
    from levels
    left join placed
        on placed.profile_id = levels.profile_id
        and placed.event_date_source = levels.event_date_source
        and placed.campaign_id = levels.campaign_id
        and placed.currency = levels.currency
    where levels.report_level = 'CAMPAIGN'
        and (placed.bonus_minor is null or placed.bonus_minor <> levels.referral_bonus_minor)
)

select
    bonuses.profile_id,
    accounts.market,
    bonuses.event_date_source,
    bonuses.campaign_id,
    bonuses.ad_group_id,
    bonuses.accrued_minor,
    -- No source says yet what was paid out.
    cast(null as bigint) as settled_minor,
    bonuses.currency
from bonuses
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'amazon_attribution'
    and accounts.account_id = bonuses.profile_id
