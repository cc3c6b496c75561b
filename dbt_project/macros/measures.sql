{# Sum of two measures of which a row has one or both: NULL only when neither was measured. #}
{% macro sum_of_known(one, other) -%}
    case when coalesce({{ one }}, {{ other }}) is not null then coalesce({{ one }}, 0) + coalesce({{ other }}, 0) end
{%- endmacro %}

{# Millionths as a decimal with six places. #}
{% macro from_micro(micro) -%}
    cast(({{ micro }}) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6))
{%- endmacro %}

{# Monday of the week of a date, or the first of its month. #}
{% macro start_of(period, day) -%}
    cast(date_trunc('{{ period }}', {{ day }}) as date)
{%- endmacro %}
