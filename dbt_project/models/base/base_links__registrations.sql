with landed as (
    select * from {{ raw_relation('links', 'registrations') }}
),

typed as (
    select
        {{ clean_text('amazon_order_id') }} as order_id,
        {{ clean_text('amazon_order_id') }} as amazon_order_id,
        {{ clean_text('person_hash') }} as person_hash,
        {{ clean_text('visitor_id') }} as visitor_id,
        {{ utc_instant('registered_at') }} as registered_at,
        {{ clean_text('registration_source') }} as registration_source,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ versions_of_changes('links', 'registrations', 'typed', ['amazon_order_id']) }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when order_id is null or person_hash is null or visitor_id is null then 'missing_key'
            when registered_at is null then 'unparseable_time'
        end as broken_rule
    from current_rows
    where is_current
),

kept as (
    {{ keep_first_of_key('judged', ['order_id']) }}
)

select * from kept
