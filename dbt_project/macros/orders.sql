{# What is written in more than one model of the order ledger. #}

{# Id of a TikTok Shop line; the platform's name keeps the hash apart from those of Amazon's lines. #}
{% macro shop_line_id(order_id, line_item_id) -%}
    md5(concat('tiktok_shop|', {{ order_id }}, '|', {{ line_item_id }}))
{%- endmacro %}

{# The part of a line's sale that has gone back to the buyer: never more than the sale. `paid` is the buyer's own payment, which
   TikTok's discount makes smaller than the sale; `returned` of `quantity` units came back where no amount is stated. #}
{% macro refunded_part(sale, paid, refund, returned, quantity) -%}
    case
        when {{ sale }} is null or {{ sale }} <= 0 then 0
        when {{ refund }} > 0 and {{ refund }} >= {{ paid }} then {{ sale }}
        when {{ returned }} > 0 and {{ returned }} >= {{ quantity }} then {{ sale }}
        else least({{ sale }}, greatest({{ refund }}, 0) + case
            when {{ returned }} > 0 then {{ mul_div_half_even(sale, returned, quantity) }}
            else 0
        end)
    end
{%- endmacro %}

{# Whether shelf prices of a country are without tax, which the buyer pays on top; everywhere else they include it. #}
{% macro has_tax_on_top(country) -%}
    coalesce({{ country }} in ('US', 'CA', 'PR'), true)
{%- endmacro %}

{# What TikTok Shop has given back for a unit, by one row of its returns: nothing until the return is complete. #}
{% macro money_gone_back(row) -%}
    case
        when {{ row }}.return_type = 'replacement' then 0
        when {{ row }}.return_status = 'return_or_refund_request_complete'
            then coalesce({{ row }}.refund_subtotal_minor, {{ row }}.refund_minor, 0)
        else 0
    end
{%- endmacro %}

{# Whether a line is kept, as known now: of placed orders the retained ones. #}
{% macro is_retained(status) -%}
    {{ status }} not in ('cancelled', 'refunded')
{%- endmacro %}
