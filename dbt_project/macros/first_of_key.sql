{# Which of several accepted rows of one key is kept; the others are rejected as 'duplicate_key'. #}

{# The rows of `judged` with reject_rule: their broken rule, or 'duplicate_key' for all but the first accepted row of a key;
   of one extraction's rows a released one comes first. #}
{% macro keep_first_of_key(judged, key) -%}
    select
        ranked.*,
        case
            when ranked.broken_rule is not null then ranked.broken_rule
            when ranked.place_in_key > 1 then 'duplicate_key'
        end as reject_rule
    from (
        select
            {{ judged }}.*,
            row_number() over (
                partition by broken_rule, {{ key | join(', ') }}
                order by _commit desc, {{ released_first() }}, _row
            ) as place_in_key
        from {{ judged }}
    ) as ranked
{%- endmacro %}

{# The same where key and scope of a stream of changes are one, so that only rows with has_others can share a key. #}
{% macro keep_first_of_shared_key(judged, key) -%}
    select
        {{ judged }}.*,
        case
            when {{ judged }}.broken_rule is not null then {{ judged }}.broken_rule
            when ranked.place_in_key > 1 then 'duplicate_key'
        end as reject_rule
    from {{ judged }}
    left join (
        select
            _commit,
            _row,
            row_number() over (
                partition by {{ key | join(', ') }}
                order by _commit desc, {{ released_first() }}, _row
            ) as place_in_key
        from {{ judged }}
        where has_others and broken_rule is null
    ) as ranked
        on ranked._commit = {{ judged }}._commit
        and ranked._row = {{ judged }}._row
{%- endmacro %}
