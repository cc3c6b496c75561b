with landed as (
    select * from {{ raw_relation('amazon_seller', 'returns') }}
),

typed as (
    select
        coalesce({{ clean_text('marketplace_id') }}, {{ clean_text('_account') }}) as marketplace_id,
        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('sku') }} as sku,
        {{ clean_text('license_plate_number') }} as license_plate_number,
        upper({{ clean_text('asin') }}) as asin,
        {{ clean_text('fnsku') }} as fnsku,
        -- Windows are asked for in UTC, whatever offset a time is written with.
        cast({{ utc_instant('return_date') }} as date) as event_date_source,
        {{ utc_instant('return_date') }} as returned_at,
        {{ whole_number('quantity') }} as quantity,
        {{ clean_text('fulfillment_center_id') }} as fulfillment_center_id,
        upper({{ clean_text('detailed_disposition') }}) as disposition,
        upper({{ clean_text('reason') }}) as return_reason,
        {{ clean_text('status') }} as return_status,
        {{ landing_columns() }}
    from landed
),

-- All complete commits; is_current marks the newest one whose window covers the row's date.
versions as (
    select
        typed.*,
        manifest.committed_at as known_at,
        covers._commit is not null as is_current,
        {{ covering_date('typed.event_date_source', 'manifest') }} as covered_date,
        {{ released_columns() }},
        {{ is_outside_window('typed', 'event_date_source') }} as is_outside_window
    from typed
    join {{ ref('base__commits') }} as manifest
        on manifest.source = 'amazon_seller'
        and manifest.stream = 'returns'
        and manifest._commit = typed._commit
        and manifest.is_usable
    left join {{ ref('base__covers') }} as covers
        on covers.source = 'amazon_seller'
        and covers.stream = 'returns'
        and covers.account = typed._account
        and covers.part = typed._part
        and covers._commit = typed._commit
        and covers.covered_date = {{ covering_date('typed.event_date_source', 'manifest') }}
    {{ join_own_day('amazon_seller', 'returns', 'typed', 'event_date_source') }}
    {{ join_released('amazon_seller', 'returns', 'typed') }}
)

select
    versions.*,
    markets.market,
    case
        when _reject is not null then 'malformed'
        when order_id is null or sku is null or license_plate_number is null then 'missing_key'
        when returned_at is null then 'unparseable_time'
        when quantity is null then 'unparseable_number'
        when is_outside_window then 'outside_window'
        when markets.market is null then 'unknown_market'
    end as broken_rule
from versions
left join {{ ref('stg_reference__markets') }} as markets
    on markets.marketplace_id = versions.marketplace_id
