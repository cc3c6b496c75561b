{# What a counter gained since the look before, for int_organic__video_days: one that fell gained nothing, and a new post began at nought. #}
{% macro gained(name) -%}
    case
        when {{ name }} < previous_{{ name }} then 0
        else {{ name }} - case when is_new then 0 else previous_{{ name }} end
    end
{%- endmacro %}
