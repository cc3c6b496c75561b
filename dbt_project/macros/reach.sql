{# Re-crediting only what a change reaches (docs/incremental.md). #}

{# The tables that hold what was credited and what the credit was made of. One of them missing means: nothing was. #}
{% macro credited_tables() -%}
    {{ return([
        ('intermediate', 'int_reach__credited_lines'),
        ('intermediate', 'int_reach__credited_touches'),
        ('intermediate', 'int_reach__credited_days'),
        ('intermediate', 'int_reach__credited_cells'),
        ('intermediate', 'int_journeys__lines'),
        ('intermediate', 'int_credit__media'),
        ('intermediate', 'int_credit__places'),
        ('intermediate', 'int_credit__journey_touches'),
        ('intermediate', 'int_credit__without_path'),
    ]) }}
{%- endmacro %}

{# Whether this run may keep earlier credit: never where the tables are made anew, as a run would then keep only what it reached. #}
{% macro is_credit_kept() -%}
    {%- if not execute or flags.FULL_REFRESH or kept_by_rows() != 'replaced_rows' -%}{{ return(false) }}{%- endif -%}
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

{# A query of the lines that stored credit is of, each once; empty when there is none, or it is made anew. #}
{% macro lines_credited_before() -%}
    {%- set queries = [] -%}
    {%- set names = [] if flags.FULL_REFRESH or not execute else ['int_credit__journey_touches', 'int_credit__without_path'] -%}
    {%- for name in names -%}
        {%- set table = stored_table('intermediate', name) -%}
        {%- if table is not none and table.is_table -%}
            {%- do queries.append('select line_key from ' ~ table) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(queries | join(' union ')) }}
{%- endmacro %}

{# Replaces the rows whose key stands in the model named by meta.replaces, in one transaction; the first run, and a full refresh,
   make the table. A key without new rows thereby loses its rows, which dbt's delete+insert would keep, and the new rows are
   written once, where dbt's `incremental` writes them to a table of its own first. #}
{% materialization replaced_rows, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(target) -%}
    {%- set is_kept = existing is not none and existing.is_table and not should_full_refresh() -%}
    {%- set has_contract = config.get('contract').enforced -%}
    {%- set query = get_select_subquery(sql) if has_contract else sql -%}
    {% do drop_of_other_type(target) %}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {%- if has_contract %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
        {% if is_kept -%}
        {%- set key = config.require('unique_key') -%}
        delete from {{ target }}
        where {{ key }} in (select {{ key }} from {{ ref(config.get('meta')['replaces']) }});

        insert into {{ target }} by name ({{ query }})
        {%- else -%}
        create or replace table {{ target }} as ({{ query }})
        {%- endif %}
    {%- endcall %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# How the credit tables are kept: by rows where the engine deletes rows, made anew where it does not. #}
{% macro kept_by_rows() -%}
    {{ return(adapter.dispatch('kept_by_rows')()) }}
{%- endmacro %}
{% macro duckdb__kept_by_rows() -%}replaced_rows{%- endmacro %}
{% macro spark__kept_by_rows() -%}table{%- endmacro %}
