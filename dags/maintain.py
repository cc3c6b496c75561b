"""Keep the home small: compact landing, remove what nobody comes back for (notes of extractions, old gate results).

In and out: landing, whose rows and versions stay as they are, and `state/`. Every extraction is a small file; weekly
compaction makes few large ones of them, and files it replaced stay readable for 30 days.

**If it fails**: nothing is lost and nothing stops; builds read more files than they need. Steps:
`docs/runbooks/maintain.md`.

Owner: marketing-data.
"""

from datetime import timedelta

from airflow.sdk import dag, task

from phygital_funnel.settings import Settings
from phygital_policy import DEFAULT_ARGS, START_DATE, Pool, Tag
from phygital_schedules import scheduled


@dag(
    schedule=scheduled("0 3 * * 0"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_2, Tag.UPKEEP],
    doc_md=__doc__,
)
def maintain() -> None:
    """Wire the two, which do not depend on each other."""

    @task(pool=Pool.LANDING, execution_timeout=timedelta(hours=3))
    def compact() -> int:
        from phygital_funnel import upkeep

        return upkeep.compact(Settings.from_env())

    @task
    def sweep() -> int:
        from phygital_funnel import upkeep

        return upkeep.sweep(Settings.from_env())

    compact()
    sweep()


maintain()
