{%- set path_transform = var('path_transform') -%}
-- depends_on: {{ ref('int_credit__media') }}
with eligible as (
    select
        candidates.*,
        {% if path_transform != 'none' %}media.channel{% else %}cast(null as {{ dbt.type_string() }}){% endif %} as channel
    from {{ ref('int_journeys__candidate_touches') }} as candidates
    {% if path_transform != 'none' -%}
    -- Only transforms look at channels.
    join {{ ref('int_credit__media') }} as media
        on media.media_key = candidates.media_key
    {% endif -%}
    where not is_late
),

-- Each group of models has a path of its own.
transformed as (
    select
        line_key,
        touchpoint_id,
        occurred_us,
        is_click,
        is_engaged,
        media_key,
{%- if path_transform == 'none' %}
        -- Decay counts from the newest of these, whatever the transform takes away.
        case when is_house_touch then occurred_us end as decay_from_us,
        is_house_touch,
        is_amazon_touch,
        is_tiktok_touch
{%- elif path_transform == 'collapse_repeats' %}
        max(case when is_house_touch then occurred_us end) over (partition by line_key) as decay_from_us,
        is_house_touch and {{ begins_run_of_channel('is_house_touch') }} as is_house_touch,
        is_amazon_touch and {{ begins_run_of_channel('is_amazon_touch') }} as is_amazon_touch,
        is_tiktok_touch and {{ begins_run_of_channel('is_tiktok_touch') }} as is_tiktok_touch
{%- elif path_transform == 'first_occurrence' %}
        max(case when is_house_touch then occurred_us end) over (partition by line_key) as decay_from_us,
        is_house_touch and {{ is_first_of_channel('is_house_touch') }} as is_house_touch,
        is_amazon_touch and {{ is_first_of_channel('is_amazon_touch') }} as is_amazon_touch,
        is_tiktok_touch and {{ is_first_of_channel('is_tiktok_touch') }} as is_tiktok_touch
{%- else %}
{{ exceptions.raise_compiler_error(
    "path_transform is '" ~ path_transform ~ "'; use none, collapse_repeats or first_occurrence"
) }}
{%- endif %}
    from eligible
)

select
    transformed.*,
    -- Sort keys, no orders of a buyer: the models that credit an end of the path take the touches with the greatest.
    case
        when is_house_touch and is_engaged then {{ clicks_last('occurred_us', 'is_click') }}
    end as engaged_order,
    case when is_amazon_touch then occurred_us end as amazon_order,
    case when is_tiktok_touch then {{ clicks_last('occurred_us', 'is_click') }} end as tiktok_order
from transformed
where is_house_touch or is_amazon_touch or is_tiktok_touch
