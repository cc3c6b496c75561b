-- The markets that a tag's ads sell in, by the tag register and by where the ads lead.
select
    ad_group_id,
    market
from {{ ref('stg_reference__tags') }}
where ad_group_id is not null
union
select
    ad_group_id,
    market
from {{ ref('int_ads__placed') }}
where ad_group_id is not null and market is not null
