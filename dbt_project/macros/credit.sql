{# Credit of one conversion is 1,000,000 micros. Each model is written as the cumulative credit after a touch, a whole number;
   a touch's credit is the difference of two of them, so a path always adds up (algorithms.md, E). #}

{# Weight halves with every half-life of age; in billionths, at least one. #}
{% macro decay_weight(age_us) -%}
    greatest(1, cast(round(
        1e9 * power(2.0, -cast({{ age_us }} as double) / cast({{ days_in_us('half_life_days') }} as double))
    ) as bigint))
{%- endmacro %}

{# Equal parts of so many millionths; `part` is how many of the `parts` are given so far. #}
{% macro even_upto(part, parts, micros=1000000) -%}
    {{ int_div(micros ~ ' * cast(' ~ part ~ ' as bigint)', parts) }}
{%- endmacro %}

{# `member` counts the touches of the tie group that are included: tie_index, or tie_index - 1 for the credit before. #}
{% macro first_touch_upto(member) -%}
    case when path_position = 1 then {{ even_upto(member, 'tie_size') }} else 1000000 end
{%- endmacro %}

{% macro last_touch_upto(member) -%}
    case when path_position = path_length then {{ even_upto(member, 'tie_size') }} else 0 end
{%- endmacro %}

{# 40 % to the first position, 40 % to the last, the rest evenly between; two positions share evenly. #}
{% macro position_based_upto(member) -%}
    case
        when path_length = 1 then {{ even_upto(member, 'tie_size') }}
        when path_length = 2 then 500000 * (path_position - 1) + {{ even_upto(member, 'tie_size', 500000) }}
        when path_position = 1 then {{ even_upto(member, 'tie_size', 400000) }}
        when path_position = path_length then 600000 + {{ even_upto(member, 'tie_size', 400000) }}
        else 400000 + {{ even_upto(
            'cast(path_position - 2 as bigint) * tie_size + ' ~ member,
            '(cast(path_length - 2 as bigint) * tie_size)',
            200000
        ) }}
    end
{%- endmacro %}

{# floor(weight * 1,000,000 / decay_total) in two steps of a thousand, which stay within 64 bits for millions of touches. #}
{% macro time_decay_upto(weight) -%}
    1000 * {{ int_div('1000 * (' ~ weight ~ ')', 'decay_total') }}
    + {{ int_div('1000 * ((1000 * (' ~ weight ~ ')) % decay_total)', 'decay_total') }}
{%- endmacro %}

{# Part of an amount that falls between two cumulative credits: A(upto) - A(before), where A(micros) is
   amount * micros / 1,000,000, truncated towards zero so that a negative amount mirrors the positive one. Whole millions and
   rest apart, so that it stays within 64 bits. #}
{% macro amount_between(amount, upto, before) -%}
    ({{ int_div(amount, '1000000') }} * ({{ upto }} - {{ before }})
        + {{ int_div('((' ~ amount ~ ') % 1000000) * ' ~ upto, '1000000') }}
        - {{ int_div('((' ~ amount ~ ') % 1000000) * ' ~ before, '1000000') }})
{%- endmacro %}

{# Stands for all that readers want to know of a recipient beside its id: touches by the million have few of these in common.
   Two that share a number, one chance in 10^7 for a million of them, fail the key of int_credit__media. #}
{% macro media_key(recipient, credit_resolution=none) -%}
    {%- set columns = [] -%}
    {%- for name in ['channel', 'campaign_id', 'ad_group_id', 'ad_id', 'content_id', 'creator_id', 'evidence'] -%}
        {%- do columns.append(recipient ~ '.' ~ name) -%}
    {%- endfor -%}
    {{ row_fingerprint(columns + [credit_resolution or recipient ~ '.credit_resolution']) }}
{%- endmacro %}

{# Stands for a line in joins, sorts and the credit tables, where texts by the million cost more than all else. Two lines that share a
   number, one chance in 10^6 for five million of them, fail the key of int_conversions__converted. #}
{% macro line_key(conversion_id) -%}
    {{ row_fingerprint([conversion_id]) }}
{%- endmacro %}

{# All that the shares of a touch depend on but its instant: where it is in its path, and who may credit it. #}
{% macro place_columns() -%}
    {{ return([
        'house', 'engaged', 'amazon', 'tiktok', 'path_position', 'path_length', 'tie_index', 'tie_size', 'touch_index',
        'touches', 'engaged_index', 'engaged_size', 'amazon_index', 'amazon_size', 'tiktok_index', 'tiktok_size',
    ]) }}
{%- endmacro %}

{# Stands for these. Two places that share a number fail the key of int_credit__places. #}
{% macro place_key() -%}
    {{ row_fingerprint(place_columns()) }}
{%- endmacro %}

{# Names the rules and parameters behind a credit row. #}
{% macro model_version() -%}
    'rules-4 half_life_days={{ var("half_life_days") }} path_transform={{ var("path_transform") }} window_days=
    {{- var("impression_window_days") }},{{ var("view_2s_window_days") }},{{ var("view_6s_window_days") }},
    {{- var("engagement_window_days") }},{{ var("click_window_days") }} horizon_days={{ var("restatement_horizon_days") }}
    {{- " code_claim_weight=" ~ var("code_claim_weight") }}'
{%- endmacro %}
