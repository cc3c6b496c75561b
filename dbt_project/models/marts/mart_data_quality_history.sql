select
    run_id,
    run_sequence,
    evaluated_at,
    stage,
    cast(stage_order as int) as stage_order,
    table_name,
    check_name,
    check_id,
    severity,
    action,
    is_passed,
    observed,
    bound,
    unexpected_rows
from {{ source('raw', 'quality_results') }}
-- Only a gate that passed let anything in; what one that blocked found stays in state/quality.
where gate_passed
