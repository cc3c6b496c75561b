with landed as (
    select * from {{ raw_relation('reference', 'markets') }}
),

typed as (
    select
        upper({{ clean_text('market') }}) as market,
        {{ clean_text('marketplace_id') }} as marketplace_id,
        upper({{ clean_text('country') }}) as country,
        upper({{ clean_text('currency') }}) as currency,
        {{ clean_text('timezone') }} as time_zone,
        {{ domain_name(clean_text('amazon_domain')) }} as amazon_domain,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('reference', 'markets', 'typed') }}
),

placed as (
    select
        current_rows.*,
        row_number() over (
            partition by current_rows.marketplace_id order by current_rows._commit desc, current_rows._row
        ) as marketplace_place,
        row_number() over (
            partition by current_rows.country order by current_rows._commit desc, current_rows._row
        ) as country_place,
        row_number() over (
            partition by current_rows.amazon_domain order by current_rows._commit desc, current_rows._row
        ) as domain_place
    from current_rows
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when market is null then 'missing_key'
            when currencies.currency is null then 'unknown_currency'
            when time_zones.time_zone is null then 'unknown_time_zone'
            when marketplace_id is not null and marketplace_place > 1 then 'duplicate_marketplace'
            when current_rows.country is not null and country_place > 1 then 'duplicate_country'
            when amazon_domain is not null and domain_place > 1 then 'duplicate_domain'
        end as broken_rule
    from placed as current_rows
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = current_rows.currency
    left join {{ ref('time_zones') }} as time_zones
        on time_zones.time_zone = current_rows.time_zone
),

kept as (
    {{ keep_first_of_key('judged', ['market']) }}
)

select * from kept
