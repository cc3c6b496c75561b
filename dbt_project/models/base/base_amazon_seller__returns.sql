with judged as (
    select * from {{ ref('base_amazon_seller__return_versions') }}
    where is_current
),

kept as (
    {{ keep_first_of_key('judged', ['order_id', 'sku', 'license_plate_number']) }}
)

select * from kept
