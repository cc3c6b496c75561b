-- All money events of a line, over all commits, add up to its net amount; those of withdrawn lines to nothing.
with posted as (
    select
        conversion_id,
        currency,
        sum(amount_minor) as amount_minor
    from {{ ref('fct_order_adjustments') }}
    group by conversion_id, currency
),

stated as (
    select
        conversion_id,
        currency,
        coalesce(net_amount_minor, 0) as amount_minor
    from {{ ref('fct_order_lines') }}
)

select
    coalesce(posted.conversion_id, stated.conversion_id) as conversion_id,
    posted.amount_minor as posted_minor,
    stated.amount_minor as stated_minor
from posted
full outer join stated
    on stated.conversion_id = posted.conversion_id
    and stated.currency is not distinct from posted.currency
where coalesce(posted.amount_minor, 0) <> coalesce(stated.amount_minor, 0)
    or (stated.conversion_id is not null and posted.conversion_id is null)
