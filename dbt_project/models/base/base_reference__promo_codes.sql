with landed as (
    select * from {{ raw_relation('reference', 'promo_codes') }}
),

typed as (
    select
        {{ clean_text('code') }} as code,
        upper({{ clean_text('code') }}) as code_key,
        {{ clean_text('creator_id') }} as creator_id,
        {{ clean_text('content_id') }} as content_id,
        coalesce({{ clean_text('channel') }}, 'tiktok_creators') as channel,
        upper({{ clean_text('market') }}) as market,
        {{ utc_instant('valid_from') }} as valid_from,
        {{ utc_instant('valid_to') }} as valid_to,
        {{ clean_text('valid_to') }} is not null as has_end,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('reference', 'promo_codes', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when code is null or creator_id is null or market is null then 'missing_key'
            when valid_from is null or (has_end and valid_to is null) then 'unparseable_time'
            when valid_to <= valid_from then 'empty_validity'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['code_key', 'market', 'valid_from']) }}
)

select * from kept
