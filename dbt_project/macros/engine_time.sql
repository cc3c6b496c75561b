{# Instants are TIMESTAMP in UTC without a zone; durations are whole microseconds. #}

{# Microseconds since 1970-01-01T00:00Z. #}
{% macro epoch_us(instant) -%}
    {{ return(adapter.dispatch('epoch_us')(instant)) }}
{%- endmacro %}
{% macro duckdb__epoch_us(instant) -%}
    epoch_us({{ instant }})
{%- endmacro %}
{% macro spark__epoch_us(instant) -%}
    unix_micros({{ instant }})
{%- endmacro %}

{# The instant so many microseconds after 1970-01-01T00:00Z, the year 1 at the earliest. #}
{% macro instant_of_us(microseconds) -%}
    {{ return(adapter.dispatch('instant_of_us')('greatest(' ~ microseconds ~ ', -62135596800000000)')) }}
{%- endmacro %}
{% macro duckdb__instant_of_us(microseconds) -%}
    make_timestamp({{ microseconds }})
{%- endmacro %}
{% macro spark__instant_of_us(microseconds) -%}
    timestamp_micros({{ microseconds }})
{%- endmacro %}

{# Calendar date of a UTC instant in an IANA zone; NULL when either is NULL. #}
{% macro date_in_zone(instant, time_zone) -%}
    {{ return(adapter.dispatch('date_in_zone')(instant, time_zone)) }}
{%- endmacro %}
{% macro duckdb__date_in_zone(instant, time_zone) -%}
    cast(({{ instant }} at time zone 'UTC') at time zone {{ time_zone }} as date)
{%- endmacro %}
{% macro spark__date_in_zone(instant, time_zone) -%}
    cast(from_utc_timestamp({{ instant }}, {{ time_zone }}) as date)
{%- endmacro %}

{# The date so many days later. #}
{% macro add_days(day, days) -%}
    {{ return(adapter.dispatch('add_days')(day, days)) }}
{%- endmacro %}
{% macro duckdb__add_days(day, days) -%}
    cast({{ day }} + cast({{ days }} as integer) as date)
{%- endmacro %}
{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}

{# Whole days from one date to another, below zero when that is earlier. #}
{% macro days_between(first_day, last_day) -%}
    {{ return(adapter.dispatch('days_between')(first_day, last_day)) }}
{%- endmacro %}
{% macro duckdb__days_between(first_day, last_day) -%}
    ({{ last_day }} - {{ first_day }})
{%- endmacro %}
{% macro spark__days_between(first_day, last_day) -%}
    datediff({{ last_day }}, {{ first_day }})
{%- endmacro %}

{# In a select list: one row for each date from the first to the last, both included. #}
{% macro each_day(first_day, last_day) -%}
    {{ return(adapter.dispatch('each_day')(first_day, last_day)) }}
{%- endmacro %}
{% macro duckdb__each_day(first_day, last_day) -%}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}
{% macro spark__each_day(first_day, last_day) -%}
    explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day))
{%- endmacro %}

{# Whole microseconds of a setting in days. Larger windows than 100,000 years are cut to that. #}
{% macro days_in_us(setting) -%}
    {{ ([var(setting) | float * 86400000000, 4000000000000000000.0] | min) | round | int }}
{%- endmacro %}

{# Seconds since 1970 as text, as a UTC instant; NULL for 0, which TikTok Shop writes for "not yet", and beyond the year 9999. #}
{% macro epoch_instant(column) -%}
    {{ return(adapter.dispatch('epoch_instant')(
        'case when ' ~ whole_number(column) ~ ' between 1 and 253402300799 then ' ~ whole_number(column) ~ ' end'
    )) }}
{%- endmacro %}
{% macro duckdb__epoch_instant(seconds) -%}
    make_timestamp({{ seconds }} * 1000000)
{%- endmacro %}
{% macro spark__epoch_instant(seconds) -%}
    timestamp_seconds({{ seconds }})
{%- endmacro %}
