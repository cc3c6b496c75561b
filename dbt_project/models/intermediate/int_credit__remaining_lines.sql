-- What a line's other recipients leave. A model that finds a touch gives it the whole line; cells may give a part.
with credited as (
    select
        lines.conversion_id,
        case when newest_us is null then 0 else 1000000 end as house_upto,
        case when last_engaged_order is null then 0 else 1000000 end as engaged_upto,
        case when last_amazon_order is null then 0 else 1000000 end as amazon_upto,
        case when last_tiktok_order is null then 0 else 1000000 end as tiktok_upto
    from {{ ref('int_journeys__ends') }} as ends
    join {{ ref('int_journeys__numbered_lines') }} as lines
        on lines.line_number = ends.line_number
    union all
    select
        conversion_id,
        max(credit_upto) as house_upto,
        max(credit_upto) as engaged_upto,
        max(credit_upto) as amazon_upto,
        max(credit_upto) as tiktok_upto
    from {{ ref('int_credit__cell_lines') }}
    group by conversion_id
    union all
    select
        conversion_id,
        1000000 as house_upto,
        1000000 as engaged_upto,
        1000000 as amazon_upto,
        1000000 as tiktok_upto
    from {{ ref('int_credit__order_linked_lines') }}
)

select
    lines.conversion_id,
    'unattributed' as recipient_key,
    'unattributed' as evidence,
    'line' as credit_resolution,
    cast(coalesce(credited.house_upto, 0) as int) as house_before,
    cast(coalesce(credited.engaged_upto, 0) as int) as engaged_before,
    cast(coalesce(credited.amazon_upto, 0) as int) as amazon_before,
    cast(coalesce(credited.tiktok_upto, 0) as int) as tiktok_before
from {{ ref('int_reach__lines') }} as lines
left join credited
    on credited.conversion_id = lines.conversion_id
where credited.conversion_id is null
    or least(house_upto, engaged_upto, amazon_upto, tiktok_upto) < 1000000
