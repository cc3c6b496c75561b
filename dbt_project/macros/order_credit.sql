{# What recipients have in common is summed for all attribution models at once, and then told one model a row. #}

{# Sums of one model's columns over lines and recipients. #}
{% macro sums_of_model(model) -%}
    cast(sum({{ model }}_credit_micro) as bigint) as {{ model }}_micro,
        cast(sum(case when is_retained then {{ model }}_credit_micro else 0 end) as bigint) as {{ model }}_retained,
        cast(coalesce(sum({{ model }}_amount_minor), 0) as bigint) as {{ model }}_minor,
        cast(coalesce(sum({{ model }}_amount_reporting_minor), 0) as bigint) as {{ model }}_reporting,
        count({{ model }}_amount_minor) - count({{ model }}_amount_reporting_minor) as {{ model }}_unconverted
{%- endmacro %}

{# The rows of one model. #}
{% macro order_credit_of_model(model, summed) -%}
    select
        event_date_market,
        '{{ model }}' as attribution_model,
        platform,
        market,
        channel,
        campaign_id,
        content_id,
        creator_id,
        evidence,
        currency,
        order_parts,
        reporting_currency,
        {{ model }}_micro as credit_micro,
        {{ model }}_retained as retained_credit_micro,
        {{ model }}_minor as attributed_amount_minor,
        {{ model }}_reporting as attributed_amount_reporting_minor,
        {{ model }}_unconverted as unconverted_rows
    from {{ summed }}
{%- endmacro %}
