{# From landed text to types: each gives NULL, never an error. A plain try_cast reads '1.5' and '1e2' as whole numbers on one engine only. #}

{# The text without surrounding blanks; NULL when nothing is left. #}
{% macro clean_text(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{# The text of a number; TikTok writes '-' where a metric does not apply. #}
{% macro number_text(column) -%}
    nullif(nullif(trim({{ column }}), ''), '-')
{%- endmacro %}

{% macro whole_number(column) -%}
    case
        when {{ matches(number_text(column), '[+-]?[0-9]{1,16}([.]0+)?') }}
            then try_cast(split_part({{ number_text(column) }}, '.', 1) as bigint)
    end
{%- endmacro %}

{# Decimal with twelve places; further digits are float noise. #}
{% macro decimal_number(column) -%}
    case
        when {{ matches(number_text(column), '[+-]?[0-9]{1,11}([.][0-9]{0,30})?') }}
            then try_cast({{ number_text(column) }} as decimal(24, 12))
    end
{%- endmacro %}

{% macro is_bad_whole_number(column) -%}
    ({{ number_text(column) }} is not null and {{ whole_number(column) }} is null)
{%- endmacro %}

{% macro is_bad_decimal(column) -%}
    ({{ number_text(column) }} is not null and {{ decimal_number(column) }} is null)
{%- endmacro %}

{# Minor units of a decimal amount. #}
{% macro minor_units(amount, minor_units_per_unit) -%}
    cast({{ round_half_even(amount ~ ' * cast(' ~ minor_units_per_unit ~ ' as decimal(5, 0))') }} as bigint)
{%- endmacro %}

{# 'YYYY-MM-DD', alone or with a zero clock. #}
{% macro iso_date(column) -%}
    case
        when {{ matches('trim(' ~ column ~ ')', '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]00:00:00)?') }}
            then try_cast(substr(trim({{ column }}), 1, 10) as date)
    end
{%- endmacro %}

{# 'YYYYMMDD'. #}
{% macro compact_date(column) -%}
    case
        when {{ matches('trim(' ~ column ~ ')', '[0-9]{8}') }}
            then try_cast(concat(
                substr(trim({{ column }}), 1, 4), '-', substr(trim({{ column }}), 5, 2), '-', substr(trim({{ column }}), 7, 2)
            ) as date)
    end
{%- endmacro %}

{# ISO 8601 with or without an offset (without: UTC), as a UTC instant. #}
{% macro utc_instant(column) -%}
    {{ return(adapter.dispatch('utc_instant')(column)) }}
{%- endmacro %}
{% macro duckdb__utc_instant(column) -%}
    {#- A cast to TIMESTAMP would drop the offset without a word. -#}
    case
        when {{ matches('trim(' ~ column ~ ')', instant_pattern() ~ '(Z|[+-][0-9]{2}(:?[0-9]{2})?)') }}
            then try_cast(trim({{ column }}) as timestamptz) at time zone 'UTC'
        when {{ matches('trim(' ~ column ~ ')', instant_pattern()) }}
            then try_cast(trim({{ column }}) as timestamp)
    end
{%- endmacro %}
{% macro spark__utc_instant(column) -%}
    case
        when {{ matches('trim(' ~ column ~ ')', instant_pattern() ~ '(Z|[+-][0-9]{2}(:?[0-9]{2})?)?') }}
            then try_cast(trim({{ column }}) as timestamp)
    end
{%- endmacro %}
{% macro instant_pattern() -%}
    [0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?
{%- endmacro %}

{# Lower-case host name of a URL or a bare domain, without 'www.'. #}
{% macro domain_name(url) -%}
    nullif(regexp_replace(regexp_extract(lower({{ url }}), '^(https?://)?([^/?#:]+)', 2), '^www[.]', ''), '')
{%- endmacro %}
