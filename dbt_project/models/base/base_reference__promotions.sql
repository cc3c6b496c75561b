with landed as (
    select * from {{ raw_relation('reference', 'promotions') }}
),

typed as (
    select
        {{ clean_text('promotion_id') }} as promotion_id,
        {{ clean_text('name') }} as promotion_name,
        lower({{ clean_text('kind') }}) as promotion_kind,
        upper({{ clean_text('market') }}) as market,
        upper({{ clean_text('asin') }}) as asin,
        {{ utc_instant('starts_at') }} as starts_at,
        {{ utc_instant('ends_at') }} as ends_at,
        {{ decimal_number('discount_rate') }} as discount_rate,
        {{ is_bad_decimal('discount_rate') }} as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('reference', 'promotions', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when promotion_id is null or market is null then 'missing_key'
            when starts_at is null or ends_at is null then 'unparseable_time'
            when ends_at <= starts_at then 'empty_validity'
            when has_bad_number then 'unparseable_number'
            when (discount_rate < 0 or discount_rate > 1) and not ({{ is_released('unusable_rate') }})
                then 'unusable_rate'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['promotion_id']) }}
)

select * from kept
