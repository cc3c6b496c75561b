{# Steps of one run lie in a database of their own where the engine has several. #}
{% macro generate_database_name(custom_database_name=none, node=none) -%}
    {{ return(custom_database_name if custom_database_name and target.type == 'duckdb' else target.database) }}
{%- endmacro %}
