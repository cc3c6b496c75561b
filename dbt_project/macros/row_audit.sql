{# Where the landed rows of a stream are now. Superseded rows are counted from raw alone, in another way than base finds them,
   so that landed = staged + superseded + quarantined + partial proves something. #}

{# day: SQL of the row's date, read from raw; only for window streams. #}
{% macro audit_window(source_name, stream, day) -%}
    {%- set superseded -%}
        select sum(landed.rows_landed)
        from (
            select
                _account,
                _part,
                _commit,
                {{ day }} as row_day,
                count(*) as rows_landed
            from {{ raw_relation(source_name, stream) }}
            group by _account, _part, _commit, {{ day }}
        ) as landed
        join {{ usable_commits(source_name, stream) }} as own
            on own._commit = landed._commit
        where exists (
            select 1
            from {{ usable_commits(source_name, stream) }} as newer
            where newer.account = coalesce(landed._account, '')
                and newer.part = coalesce(landed._part, '')
                and newer._commit > landed._commit
                and {{ covering_date('landed.row_day', 'own') }} between newer.window_from and newer.window_to
        )
    {%- endset -%}
    {{ audit_stream(source_name, stream, superseded) }}
{%- endmacro %}

{% macro audit_snapshot(source_name, stream) -%}
    {%- set superseded -%}
        select count(*)
        from {{ raw_relation(source_name, stream) }} as landed
        join {{ usable_commits(source_name, stream) }} as own
            on own._commit = landed._commit
        where exists (
            select 1
            from {{ usable_commits(source_name, stream) }} as newer
            where newer.account = coalesce(landed._account, '')
                and newer.part = coalesce(landed._part, '')
                and newer._commit > landed._commit
        )
    {%- endset -%}
    {{ audit_stream(source_name, stream, superseded) }}
{%- endmacro %}

{# scope: raw columns that a commit replaces as one. #}
{% macro audit_changes(source_name, stream, scope) -%}
    {%- set superseded -%}
        select count(*)
        from (
            select
                {% for column in scope %}{{ clean_text(column) }} as {{ column }}, {% endfor %}
                landed._commit
            from {{ raw_relation(source_name, stream) }} as landed
            join {{ usable_commits(source_name, stream) }} as own
                on own._commit = landed._commit
        ) as older
        join (
            select
                {% for column in scope %}{{ clean_text(column) }} as {{ column }}, {% endfor %}
                max(landed._commit) as _commit
            from {{ raw_relation(source_name, stream) }} as landed
            join {{ usable_commits(source_name, stream) }} as own
                on own._commit = landed._commit
            group by {% for column in scope %}{{ clean_text(column) }}{{ ', ' if not loop.last }}{% endfor %}
        ) as newest
            on newest._commit > older._commit
            {% for column in scope %}and newest.{{ column }} = older.{{ column }} {% endfor %}
    {%- endset -%}
    {{ audit_stream(source_name, stream, superseded) }}
{%- endmacro %}

{% macro usable_commits(source_name, stream) -%}
    (
        select * from {{ ref('base__commits') }}
        where source = '{{ source_name }}' and stream = '{{ stream }}' and is_usable
    )
{%- endmacro %}

{% macro audit_stream(source_name, stream, superseded) -%}
    select
        '{{ source_name }}' as source,
        '{{ stream }}' as stream,
        (select count(*) from {{ raw_relation(source_name, stream) }}) as landed,
        (select count(*) from {{ ref('stg_' ~ source_name ~ '__' ~ stream) }}) as staged,
        cast(coalesce(({{ superseded }}), 0) as bigint) as superseded,
        (select count(*) from {{ ref('quarantine_' ~ source_name ~ '__' ~ stream) }}) as quarantined,
        (
            select count(*)
            from {{ raw_relation(source_name, stream) }} as landed
            left join {{ usable_commits(source_name, stream) }} as own
                on own._commit = landed._commit
            where own._commit is null
        ) as partial,
        (
            select count(*) from {{ ref('base_' ~ source_name ~ '__' ~ stream) }}
            where reject_rule is null and released_rules is not null
        ) as released
{%- endmacro %}
