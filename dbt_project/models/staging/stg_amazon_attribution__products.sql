with accepted as (
    select
        *,
        {{ shows_nothing([
            'promoted_detail_page_views', 'promoted_add_to_carts', 'promoted_orders', 'promoted_units',
            'halo_detail_page_views', 'halo_add_to_carts', 'halo_orders', 'halo_units', 'promoted_sales_minor',
            'halo_sales_minor'
        ]) }} as shows_nothing
    from {{ ref('base_amazon_attribution__products') }}
    where reject_rule is null
),

judged as (
    select
        accepted.*,
        {{ is_masked(['profile_id', 'campaign_id', 'ad_group_id']) }} as is_masked
    from accepted
)

select
    profile_id,
    event_date_source,
    campaign_id,
    ad_group_id,
    publisher,
    asin,
    product_name,
    conversion_type,
    is_masked,
    {{ unmasked('promoted_detail_page_views') }} as promoted_detail_page_views,
    {{ unmasked('promoted_add_to_carts') }} as promoted_add_to_carts,
    {{ unmasked('promoted_orders') }} as promoted_orders,
    {{ unmasked('promoted_units') }} as promoted_units,
    {{ unmasked('halo_detail_page_views') }} as halo_detail_page_views,
    {{ unmasked('halo_add_to_carts') }} as halo_add_to_carts,
    {{ unmasked('halo_orders') }} as halo_orders,
    {{ unmasked('halo_units') }} as halo_units,
    {{ unmasked('promoted_new_to_brand_orders') }} as promoted_new_to_brand_orders,
    {{ unmasked('halo_new_to_brand_orders') }} as halo_new_to_brand_orders,
    {{ unmasked('promoted_sales_minor') }} as promoted_sales_minor,
    {{ unmasked('halo_sales_minor') }} as halo_sales_minor,
    currency
from judged
