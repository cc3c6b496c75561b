with landed as (
    select * from {{ raw_relation('reference', 'fees') }}
),

typed as (
    select
        upper({{ clean_text('market') }}) as market,
        lower({{ clean_text('platform') }}) as platform,
        lower({{ clean_text('fee') }}) as fee,
        lower({{ clean_text('base') }}) as fee_base,
        {{ iso_date('valid_from') }} as valid_from,
        {{ iso_date('valid_to') }} as valid_to,
        {{ clean_text('valid_to') }} is not null as has_end,
        {{ decimal_number('rate') }} as fee_rate,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('reference', 'fees', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when market is null or platform is null or fee is null then 'missing_key'
            when valid_from is null or (has_end and valid_to is null) then 'unparseable_date'
            when valid_to <= valid_from then 'empty_validity'
            when fee_rate is null then 'unparseable_number'
            when (fee_rate < -1 or fee_rate > 1) and not ({{ is_released('unusable_rate') }}) then 'unusable_rate'
            when fee_base is null or fee_base not in ('tax_included', 'net') then 'unknown_base'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['market', 'platform', 'fee', 'valid_from']) }}
)

select * from kept
