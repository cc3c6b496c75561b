{# Rows that a person has released from quarantine: each stands although it breaks the rules that the decision names, and
   no others. The loader replays the decisions into raw.released_rows before each build. #}

{# Joins the decision on each row of `rows`; it gives released_columns(). #}
{% macro join_released(source_name, stream, rows) -%}
    left join {{ source('raw', 'released_rows') }} as released
        on released.source = '{{ source_name }}'
        and released.stream = '{{ stream }}'
        and released._manifest_id = {{ rows }}._manifest_id
        and released._row = {{ rows }}._row
{%- endmacro %}

{% macro released_columns() -%}
    released.rules as released_rules,
        released.place as released_place
{%- endmacro %}

{# Whether the row may break the rule. #}
{% macro is_released(rule, rules='released_rules') -%}
    coalesce({{ rules }}, '') like '%|{{ rule }}|%'
{%- endmacro %}

{# Orders the rows of one key so that the one that was released last comes before the others of its extraction. #}
{% macro released_first() -%}
    case when {{ is_released('duplicate_key') }} then -released_place else 0 end
{%- endmacro %}

{# A row outside the window it was asked for, released, stands until an extraction that covers its own day is newer. #}
{% macro join_own_day(source_name, stream, rows, day) -%}
    left join {{ ref('base__covers') }} as own_day
        on own_day.source = '{{ source_name }}'
        and own_day.stream = '{{ stream }}'
        and own_day.account = {{ rows }}._account
        and own_day.part = {{ rows }}._part
        and own_day.covered_date = {{ rows }}.{{ day }}
{%- endmacro %}
{% macro is_outside_window(rows, day) -%}
    {{ rows }}.{{ day }} is not null
        and {{ rows }}.{{ day }} not between manifest.window_from and manifest.window_to
        and not (
            {{ is_released('outside_window', 'released.rules') }}
            and coalesce(own_day._commit, -1) <= {{ rows }}._commit
        )
{%- endmacro %}
