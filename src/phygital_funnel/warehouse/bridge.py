"""The way from one kept release to a later one: the bridges of the releases between, added up."""

from typing import Any

from phygital_funnel.errors import ReleaseError
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.releases import Release, named

_STEP = """
select
    metric, currency, channel, evidence, data_change, weights_change, calibration_change,
    {before} as value_before, {after} as value_after
from step_{number}.mart_restatement_bridge
"""
_SUM = """
select
    metric, currency, channel, evidence,
    sum(value_before)::bigint as value_before,
    sum(value_after)::bigint as value_after,
    sum(data_change)::bigint as data_change,
    sum(weights_change)::bigint as weights_change,
    sum(calibration_change)::bigint as calibration_change
from ({steps})
group by all
order by all
"""


def bridge(settings: Settings, first: str, last: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """What changed between two releases and why, over all days, as column names and rows.

    Args:
        settings: where the releases are.
        first: run id of the earlier release.
        last: run id of the later one.

    Raises:
        ReleaseError: a release is not kept, or the later one does not build on the earlier.
    """
    steps = _steps(settings, first, last)
    with connect() as con:
        for number, release in enumerate(steps):
            path = str(release.database).replace("'", "''")
            con.execute(f"attach '{path}' as step_{number} (read_only)")
        queries = [
            _STEP.format(
                number=number,
                before="value_before" if number == 0 else "0",
                after="value_after" if number == len(steps) - 1 else "0",
            )
            for number in range(len(steps))
        ]
        result = con.sql(_SUM.format(steps=" union all ".join(queries)))
        return list(result.columns), result.fetchall()


def _steps(settings: Settings, first: str, last: str) -> list[Release]:
    """The releases after the first up to the last, each compared with the one before it."""
    begin, release = named(settings, first), named(settings, last)
    steps: list[Release] = []
    while release.run_id != begin.run_id:
        steps.insert(0, release)
        before = release.manifest().get("compared_with")
        if before is None:
            raise ReleaseError(f"{last} does not build on {first}: {release.run_id} was compared with no release.")
        release = named(settings, before)
    if not steps:
        raise ReleaseError("name two different releases.")
    return steps
