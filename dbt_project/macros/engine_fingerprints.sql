{# Fingerprints tell rows apart within one database and engine; they never leave the database, and none is a key but line_key,
   media_key and place_key. #}

{# A whole number of 63 bits that stands for the values of these columns, NULLs included. #}
{% macro row_fingerprint(columns) -%}
    {{ return(adapter.dispatch('row_fingerprint')(columns)) }}
{%- endmacro %}
{% macro duckdb__row_fingerprint(columns) -%}
    {#- Hashed twice: sums of fingerprints are compared, and one pass alone lets swapped values cancel out. -#}
    cast(hash(hash({{ columns | join(', ') }})) >> 1 as bigint)
{%- endmacro %}
{% macro spark__row_fingerprint(columns) -%}
    shiftrightunsigned(xxhash64(xxhash64({{ columns | join(', ') }})), 1)
{%- endmacro %}

{# Sum of fingerprints, wider than 64 bits. #}
{% macro sum_of_fingerprints(fingerprint) -%}
    sum(cast({{ fingerprint }} as {{ wide_integer() }}))
{%- endmacro %}

{# Whole days since 1970 of an instant in microseconds. #}
{% macro epoch_day(microseconds) -%}
    cast({{ int_div(microseconds, '86400000000') }} as int)
{%- endmacro %}
