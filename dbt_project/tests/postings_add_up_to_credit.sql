-- What is posted to a recipient over all money events is what it is attributed, in both currencies;
-- in a currency that the line no longer has, nothing.
with posted as (
    select
        conversion_id,
        recipient_key,
        currency,
        sum(posted_amount_minor) as amount_minor,
        sum(posted_amount_reporting_minor) as amount_reporting_minor
    from {{ ref('fct_attribution_postings') }}
    group by conversion_id, recipient_key, currency
),

attributed as (
    select
        conversion_id,
        recipient_key,
        currency,
        {{ var('headline_model') }}_amount_minor as amount_minor,
        {{ var('headline_model') }}_amount_reporting_minor as amount_reporting_minor
    from {{ ref('fct_attribution_credit_wide') }}
)

select
    coalesce(posted.conversion_id, attributed.conversion_id) as conversion_id,
    coalesce(posted.recipient_key, attributed.recipient_key) as recipient_key,
    posted.amount_minor as posted_minor,
    attributed.amount_minor as attributed_minor,
    posted.amount_reporting_minor as posted_reporting_minor,
    attributed.amount_reporting_minor as attributed_reporting_minor
from posted
full outer join attributed
    on attributed.conversion_id = posted.conversion_id
    and attributed.recipient_key = posted.recipient_key
    and attributed.currency is not distinct from posted.currency
where coalesce(posted.amount_minor, 0) <> coalesce(attributed.amount_minor, 0)
    or coalesce(posted.amount_reporting_minor, 0) <> coalesce(attributed.amount_reporting_minor, 0)
    or posted.conversion_id is null
