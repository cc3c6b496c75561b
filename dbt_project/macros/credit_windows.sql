{# How long a touch counts, in microseconds, by the rules of each group of models; 0 means never. #}

{# The models of the house: a setting per touch type. #}
{% macro house_window(touch_type) -%}
    case {{ touch_type }}
        when 'impression' then {{ days_in_us('impression_window_days') }}
        when 'view_2s' then {{ days_in_us('view_2s_window_days') }}
        when 'view_6s' then {{ days_in_us('view_6s_window_days') }}
        when 'engagement' then {{ days_in_us('engagement_window_days') }}
        when 'click' then {{ days_in_us('click_window_days') }}
    end
{%- endmacro %}

{# amazon_14d_last_click: clicks before orders on Amazon. #}
{% macro amazon_window(platform, touch_type) -%}
    case when {{ platform }} = 'amazon' and {{ touch_type }} = 'click' then {{ 14 * 86400000000 }} else 0 end
{%- endmacro %}

{# tiktok_7c1v: touches on TikTok, clicks for seven days and everything else for one. #}
{% macro tiktok_window(channel, touch_type) -%}
    case
        when lower({{ channel }}) not like 'tiktok%' then 0
        when {{ touch_type }} = 'click' then {{ 7 * 86400000000 }}
        else {{ 86400000000 }}
    end
{%- endmacro %}

{# The longest of all windows: a touch as old as this counts in no model. #}
{% macro longest_window() -%}
    {%- set windows = [14 * 86400000000] -%}
    {%- for setting in ['impression', 'view_2s', 'view_6s', 'engagement', 'click'] -%}
        {%- do windows.append(days_in_us(setting ~ '_window_days') | int) -%}
    {%- endfor -%}
    {{ windows | max }}
{%- endmacro %}

{# last_engaged_touch looks at these alone. #}
{% macro is_engaged(touch_type) -%}
    {{ touch_type }} in ('click', 'view_6s', 'engagement')
{%- endmacro %}
