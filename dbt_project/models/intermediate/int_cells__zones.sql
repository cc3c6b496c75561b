-- Amazon counts a purchase's day in the profile's zone. Should a market have several profiles, the first id's counts.
with profiles as (
    select
        accounts.market,
        coalesce(known.time_zone, markets.time_zone) as time_zone,
        row_number() over (
            partition by accounts.market
            order by case when known.time_zone is null then 1 else 0 end, profiles.profile_id
        ) as place
    from {{ ref('stg_amazon_attribution__profiles') }} as profiles
    join {{ ref('int_accounts__markets') }} as accounts
        on accounts.platform = 'amazon_attribution'
        and accounts.account_id = profiles.profile_id
    join {{ ref('stg_reference__markets') }} as markets
        on markets.market = accounts.market
    left join {{ ref('time_zones') }} as known
        on known.time_zone = profiles.time_zone
)

select
    market,
    time_zone
from profiles
where place = 1
