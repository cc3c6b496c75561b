-- The order itself names the recipient, who takes the whole line in every model; a code outranks an affiliate.
with coded as (
    select
        conversion_id,
        concat('promo:', code) as touchpoint_id,
        channel,
        content_id,
        creator_id,
        'promo_code' as evidence
    from {{ ref('int_promo__matched_lines') }}
),

affiliated as (
    select
        affiliates.conversion_id,
        concat('affiliate:', affiliates.creator_username) as touchpoint_id,
        'tiktok_creators' as channel,
        affiliates.content_id,
        affiliates.creator_id,
        'shop_affiliate' as evidence
    from {{ ref('int_orders__affiliate_lines') }} as affiliates
    left join coded
        on coded.conversion_id = affiliates.conversion_id
    where coded.conversion_id is null
),

linked as (
    select * from coded
    union all
    select * from affiliated
)

select
    conversion_id,
    {{ line_key('conversion_id') }} as line_key,
    concat('touch:', touchpoint_id) as recipient_key,
    touchpoint_id,
    channel,
    content_id,
    creator_id,
    evidence,
    'line' as credit_resolution
from linked
