{# Snapshot streams: every state of every key, with valid_from, valid_to and is_current. A state holds from the commit of the
   first usable snapshot that shows it until that of the next that shows another one or no longer lists the key. Of accounts
   that list one key the newest commit shows it, as in keep_first_of_key. `rows` are of all commits, with broken_rule. #}
{% macro states_of_snapshot(source_name, stream, rows, key, attributes) -%}
    {%- set keys = key | join(', ') -%}
    {%- set columns = (key + attributes) | join(', ') -%}
    with snapshots as (
        select
            *,
            -- Clocks may go back between commits, knowledge does not.
            max(committed_at) over (order by _commit) as shown_at,
            lead(_commit) over (partition by account, part order by _commit) as next_commit
        from {{ ref('base__commits') }}
        where source = '{{ source_name }}' and stream = '{{ stream }}' and coverage = 'snapshot' and is_usable
    ),
    judged as (
        select {{ rows }}.*, snapshots.next_commit, {{ released_columns() }}
        from {{ rows }}
        join snapshots
            on snapshots.account = {{ rows }}._account
            and snapshots.part = {{ rows }}._part
            and snapshots._commit = {{ rows }}._commit
        {{ join_released(source_name, stream, rows) }}
    ),
    kept as ({{ keep_first_of_key('judged', key + ['_commit']) }}),
    listed as (
        select *, lead(_commit) over (partition by {{ keys }}, _account, _part order by _commit) as next_listing
        from kept
        where reject_rule is null
    ),
    gone as (select * from listed where next_commit is not null and next_listing is distinct from next_commit),
    shown as (
        select {{ columns }}, _commit, _commit as listed_in, true as is_listed from listed
        union all
        select {{ columns }}, next_commit, -1, false from gone
        union all
        -- What one account no longer lists, another may still.
        select {{ keys }}, listed.{{ attributes | join(', listed.') }}, gone.next_commit, listed._commit, true
        from gone join listed using ({{ keys }})
        where listed._commit < gone.next_commit and coalesce(listed.next_commit > gone.next_commit, true)
    ),
    moments as (
        select shown.*, shown_at,
            row_number() over (partition by {{ keys }}, shown_at order by shown._commit desc, listed_in desc) as place
        from shown join snapshots on snapshots._commit = shown._commit
    ),
    runs as (
        select *, row_number() over (partition by {{ keys }} order by shown_at)
            - row_number() over (partition by {{ columns }}, is_listed order by shown_at) as run
        from moments
        where place = 1
    ),
    states as (
        select {{ columns }}, is_listed, min(shown_at) as valid_from,
            lead(min(shown_at)) over (partition by {{ keys }} order by min(shown_at)) as valid_to
        from runs
        group by {{ columns }}, is_listed, run
    )
    select {{ columns }}, valid_from, valid_to, valid_to is null as is_current from states where is_listed
{%- endmacro %}
