"""Build the ledgers and marts from everything landed, and publish them as a release, if every gate agrees.

In: landing. Out: `releases/<run_id>/` with `releases/current` pointing to it, and the asset `release_funnel`. Runs when
all three extractions have announced new data.

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

from airflow.sdk import dag, task

from phygital_policy import (
    AMAZON_LANDED,
    DEFAULT_ARGS,
    FIRST_PARTY_LANDED,
    RELEASE_PUBLISHED,
    START_DATE,
    TIKTOK_LANDED,
    Pool,
    Tag,
)
from phygital_tasks import begin_log_group


@dag(
    schedule=[TIKTOK_LANDED, AMAZON_LANDED, FIRST_PARTY_LANDED],
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_1, Tag.RELEASE],
    doc_md=__doc__,
)
def build_funnel() -> None:
    """Wire the build."""

    @task(pool=Pool.DUCKDB_WRITER, outlets=[RELEASE_PUBLISHED], execution_timeout=timedelta(hours=3))
    def build() -> str:
        from phygital_funnel import pipeline
        from phygital_funnel.settings import Settings

        return pipeline.build_and_publish(Settings.from_env(), on_phase=begin_log_group).run_id

    build()


build_funnel()
