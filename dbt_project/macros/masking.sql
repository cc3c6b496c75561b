{# Amazon Attribution writes zeros into all figures of a tag below ten lifetime clicks, and nothing marks them. A tag that
   shows anything has had its ten clicks, so that its zeros of that reading, and of all later ones, were measured. Zeros
   that were read before say nothing until their days are read again (ledger-rules 14). #}

{# Whether a row's figures are all zero or absent. #}
{% macro shows_nothing(figures) -%}
    {% for figure in figures %}coalesce({{ figure }}, 0) = 0{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# Whether a row that shows nothing was read before its tag, named by these columns, showed anything. #}
{% macro is_masked(tag) -%}
    shows_nothing and coalesce(
        _commit < min(case when not shows_nothing then _commit end) over (partition by {{ tag | join(', ') }}), true
    )
{%- endmacro %}

{# The figure where it was measured. #}
{% macro unmasked(figure) -%}
    case when not is_masked then {{ figure }} end
{%- endmacro %}
