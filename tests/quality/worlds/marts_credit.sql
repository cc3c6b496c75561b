-- As in a build, the wide table holds the credit and the long form is a view of it.
create table ledgers.fct_attribution_credit_wide as
select
    conversion_id, recipient_key, nullif(recipient_key, 'unattributed') as touchpoint_id, platform, evidence, currency,
    timestamp '2026-11-01 12:00' as converted_at,
    coalesce(micros[1], 1000000)::int as first_touch_credit_micro, amounts[1]::bigint as first_touch_amount_minor,
    reportings[1]::bigint as first_touch_amount_reporting_minor,
    coalesce(micros[2], 1000000)::int as last_touch_credit_micro, amounts[2]::bigint as last_touch_amount_minor,
    reportings[2]::bigint as last_touch_amount_reporting_minor,
    coalesce(micros[3], 1000000)::int as last_engaged_touch_credit_micro, amounts[3]::bigint as last_engaged_touch_amount_minor,
    reportings[3]::bigint as last_engaged_touch_amount_reporting_minor,
    coalesce(micros[4], 1000000)::int as linear_credit_micro, amounts[4]::bigint as linear_amount_minor,
    reportings[4]::bigint as linear_amount_reporting_minor,
    coalesce(micros[5], 1000000)::int as position_based_credit_micro, amounts[5]::bigint as position_based_amount_minor,
    reportings[5]::bigint as position_based_amount_reporting_minor,
    coalesce(micros[6], 1000000)::int as time_decay_credit_micro, amounts[6]::bigint as time_decay_amount_minor,
    reportings[6]::bigint as time_decay_amount_reporting_minor,
    coalesce(micros[7], 1000000)::int as amazon_14d_last_click_credit_micro, amounts[7]::bigint as amazon_14d_last_click_amount_minor,
    reportings[7]::bigint as amazon_14d_last_click_amount_reporting_minor,
    coalesce(micros[8], 1000000)::int as tiktok_7c1v_credit_micro, amounts[8]::bigint as tiktok_7c1v_amount_minor,
    reportings[8]::bigint as tiktok_7c1v_amount_reporting_minor
from (values
    ('l1', 'k1', 'amazon', 'identity', [1000000, 0, 0, 500000, 500000, 300000, 0, 0], 'USD', [1001, 0, 0, 500, 500, 300, 0, 0], [1001, 0, 0, 500, 500, 300, 0, 0]),
    ('l1', 'k2', 'amazon', 'identity', [0, 1000000, 1000000, 500000, 500000, 700000, 1000000, 1000000], 'USD', [0, 1001, 1001, 501, 501, 701, 1001, 1001], [0, 1001, 1001, 501, 501, 701, 1001, 1001]),
    ('l2', 'unattributed', 'amazon', 'unattributed', null, 'USD', [null, null, null, null, null, null, null, null]::bigint[], [null, null, null, null, null, null, null, null]::bigint[]),
    ('l3', 'unattributed', 'amazon', 'unattributed', null, 'USD', [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]),
    ('e1', 't1', 'events', 'event', null, 'EUR', [-500, -500, -500, -500, -500, -500, -500, -500], [-540, -540, -540, -540, -540, -540, -540, -540])
) as credit (conversion_id, recipient_key, platform, evidence, micros, currency, amounts, reportings);

create view ledgers.fct_attribution_credit as
select conversion_id, recipient_key, touchpoint_id, 'first_touch' as attribution_model, platform, evidence, first_touch_credit_micro as credit_micro,
    currency, first_touch_amount_minor as attributed_amount_minor, first_touch_amount_reporting_minor as attributed_amount_reporting_minor, converted_at
from ledgers.fct_attribution_credit_wide
union all
select conversion_id, recipient_key, touchpoint_id, 'last_touch' as attribution_model, platform, evidence, last_touch_credit_micro as credit_micro,
    currency, last_touch_amount_minor as attributed_amount_minor, last_touch_amount_reporting_minor as attributed_amount_reporting_minor, converted_at
from ledgers.fct_attribution_credit_wide
union all
select conversion_id, recipient_key, touchpoint_id, 'last_engaged_touch' as attribution_model, platform, evidence, last_engaged_touch_credit_micro as credit_micro,
    currency, last_engaged_touch_amount_minor as attributed_amount_minor, last_engaged_touch_amount_reporting_minor as attributed_amount_reporting_minor, converted_at
from ledgers.fct_attribution_credit_wide
union all
select conversion_id, recipient_key, touchpoint_id, 'linear' as attribution_model, platform, evidence, linear_credit_micro as credit_micro,
    currency, linear_amount_minor as attributed_amount_minor, linear_amount_reporting_minor as attributed_amount_reporting_minor, converted_at
from ledgers.fct_attribution_credit_wide
union all
select conversion_id, recipient_key, touchpoint_id, 'position_based' as attribution_model, platform, evidence, position_based_credit_micro as credit_micro,
    currency, position_based_amount_minor as attributed_amount_minor, position_based_amount_reporting_minor as attributed_amount_reporting_minor, converted_at
from ledgers.fct_attribution_credit_wide
union all
select conversion_id, recipient_key, touchpoint_id, 'time_decay' as attribution_model, platform, evidence, time_decay_credit_micro as credit_micro,
    currency, time_decay_amount_minor as attributed_amount_minor, time_decay_amount_reporting_minor as attributed_amount_reporting_minor, converted_at
from ledgers.fct_attribution_credit_wide
union all
select conversion_id, recipient_key, touchpoint_id, 'amazon_14d_last_click' as attribution_model, platform, evidence, amazon_14d_last_click_credit_micro as credit_micro,
    currency, amazon_14d_last_click_amount_minor as attributed_amount_minor, amazon_14d_last_click_amount_reporting_minor as attributed_amount_reporting_minor, converted_at
from ledgers.fct_attribution_credit_wide
union all
select conversion_id, recipient_key, touchpoint_id, 'tiktok_7c1v' as attribution_model, platform, evidence, tiktok_7c1v_credit_micro as credit_micro,
    currency, tiktok_7c1v_amount_minor as attributed_amount_minor, tiktok_7c1v_amount_reporting_minor as attributed_amount_reporting_minor, converted_at
from ledgers.fct_attribution_credit_wide;

create table marts.mart_attribution_daily as
select
    date '2026-11-01' as event_date_market, attribution_model, 'US' as market, currency, evidence,
    sum(credit_micro)::bigint as credit_micro, 1::decimal(18, 6) as orders, 1::decimal(18, 6) as retained_orders,
    coalesce(sum(attributed_amount_minor), 0)::bigint as attributed_amount_minor
from ledgers.fct_attribution_credit
group by attribution_model, currency, evidence;
