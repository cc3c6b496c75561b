{# The rows of one attribution model, in the long form that readers use. #}
{% macro credit_of_model(model) -%}
    select
        conversion_id,
        recipient_key,
        touchpoint_id,
        '{{ model }}' as attribution_model,
        platform,
        channel,
        campaign_id,
        ad_group_id,
        ad_id,
        content_id,
        creator_id,
        market,
        evidence,
        credit_resolution,
        path_position,
        path_length,
        {{ model }}_credit_micro as credit_micro,
        {{ model }}_amount_minor as attributed_amount_minor,
        currency,
        {{ model }}_amount_reporting_minor as attributed_amount_reporting_minor,
        converted_at,
        conversion_status,
        -- The same in all rows: other rules or parameters, and all credit is made anew.
        {{ model_version() }} as model_version
    from {{ ref('fct_attribution_credit_wide') }}
{%- endmacro %}
