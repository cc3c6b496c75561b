{# Re-crediting only what a change reaches (docs/incremental.md). #}

{# The tables that hold what was credited and what the credit was made of. One of them missing means: nothing was. #}
{% macro credited_tables() -%}
    {{ return([
        ('intermediate', 'int_reach__credited_lines'),
        ('intermediate', 'int_reach__credited_touches'),
        ('intermediate', 'int_reach__credited_cells'),
        ('intermediate', 'int_journeys__lines'),
        ('ledgers', 'fct_attribution_credit_wide'),
    ]) }}
{%- endmacro %}

{# Whether this run may keep earlier credit. #}
{% macro is_credit_kept() -%}
    {%- if not execute or flags.FULL_REFRESH -%}{{ return(false) }}{%- endif -%}
    {%- set found = [] -%}
    {%- for schema, name in credited_tables() -%}
        {%- set table = stored_table(schema, name) -%}
        {%- if table is not none and table.is_table -%}{%- do found.append(name) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found | length == credited_tables() | length) }}
{%- endmacro %}

{# A table as the last run left it, none when there is none. Not a ref(): what is read here is written further down. #}
{% macro stored_table(schema, name) -%}
    {{ return(adapter.get_relation(database=target.database, schema=schema, identifier=name)) }}
{%- endmacro %}

{# What credit reads of a line: another value of any of them, and the line is credited anew. #}
{% macro line_fingerprint(line, linked) -%}
    {%- set columns = [] -%}
    {%- for name in [
        'conversion_id', 'platform', 'journey_key', 'converted_us', 'first_known_at', 'market', 'currency',
        'net_amount_minor', 'net_amount_reporting_minor', 'conversion_status',
    ] -%}
        {%- do columns.append(line ~ '.' ~ name) -%}
    {%- endfor -%}
    {%- for name in ['touchpoint_id', 'channel', 'content_id', 'creator_id', 'evidence'] -%}
        {%- do columns.append(linked ~ '.' ~ name) -%}
    {%- endfor -%}
    {{ row_fingerprint(columns + [model_version()]) }}
{%- endmacro %}

{# Incremental strategy `replace_rows`: rows whose key stands in the model named by meta.replaces give way to the new ones.
   A key without new rows thereby loses its rows, which delete+insert would keep. #}
{% macro get_incremental_replace_rows_sql(arguments) -%}
    {{ return(adapter.dispatch('replace_rows')(arguments)) }}
{%- endmacro %}
{% macro default__replace_rows(arguments) -%}
    {%- set key = arguments['unique_key'] -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
    delete from {{ arguments['target_relation'] }}
    where {{ key }} in (select {{ key }} from {{ ref(config.get('meta')['replaces']) }});

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}

{# How the credit tables are kept: by rows where the engine deletes rows, made anew where it does not. #}
{% macro kept_by_rows() -%}
    {{ return(adapter.dispatch('kept_by_rows')()) }}
{%- endmacro %}
{% macro duckdb__kept_by_rows() -%}incremental{%- endmacro %}
{% macro spark__kept_by_rows() -%}table{%- endmacro %}
