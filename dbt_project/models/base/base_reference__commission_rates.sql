with landed as (
    select * from {{ raw_relation('reference', 'commission_rates') }}
),

typed as (
    select
        {{ clean_text('creator_id') }} as creator_id,
        {{ utc_instant('valid_from') }} as valid_from,
        {{ utc_instant('valid_to') }} as valid_to,
        {{ clean_text('valid_to') }} is not null as has_end,
        {{ decimal_number('rate') }} as commission_rate,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('reference', 'commission_rates', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when creator_id is null then 'missing_key'
            when valid_from is null or (has_end and valid_to is null) then 'unparseable_time'
            when valid_to <= valid_from then 'empty_validity'
            when commission_rate is null then 'unparseable_number'
            when (commission_rate < 0 or commission_rate > 1) and not ({{ is_released('unusable_rate') }})
                then 'unusable_rate'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['creator_id', 'valid_from']) }}
)

select * from kept
