-- Paths by the million have few places that differ, so that their shares are worked out once each.
with found as (
    select distinct
        {{ place_columns() | join(',\n        ') }}
    from {{ ref('int_journeys__placed') }}
)

select
    {{ place_key() }} as place_key,
    cast(case when house = 1 then path_position end as int) as path_position,
    cast(case when house = 1 then path_length end as int) as path_length,
    cast({{ first_touch_upto('tie_index - house') }} as int) as first_touch_before,
    cast({{ first_touch_upto('tie_index') }} as int) as first_touch_upto,
    cast({{ last_touch_upto('tie_index - house') }} as int) as last_touch_before,
    cast({{ last_touch_upto('tie_index') }} as int) as last_touch_upto,
    cast({{ even_upto('engaged_index - engaged', 'engaged_size') }} as int) as last_engaged_touch_before,
    cast({{ even_upto('engaged_index', 'engaged_size') }} as int) as last_engaged_touch_upto,
    cast({{ even_upto('touch_index - house', 'touches') }} as int) as linear_before,
    cast({{ even_upto('touch_index', 'touches') }} as int) as linear_upto,
    cast({{ position_based_upto('tie_index - house') }} as int) as position_based_before,
    cast({{ position_based_upto('tie_index') }} as int) as position_based_upto,
    cast({{ even_upto('amazon_index - amazon', 'amazon_size') }} as int) as amazon_14d_last_click_before,
    cast({{ even_upto('amazon_index', 'amazon_size') }} as int) as amazon_14d_last_click_upto,
    cast({{ even_upto('tiktok_index - tiktok', 'tiktok_size') }} as int) as tiktok_7c1v_before,
    cast({{ even_upto('tiktok_index', 'tiktok_size') }} as int) as tiktok_7c1v_upto
from found
