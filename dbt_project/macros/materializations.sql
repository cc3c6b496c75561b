{# Views and tables that replace themselves in one statement. dbt's own make them under another name, rename twice and drop
   once: ten statements and thrice the macros, which for hundreds of small models is most of a build. A statement that fails
   leaves what was there, as before; a build is private until it is published, so nobody reads in between. #}

{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {% do drop_of_other_type(target) %}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {%- if config.get('contract').enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
        create or replace view {{ target }} as (
            {{ sql }}
        )
    {%- endcall %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set has_contract = config.get('contract').enforced -%}
    {% do drop_of_other_type(target) %}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {%- if has_contract %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
        create or replace table {{ target }} as (
            {{ get_select_subquery(sql) if has_contract else sql }}
        )
    {%- endcall %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# A model that was a table and is a view now, or the other way round. #}
{% macro drop_of_other_type(target) -%}
    {%- set existing = load_cached_relation(target) -%}
    {%- if existing is not none and existing.type != target.type -%}
        {% do adapter.drop_relation(existing) %}
    {%- endif -%}
{%- endmacro %}
