{%- set path_transform = var('path_transform') -%}
with eligible as (
    select
        candidates.*,
        -- Decay counts from here, whatever the transform takes away afterwards.
        max(occurred_us) over (partition by conversion_id) as newest_us
    from {{ ref('int_journeys__candidate_touches') }} as candidates
    where not is_late
)

{% if path_transform == 'none' -%}
select * from eligible
{%- elif path_transform == 'collapse_repeats' -%}
, followed as (
    select
        eligible.*,
        lag(channel) over (
            partition by conversion_id
            order by occurred_us, touchpoint_id
        ) as channel_before
    from eligible
)

select * from followed
where channel_before is null or channel_before <> channel
{%- elif path_transform == 'first_occurrence' -%}
, numbered as (
    select
        eligible.*,
        row_number() over (
            partition by conversion_id, channel
            order by occurred_us, touchpoint_id
        ) as occurrence
    from eligible
)

select * from numbered
where occurrence = 1
{%- else -%}
{{ exceptions.raise_compiler_error(
    "path_transform is '" ~ path_transform ~ "'; use none, collapse_repeats or first_occurrence"
) }}
{%- endif %}
