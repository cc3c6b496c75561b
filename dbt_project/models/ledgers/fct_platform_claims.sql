select * from {{ ref('int_claims__amazon_attribution') }}
union all
select * from {{ ref('int_claims__amazon_ads') }}
union all
select * from {{ ref('int_claims__tiktok') }}
