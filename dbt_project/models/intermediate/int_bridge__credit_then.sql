select
    credit.conversion_id,
    credit.recipient_key,
    lines.event_date_market,
    lines.platform,
    lines.market,
    credit.channel,
    credit.evidence,
    lines.currency,
    lines.reporting_currency,
    credit.before_micro,
    credit.credit_micro,
    coalesce(credit.amount_minor, 0) as amount_minor,
    coalesce(credit.amount_reporting_minor, 0) as amount_reporting_minor
from {{ source('raw', 'previous_credit') }} as credit
join {{ source('raw', 'previous_lines') }} as lines
    on lines.conversion_id = credit.conversion_id
