-- Links of Spark ads name the creator of an ad, and a code may name the post that it shows. Where neither does, she is
-- known by the account of the post.
with named as (
    select
        ad_id,
        ad_group_id,
        creator_id
    from {{ ref('stg_links__clicks') }}
    where ad_id is not null and ad_group_id is not null and creator_id is not null
    union
    select
        ads.ad_id,
        ads.ad_group_id,
        codes.creator_id
    from {{ ref('stg_tiktok_ads__ads') }} as ads
    join {{ ref('stg_reference__promo_codes') }} as codes
        on codes.content_id = ads.content_id
    where ads.ad_group_id is not null
)

select * from named
union all
select
    ads.ad_id,
    ads.ad_group_id,
    creators.creator_id
from {{ ref('stg_tiktok_ads__ads') }} as ads
join {{ ref('int_creators__by_content') }} as creators
    on creators.content_id = ads.content_id
left join named
    on named.ad_id = ads.ad_id
where named.ad_id is null and ads.ad_group_id is not null and creators.creator_id is not null
