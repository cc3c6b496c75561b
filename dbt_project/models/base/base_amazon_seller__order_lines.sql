select * from {{ ref('base_amazon_seller__order_line_versions') }}
where is_current
