with results as (
    select * from {{ source('raw', 'quality_results') }}
),

-- Only a gate that passed let anything in; what one that blocked found stays in state/quality.
passed as (
    select
        *,
        max(run_sequence) over (partition by stage, table_name) as newest_run_of_table
    from results
    where gate_passed
),

-- The gate landing looks at tables for which something waits: of the others, what it found when they were let in.
standing as (
    select passed.*
    from passed
    cross join {{ source('raw', 'build') }} as build
    where
        passed.run_id = build.run_id
        or (passed.stage = 'landing' and passed.run_sequence = passed.newest_run_of_table)
),

changes as (
    select
        stage,
        table_name,
        check_name,
        run_sequence,
        evaluated_at,
        is_passed,
        lag(is_passed) over (partition by stage, table_name, check_name order by run_sequence) as was_passed
    from results
),

beginnings as (
    select
        standing.stage,
        standing.table_name,
        standing.check_name,
        max(changes.evaluated_at) as stands_since
    from standing
    inner join changes
        on standing.stage = changes.stage
        and standing.table_name = changes.table_name
        and standing.check_name = changes.check_name
        and standing.run_sequence >= changes.run_sequence
    where changes.was_passed is null or changes.was_passed <> changes.is_passed
    group by standing.stage, standing.table_name, standing.check_name
)

select
    standing.stage,
    cast(standing.stage_order as int) as stage_order,
    standing.table_name,
    standing.check_name,
    standing.check_id,
    standing.column_names,
    standing.severity,
    standing.action,
    standing.is_passed,
    standing.observed,
    standing.bound,
    standing.unexpected_rows,
    standing.run_id,
    standing.evaluated_at,
    beginnings.stands_since,
    standing.owner,
    standing.reason
from standing
inner join beginnings
    on standing.stage = beginnings.stage
    and standing.table_name = beginnings.table_name
    and standing.check_name = beginnings.check_name
