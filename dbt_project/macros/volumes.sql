{# What a model of daily figures says of each figure before the figure itself. A figure scatters like its events: orders, clicks
   or views; `settles_after` days after a day its figures change no more than by a few per cent (docs/anomalies.md). #}
{% macro volume_of(source_name, stream, measure, settles_after, is_views=false) -%}
    '{{ source_name }}' as source,
    '{{ stream }}' as stream,
    '{{ measure }}' as measure,
    {{ settles_after }} as settles_after_days,
    {{ is_views }} as is_views
{%- endmacro %}

{# One name for one series, whatever an account is called: nothing but the account comes after the colon. #}
{% macro series_key() -%}
    concat(source, '.', stream, '.', measure, ':', account)
{%- endmacro %}

{# Monday is 4: 1970 began with a Thursday. #}
{% macro weekday_number(day) -%}
    ({{ epoch_day(epoch_us('cast(' ~ day ~ ' as timestamp)')) }} % 7)
{%- endmacro %}

{# Distance of two numbers of events in units of their scatter: of the logarithms of large ones and of the roots of small ones,
   whose scatter is chance's alone (that of Poisson, and `scatter_squared` of the logarithm above it). #}
{% macro distance_evened(events, other, scatter_squared) -%}
    2 / sqrt({{ scatter_squared }}) * (
        asinh(sqrt({{ scatter_squared }} * ({{ events }} + 0.375))) - asinh(sqrt({{ scatter_squared }} * ({{ other }} + 0.375)))
    )
{%- endmacro %}

{# The same by cube roots (Wilson and Hilferty), right for figures that are sums of a few bunches: ten purchases with their
   hundred clicks. #}
{% macro distance_of_cube_roots(events, other, scatter_squared) -%}
    3 * (power(({{ events }} + 0.375) / ({{ other }} + 0.375), 1.0 / 3) - 1)
    / sqrt({{ scatter_squared }} + 1 / ({{ other }} + 0.375))
{%- endmacro %}

{# Monday of the week. #}
{% macro week_of(day) -%}
    {{ add_days(day, '-((' ~ weekday_number(day) ~ ' + 3) % 7)') }}
{%- endmacro %}

{# Share of a figure that may move between two releases, by its age in the earlier one. #}
{% macro restated_share(least_age_days) -%}
    case when {{ least_age_days }} = 28 then {{ var('restated_old_share') }} else {{ var('restated_share') }} end
{%- endmacro %}
