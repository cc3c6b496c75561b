{# Integer arithmetic that gives the same digits on every engine. #}

{# Type of whole numbers wider than 64 bits. #}
{% macro wide_integer() -%}
    {{ return(adapter.dispatch('wide_integer')()) }}
{%- endmacro %}
{% macro duckdb__wide_integer() -%}hugeint{%- endmacro %}
{% macro spark__wide_integer() -%}decimal(38, 0){%- endmacro %}

{# Quotient of two whole numbers, truncated towards zero. #}
{% macro int_div(dividend, divisor) -%}
    {{ return(adapter.dispatch('int_div')(dividend, divisor)) }}
{%- endmacro %}
{% macro duckdb__int_div(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}
{% macro spark__int_div(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}

{# (a * b) // c, truncated towards zero, with a product of up to 38 digits; the result must fit 64 bits. #}
{% macro mul_div(a, b, c) -%}
    cast({{ int_div('cast(' ~ a ~ ' as ' ~ wide_integer() ~ ') * (' ~ b ~ ')', c) }} as bigint)
{%- endmacro %}

{# (a * b) / c for c above zero, rounded to the nearest whole number, halves to even; NULL when it does not fit 64 bits. #}
{% macro mul_div_half_even(a, b, c) -%}
    {%- set product = '(cast(' ~ a ~ ' as ' ~ wide_integer() ~ ') * (' ~ b ~ '))' -%}
    {%- set size = 'abs(' ~ product ~ ')' -%}
    {%- set whole = int_div(size, c) -%}
    {%- set twice_rest = '2 * (' ~ size ~ ' - ' ~ whole ~ ' * (' ~ c ~ '))' -%}
    try_cast(
        case when {{ product }} < 0 then -1 else 1 end
        * ({{ whole }} + case
            when {{ twice_rest }} > ({{ c }}) then 1
            when {{ twice_rest }} = ({{ c }}) then {{ whole }} % 2
            else 0
        end) as bigint
    )
{%- endmacro %}

{# A decimal rounded to a whole number, halves to even. #}
{% macro round_half_even(amount) -%}
    {{ return(adapter.dispatch('round_half_even')(amount)) }}
{%- endmacro %}
{% macro duckdb__round_half_even(amount) -%}
    {#- round_even() goes through doubles, so the halves are found on the decimal itself. -#}
    (floor({{ amount }}) + case
        when ({{ amount }}) - floor({{ amount }}) > 0.5 then 1
        when ({{ amount }}) - floor({{ amount }}) < 0.5 then 0
        else abs(floor({{ amount }}) % 2)
    end)
{%- endmacro %}
{% macro spark__round_half_even(amount) -%}
    bround({{ amount }}, 0)
{%- endmacro %}
