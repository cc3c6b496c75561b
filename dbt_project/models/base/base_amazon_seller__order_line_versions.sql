with landed as (
    select * from {{ raw_relation('amazon_seller', 'order_lines') }}
),

typed as (
    select
        {{ clean_text('amazon_order_id') }} as order_id,
        {{ clean_text('merchant_order_id') }} as merchant_order_id,
        {{ clean_text('sku') }} as sku,
        upper({{ clean_text('asin') }}) as asin,
        coalesce({{ clean_text('marketplace_id') }}, {{ clean_text('_account') }}) as marketplace_id,
        {{ clean_text('product_name') }} as product_name,
        {{ utc_instant('purchase_date') }} as purchased_at,
        {{ utc_instant('last_updated_date') }} as last_updated_at,
        lower({{ clean_text('order_status') }}) as order_status,
        lower({{ clean_text('item_status') }}) as item_status,
        lower({{ clean_text('sales_channel') }}) as sales_channel,
        upper({{ clean_text('currency') }}) as stated_currency,
        {{ whole_number('quantity') }} as quantity,
        {{ decimal_number('item_price') }} as item_price,
        {{ decimal_number('item_tax') }} as item_tax,
        {{ decimal_number('item_promotion_discount') }} as item_discount,
        {{ clean_text('promotion_ids') }} as promotion_ids,
        (
            {{ is_bad_whole_number('quantity') }}
            or {{ is_bad_decimal('item_price') }}
            or {{ is_bad_decimal('item_tax') }}
            or {{ is_bad_decimal('item_promotion_discount') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

versions as (
    {{ versions_of_changes('amazon_seller', 'order_lines', 'typed', ['order_id']) }}
),

placed as (
    select
        versions.*,
        markets.market,
        {{ has_tax_on_top('markets.country') }} as has_tax_on_top,
        -- Pending lines come without a currency: theirs is the marketplace's.
        coalesce(versions.stated_currency, markets.currency) as currency,
        currencies.minor_units_per_unit,
        case
            when item_status = 'cancelled' or order_status = 'cancelled' then 'cancelled'
            when order_status like 'pending%' then 'pending'
            else 'confirmed'
        end as conversion_status
    from versions
    left join {{ ref('stg_reference__markets') }} as markets
        on markets.marketplace_id = versions.marketplace_id
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = coalesce(versions.stated_currency, markets.currency)
),

judged as (
    select
        placed.*,
        case
            when _reject is not null then 'malformed'
            when sales_channel like 'non-amazon%' and not ({{ is_released('non_amazon') }}) then 'non_amazon'
            when order_id is null or sku is null or asin is null then 'missing_key'
            when purchased_at is null or last_updated_at is null then 'unparseable_time'
            when has_bad_number then 'unparseable_number'
            when market is null then 'unknown_market'
            when minor_units_per_unit is null then 'unknown_currency'
            when item_price is null and conversion_status = 'confirmed' then 'missing_price'
        end as reject_rule
    from placed
),

numbered as (
    select
        judged.*,
        case when reject_rule is null then row_number() over (
            partition by _commit, order_id, sku, asin, reject_rule
            order by quantity nulls first, item_price nulls first, _row
        ) end as line_ordinal
    from judged
),

priced as (
    select
        numbered.*,
        {{ minor_units('item_price', 'minor_units_per_unit') }} as gross_amount_minor,
        {{ minor_units('item_tax', 'minor_units_per_unit') }} as tax_minor,
        {{ minor_units('item_discount', 'minor_units_per_unit') }} as discount_minor
    from numbered
)

select
    priced.*,
    -- The order's own first commit may have been without this line.
    min(known_at) over (partition by order_id, sku, asin, line_ordinal) as line_first_known_at,
    case when reject_rule is null then md5(concat(
        order_id, '|', sku, '|', asin, '|', cast(line_ordinal as {{ dbt.type_string() }})
    )) end as conversion_id,
    case
        when conversion_status = 'cancelled' then 0
        when gross_amount_minor is null then null
        -- Revenue is without tax: where the price includes it, the stated part is taken off.
        else gross_amount_minor - coalesce(discount_minor, 0)
            - case when has_tax_on_top then 0 else coalesce(tax_minor, 0) end
    end as net_amount_minor
from priced
