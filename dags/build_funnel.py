"""Build the ledgers and marts from everything landed, and publish them as a release, if every gate agrees.

In: landing. Out: `releases/<run_id>/` with `releases/current` pointing to it, and the asset `release_funnel`.

One run per month that something new falls into: the partition key `2026-11` when all three extractions have announced
days of November, `2026-11 restated` when earlier days of November changed. A run first waits until no extraction is
active, so that what several of them bring is built once; a build takes up everything that is landed, whatever its
month. A run that finds that the published release holds everything already skips the build and says so.

One task, one process: load, gate `landing`, one `dbt build` per layer with the gates `staging` and `marts` between,
export, gate `published`, then the swap. Great Expectations takes 5 seconds of processor time to import and the build
database allows one writer, so separate tasks would pay the import four times and queue for the database anyway; each
phase is a group of its own in the task's log (`docs/adr/0003-one-process-per-build.md`). A build that is killed leaves
nothing behind that a reader can see, and is simply run again.

**If it fails**: the last good release stays published. `phygital status` names the gate and the expectation that
blocked; a critical expectation, a dbt error or a wrong setting is not tried again. Steps:
`docs/runbooks/build_funnel.md`.

Owner: marketing-data.
"""

from datetime import timedelta

from airflow.sdk import TriggerRule, dag, task

from phygital_policy import DEFAULT_ARGS, START_DATE, Pool, Tag
from phygital_schedules import RELEASE_PUBLISHED, on_landed_months
from phygital_tasks import begin_log_group, skip_if_published, wait_for_extractions


@dag(
    schedule=on_landed_months(),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_1, Tag.RELEASE],
    doc_md=__doc__,
)
def build_funnel() -> None:
    """Wire the build."""

    @task(
        pool=Pool.DUCKDB_WRITER,
        outlets=[RELEASE_PUBLISHED],
        execution_timeout=timedelta(hours=3),
        trigger_rule=TriggerRule.NONE_FAILED,
    )
    def build() -> str:
        from phygital_funnel import pipeline
        from phygital_funnel.settings import Settings

        settings = Settings.from_env()
        skip_if_published(settings)
        return pipeline.build_and_publish(settings, on_phase=begin_log_group).run_id

    wait_for_extractions() >> build()


build_funnel()
