{# Which landed rows are the current value of their key (ledger-rules 1 and 2). #}

{# Columns of every landed row that later layers need to find it again. #}
{% macro landing_columns() -%}
    coalesce(_account, '') as _account,
        coalesce(_part, '') as _part,
        _row,
        _commit,
        _manifest_id,
        _reject
{%- endmacro %}

{# The date a row is covered by: its own, or its manifest's first when it has none or lies outside. #}
{% macro covering_date(day, manifest) -%}
    case
        when {{ day }} between {{ manifest }}.window_from and {{ manifest }}.window_to then {{ day }}
        else {{ manifest }}.window_from
    end
{%- endmacro %}

{# Window streams: rows of the newest complete commit whose window covers their date. Adds is_outside_window. #}
{% macro current_in_window(source_name, stream, rows, day) -%}
    select
        {{ rows }}.*,
        {{ released_columns() }},
        {{ is_outside_window(rows, day) }} as is_outside_window
    from {{ rows }}
    join {{ ref('base__commits') }} as manifest
        on manifest.source = '{{ source_name }}'
        and manifest.stream = '{{ stream }}'
        and manifest._commit = {{ rows }}._commit
    join {{ ref('base__covers') }} as covers
        on covers.source = '{{ source_name }}'
        and covers.stream = '{{ stream }}'
        and covers.account = {{ rows }}._account
        and covers.part = {{ rows }}._part
        and covers._commit = {{ rows }}._commit
        and covers.covered_date = {{ covering_date(rows ~ '.' ~ day, 'manifest') }}
    {{ join_own_day(source_name, stream, rows, day) }}
    {{ join_released(source_name, stream, rows) }}
{%- endmacro %}

{# Snapshot streams: rows of the newest complete commit of their account and part. #}
{% macro current_in_snapshot(source_name, stream, rows) -%}
    select
        {{ rows }}.*,
        {{ released_columns() }}
    from {{ rows }}
    join {{ ref('base__covers') }} as covers
        on covers.source = '{{ source_name }}'
        and covers.stream = '{{ stream }}'
        and covers.account = {{ rows }}._account
        and covers.part = {{ rows }}._part
        and covers._commit = {{ rows }}._commit
        and covers.covered_date is null
    {{ join_released(source_name, stream, rows) }}
{%- endmacro %}

{# Joins its commit to each row of `rows`, where that is complete and not set aside. #}
{% macro join_usable_commit(source_name, stream, rows) -%}
    join {{ ref('base__commits') }} as commits
            on commits.source = '{{ source_name }}'
            and commits.stream = '{{ stream }}'
            and commits._commit = {{ rows }}._commit
            and commits.is_usable
{%- endmacro %}

{# Streams of changes: rows of all complete commits, with is_current (newest commit that holds the scope),
   first_known_at (time of the first that does), known_at, and has_others (another row has the same scope). A row without a scope
   stands alone. Most rows do: those that do not are found by a GROUP BY, which reads the scope alone and leaves the others where
   they were landed, in the order of their time; a window function would sort all columns of all rows. #}
{% macro versions_of_changes(source_name, stream, rows, scope) -%}
    select
        spanned.*,
        spanned._commit = spanned.newest_commit as is_current,
        first_commit.committed_at as first_known_at
    from (
        select
            {{ rows }}.*,
            commits.committed_at as known_at,
            {{ released_columns() }},
            shared.newest_commit is not null as has_others,
            coalesce(shared.newest_commit, {{ rows }}._commit) as newest_commit,
            coalesce(shared.oldest_commit, {{ rows }}._commit) as oldest_commit
        from {{ rows }}
        {{ join_usable_commit(source_name, stream, rows) }}
        {{ join_released(source_name, stream, rows) }}
        left join (
            select
                {{ scope | join(', ') }},
                max({{ rows }}._commit) as newest_commit,
                min({{ rows }}._commit) as oldest_commit
            from {{ rows }}
            {{ join_usable_commit(source_name, stream, rows) }}
            group by {{ scope | join(', ') }}
            having count(*) > 1
        ) as shared
            on {% for column in scope %}shared.{{ column }} = {{ rows }}.{{ column }}
            {%- if not loop.last %} and {% endif %}{% endfor %}
    ) as spanned
    join {{ ref('base__commits') }} as first_commit
        on first_commit.source = '{{ source_name }}'
        and first_commit.stream = '{{ stream }}'
        and first_commit._commit = spanned.oldest_commit
{%- endmacro %}
