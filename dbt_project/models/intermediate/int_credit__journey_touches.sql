with walked as (
    select * from {{ ref('int_journeys__walked') }}
),

-- What has been met at the end of each path; 1 where that is nothing, since nothing is then shared out.
totals as (
    select
        line_number,
        max(case when house = 1 then touch_index else 1 end) as touches,
        max(case when house = 1 then path_position else 1 end) as path_length,
        greatest(1, max(decay_upto)) as decay_total,
        greatest(1, max(engaged_index)) as engaged_size,
        greatest(1, max(amazon_index)) as amazon_size,
        greatest(1, max(tiktok_index)) as tiktok_size
    from walked
    group by line_number
),

shares as (
    select
        walked.line_number,
        walked.touchpoint_id,
        walked.media_key,
        cast(case when house = 1 then path_position end as int) as path_position_or_none,
        cast(case when house = 1 then path_length end as int) as path_length_or_none,
        cast({{ first_touch_upto('tie_index - house') }} as int) as first_touch_before,
        cast({{ first_touch_upto('tie_index') }} as int) as first_touch_upto,
        cast({{ last_touch_upto('tie_index - house') }} as int) as last_touch_before,
        cast({{ last_touch_upto('tie_index') }} as int) as last_touch_upto,
        cast({{ even_upto('engaged_index - engaged', 'engaged_size') }} as int) as last_engaged_touch_before,
        cast({{ even_upto('engaged_index', 'engaged_size') }} as int) as last_engaged_touch_upto,
        cast({{ even_upto('least(touch_index, touches) - house', 'touches') }} as int) as linear_before,
        cast({{ even_upto('least(touch_index, touches)', 'touches') }} as int) as linear_upto,
        cast({{ position_based_upto('tie_index - house') }} as int) as position_based_before,
        cast({{ position_based_upto('tie_index') }} as int) as position_based_upto,
        cast({{ time_decay_upto('decay_upto - decay_weight') }} as int) as time_decay_before,
        cast({{ time_decay_upto('decay_upto') }} as int) as time_decay_upto,
        cast({{ even_upto('amazon_index - amazon', 'amazon_size') }} as int) as amazon_14d_last_click_before,
        cast({{ even_upto('amazon_index', 'amazon_size') }} as int) as amazon_14d_last_click_upto,
        cast({{ even_upto('tiktok_index - tiktok', 'tiktok_size') }} as int) as tiktok_7c1v_before,
        cast({{ even_upto('tiktok_index', 'tiktok_size') }} as int) as tiktok_7c1v_upto
    from walked
    join totals
        on totals.line_number = walked.line_number
    -- A touch outside the windows of the house stays only when a replica gives it credit.
    where house = 1 or amazon = 1 or tiktok = 1
)

select
    lines.conversion_id,
    cast(null as {{ dbt.type_string() }}) as other_recipient_key,
    shares.touchpoint_id,
    shares.media_key,
    path_position_or_none as path_position,
    path_length_or_none as path_length,
    first_touch_before,
    first_touch_upto,
    last_touch_before,
    last_touch_upto,
    last_engaged_touch_before,
    last_engaged_touch_upto,
    linear_before,
    linear_upto,
    position_based_before,
    position_based_upto,
    time_decay_before,
    time_decay_upto,
    amazon_14d_last_click_before,
    amazon_14d_last_click_upto,
    tiktok_7c1v_before,
    tiktok_7c1v_upto,
    lines.line_kind_key,
    lines.net_amount_minor,
    lines.net_amount_reporting_minor,
    lines.converted_at
from shares
join {{ ref('int_journeys__numbered_lines') }} as lines
    on lines.line_number = shares.line_number
