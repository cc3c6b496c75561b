{# How rows are read, taken apart and written, where engines differ. #}

{# Landed rows of a stream, all its commits, as the loader keeps them in the build database. #}
{% macro raw_relation(source_name, stream) -%}
    {{ return(adapter.dispatch('raw_relation')(source_name, stream)) }}
{%- endmacro %}
{% macro default__raw_relation(source_name, stream) -%}
    {{ source('raw', source_name ~ '__' ~ stream) }}
{%- endmacro %}

{# Incremental strategy that replaces whole partitions of the column named by `unique_key` or `partition_by`. #}
{% macro replace_partition() -%}
    {{ return(adapter.dispatch('replace_partition')()) }}
{%- endmacro %}
{% macro duckdb__replace_partition() -%}delete+insert{%- endmacro %}
{% macro spark__replace_partition() -%}insert_overwrite{%- endmacro %}

{# The row of the table alias, as JSON text. #}
{% macro row_as_json(alias) -%}
    {{ return(adapter.dispatch('row_as_json')(alias)) }}
{%- endmacro %}
{% macro duckdb__row_as_json(alias) -%}
    cast(to_json({{ alias }}) as varchar)
{%- endmacro %}
{% macro spark__row_as_json(alias) -%}
    to_json(struct({{ alias }}.*))
{%- endmacro %}

{# A query with one row per comma-separated part of a text: the id, `part` and `part_order` (from 1). #}
{% macro comma_parts(relation, id, text) -%}
    {{ return(adapter.dispatch('comma_parts')(relation, id, text)) }}
{%- endmacro %}
{% macro duckdb__comma_parts(relation, id, text) -%}
    select
        {{ id }},
        trim(unnest(string_split({{ text }}, ','))) as part,
        unnest(range(1, len(string_split({{ text }}, ',')) + 1)) as part_order
    from {{ relation }}
    where {{ text }} is not null
{%- endmacro %}
{% macro spark__comma_parts(relation, id, text) -%}
    select {{ id }}, trim(part) as part, part_index + 1 as part_order
    from {{ relation }}
    lateral view posexplode(split({{ text }}, ',')) as part_index, part
    where {{ text }} is not null
{%- endmacro %}

{# Whether the whole text matches the pattern. Patterns use [0-9] and not \d: backslashes are read differently. #}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches')(text, pattern)) }}
{%- endmacro %}
{% macro duckdb__matches(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}
{% macro spark__matches(text, pattern) -%}
    ({{ text }} rlike '^({{ pattern }})$')
{%- endmacro %}

{# A whole number that tells the rows of one run apart; it says nothing about their order. #}
{% macro row_numbered() -%}
    {{ return(adapter.dispatch('row_numbered')()) }}
{%- endmacro %}
{% macro duckdb__row_numbered() -%}
    row_number() over ()
{%- endmacro %}
{% macro spark__row_numbered() -%}
    monotonically_increasing_id()
{%- endmacro %}
