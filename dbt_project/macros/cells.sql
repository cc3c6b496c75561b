{# Sharing whole numbers out among the tags and the orders of a cell (ledger-rules 12 and 17). #}

{# What part of a code order's claim the tags of the code's owner lose, in millionths (omega of ledger-rules 11). #}
{% macro code_claim_weight_micro() -%}
    {{ (var('code_claim_weight') | float * 1000000) | round | int }}
{%- endmacro %}

{# Part of a whole amount that falls between two cumulative weights out of a total; all parts add up to the amount. #}
{% macro share_between(amount, upto, before, total) -%}
    ({{ mul_div(amount, upto, total) }} - {{ mul_div(amount, before, total) }})
{%- endmacro %}

{# Micro-credit of one order up to a recipient. Micro-credits are dealt to the cell's orders in turn, like cards: of the first
   `placed` of them the order whose turn it is after `turn` others gets this many. Over all turns that is `placed` (Hermite's
   identity), and it never falls from one recipient to the next: both margins are exact and no credit is below zero. #}
{% macro cell_credit_upto(placed, turn, orders) -%}
    {{ int_div(placed ~ ' + ' ~ orders ~ ' - 1 - ' ~ turn, orders) }}
{%- endmacro %}

{# A tag's id as the last part of a recipient's key: a colon inside would make two keys of one. #}
{% macro tag_part(tag, otherwise) -%}
    coalesce(replace(replace({{ tag }}, '%', '%25'), ':', '%3A'), '{{ otherwise }}')
{%- endmacro %}
