-- How far each line's path goes, for each rule that credits an end of it; NULL when the rule finds no touch.
select
    line_key,
    max(decay_from_us) as newest_us,
    max(engaged_order) as last_engaged_order,
    max(amazon_order) as last_amazon_order,
    max(tiktok_order) as last_tiktok_order
from {{ ref('int_journeys__paths') }}
group by line_key
