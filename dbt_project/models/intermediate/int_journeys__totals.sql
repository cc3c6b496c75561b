-- What has been met at the end of each path; 1 where that is nothing, since nothing is then shared out.
select
    line_key,
    max(case when house = 1 then touch_index else 1 end) as touches,
    max(case when house = 1 then path_position else 1 end) as path_length,
    greatest(1, max(decay_upto)) as decay_total,
    greatest(1, max(engaged_index)) as engaged_size,
    greatest(1, max(amazon_index)) as amazon_size,
    greatest(1, max(tiktok_index)) as tiktok_size
from {{ ref('int_journeys__walked') }}
group by line_key
