-- Nothing reports the creator of an ad: links of Spark ads name them, and a code may name the post that an ad shows.
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
