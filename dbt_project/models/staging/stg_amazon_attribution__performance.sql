with accepted as (
    select
        *,
        {{ shows_nothing([
            'clicks', 'promoted_detail_page_views', 'promoted_add_to_carts', 'promoted_orders', 'promoted_units',
            'detail_page_views', 'add_to_carts', 'orders', 'units', 'promoted_sales_minor', 'sales_minor',
            'referral_bonus_minor'
        ]) }} as shows_nothing
    from {{ ref('base_amazon_attribution__performance') }}
    where reject_rule is null
),

judged as (
    select
        accepted.*,
        {{ is_masked(['profile_id', 'report_level', 'campaign_id', 'ad_group_id', 'creative_id']) }} as is_masked
    from accepted
)

select
    profile_id,
    report_level,
    event_date_source,
    campaign_id,
    ad_group_id,
    creative_id,
    publisher,
    is_masked,
    {{ unmasked('clicks') }} as clicks,
    {{ unmasked('promoted_detail_page_views') }} as promoted_detail_page_views,
    {{ unmasked('promoted_add_to_carts') }} as promoted_add_to_carts,
    {{ unmasked('promoted_orders') }} as promoted_orders,
    {{ unmasked('promoted_units') }} as promoted_units,
    {{ unmasked('detail_page_views') }} as detail_page_views,
    {{ unmasked('add_to_carts') }} as add_to_carts,
    {{ unmasked('orders') }} as orders,
    {{ unmasked('units') }} as units,
    {{ unmasked('promoted_sales_minor') }} as promoted_sales_minor,
    {{ unmasked('sales_minor') }} as sales_minor,
    {{ unmasked('referral_bonus_minor') }} as referral_bonus_minor,
    currency
from judged
