{# Amazon Attribution writes zeros into all figures of a tag below ten lifetime clicks, and nothing marks them: a row that
   exists and says nothing at all. #}

{# Whether a row's figures are all zero or absent. #}
{% macro is_masked(figures) -%}
    {% for figure in figures %}coalesce({{ figure }}, 0) = 0{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# The figure where it was measured. #}
{% macro unmasked(figure) -%}
    case when not is_masked then {{ figure }} end
{%- endmacro %}
