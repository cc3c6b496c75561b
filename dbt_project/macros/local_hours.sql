{# Hours that a platform names by the wall clock of a zone, without an offset. Engines resolve the hour that the autumn change
   repeats differently, so both of its meanings are worked out here and compared. #}

{# 'YYYY-MM-DD HH:00:00' as a time of no zone. #}
{% macro wall_hour(column) -%}
    case
        when {{ matches('trim(' ~ column ~ ')', '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:00:00') }}
            then try_cast(trim({{ column }}) as timestamp)
    end
{%- endmacro %}

{# UTC instant of a wall clock's time in an IANA zone; which of two, if the clock shows it twice, is the engine's choice. #}
{% macro instant_of_wall(wall, time_zone) -%}
    {{ return(adapter.dispatch('instant_of_wall')(wall, time_zone)) }}
{%- endmacro %}
{% macro duckdb__instant_of_wall(wall, time_zone) -%}
    cast((({{ wall }}) at time zone {{ time_zone }}) at time zone 'UTC' as timestamp)
{%- endmacro %}
{% macro spark__instant_of_wall(wall, time_zone) -%}
    to_utc_timestamp({{ wall }}, {{ time_zone }})
{%- endmacro %}

{# What a wall clock in an IANA zone shows at a UTC instant. #}
{% macro wall_of_instant(instant, time_zone) -%}
    {{ return(adapter.dispatch('wall_of_instant')(instant, time_zone)) }}
{%- endmacro %}
{% macro duckdb__wall_of_instant(instant, time_zone) -%}
    cast((({{ instant }}) at time zone 'UTC') at time zone {{ time_zone }} as timestamp)
{%- endmacro %}
{% macro spark__wall_of_instant(instant, time_zone) -%}
    from_utc_timestamp({{ instant }}, {{ time_zone }})
{%- endmacro %}

{# UTC instant of an hour of the wall clock: of the hour that the clock shows twice the first, and for later rows of it
   (occurrence above 1) the second; NULL for an hour that the spring change leaves out. #}
{% macro hour_of_wall(wall, time_zone, occurrence) -%}
    {%- set guess = instant_of_wall(wall, time_zone) -%}
    {%- set earlier = guess ~ ' - interval 1 hour' -%}
    {%- set later = guess ~ ' + interval 1 hour' -%}
    case
        when {{ wall_of_instant(earlier, time_zone) }} = {{ wall }}
            then case when {{ occurrence }} = 1 then {{ earlier }} else {{ guess }} end
        when {{ wall_of_instant(later, time_zone) }} = {{ wall }} and {{ occurrence }} > 1 then {{ later }}
        when {{ wall_of_instant(guess, time_zone) }} = {{ wall }} then {{ guess }}
    end
{%- endmacro %}
