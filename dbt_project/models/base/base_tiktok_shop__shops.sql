with landed as (
    select * from {{ raw_relation('tiktok_shop', 'shops') }}
),

typed as (
    select
        coalesce({{ clean_text('shop_id') }}, {{ clean_text('_account') }}) as shop_id,
        {{ clean_text('name') }} as shop_name,
        upper({{ clean_text('region') }}) as country,
        lower({{ clean_text('seller_type') }}) as seller_type,
        {{ clean_text('code') }} as shop_code,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('tiktok_shop', 'shops', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when shop_id is null then 'missing_key'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['shop_id']) }}
)

select * from kept
