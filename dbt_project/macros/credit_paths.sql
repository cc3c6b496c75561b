{# Path transforms, among the touches that share a flag: a run of touches of one channel counts as its first. #}
{% macro begins_run_of_channel(is_eligible) -%}
    coalesce(channel <> lag(channel) over (
            partition by line_key, {{ is_eligible }} order by occurred_us, touchpoint_id
        ), true)
{%- endmacro %}

{# Each channel counts where it first appears. #}
{% macro is_first_of_channel(is_eligible) -%}
    row_number() over (
            partition by line_key, {{ is_eligible }}, channel order by occurred_us, touchpoint_id
        ) = 1
{%- endmacro %}

{# The instant, such that every click comes after every other touch: "the last click, else the last view". #}
{% macro clicks_last(instant, is_click) -%}
    {{ instant }} + case when {{ is_click }} then 1000000000000000000 else 0 end
{%- endmacro %}

{# The instant, such that what is not in the path of the house comes after it. #}
{% macro path_order(instant, is_house_touch) -%}
    {{ instant }} + case when {{ is_house_touch }} then 0 else 1000000000000000000 end
{%- endmacro %}

{# In int_journeys__walked: how many touches of the path so far bear the flag, which is 1 or 0. #}
{% macro met_so_far(flag) -%}
    {{ return(adapter.dispatch('met_so_far')(flag)) }}
{%- endmacro %}
{% macro duckdb__met_so_far(flag) -%}
    {#- All three in one running sum, 31 bits apart: as three they take half as long as the sort itself. -#}
    {%- set bits = {'engaged': 0, 'amazon': 31, 'tiktok': 62} -%}
    cast(((
        sum(engaged + amazon * {{ 2 ** 31 }}::hugeint + tiktok * {{ 2 ** 62 }}::hugeint) over path_so_far
    ) >> {{ bits[flag] }}) & {{ 2 ** 31 - 1 }} as int)
{%- endmacro %}
{% macro spark__met_so_far(flag) -%}
    cast(count(case when {{ flag }} = 1 then 1 end) over path_so_far as int)
{%- endmacro %}
