{# Rejected rows of a base model with the landed row they came from. #}
{% macro rejected_rows(base_model, source_name, stream) -%}
    select
        rejected.reject_rule,
        {{ row_as_json('landed') }} as payload,
        rejected._commit,
        rejected._row,
        rejected._manifest_id
    from {{ base_model }} as rejected
    join {{ raw_relation(source_name, stream) }} as landed
        on landed._commit = rejected._commit
        and landed._row = rejected._row
    where rejected.reject_rule is not null
{%- endmacro %}
