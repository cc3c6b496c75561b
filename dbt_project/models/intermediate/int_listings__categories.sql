-- One category per market and SKU, also when several ASINs carry the SKU.
select
    market,
    sku,
    min(asin) as asin,
    min(category) as category
from {{ ref('stg_reference__listings') }}
where sku is not null
group by market, sku
