"""The tasks the DAGs share; every body is one call into ``phygital_funnel``, imported when the task runs."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, TriggerRule, task

from phygital_extract import ExtractOperator, window_of
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Cadence
from phygital_policy import EXTRACTIONS, SOURCES, Pool
from phygital_schedules import RESTATED

logger = logging.getLogger(__name__)


def begin_log_group(name: str) -> None:
    """End the group before and begin one, which Airflow's log view folds."""
    logger.info("::endgroup::")
    logger.info("::group::%s", name)


def extract_streams(pool: Pool, cadence: Cadence, suffix: str = "") -> Any:
    """A platform's part of an extraction DAG: list the streams of every account, then extract each by itself.

    Args:
        pool: the platform.
        cadence: which of its streams.
        suffix: keeps the task ids apart in a DAG of several platforms.
    """

    @task(task_id=f"list_work{suffix}")
    def list_work() -> list[dict[str, str]]:
        from phygital_funnel import work

        return work.pieces(Settings.from_env(), SOURCES[pool], cadence)

    return ExtractOperator.partial(
        task_id=f"extract{suffix}",
        pool=pool,
        # Amazon takes one request for a report a minute, so a year by day takes six hours; a retry keeps what landed.
        execution_timeout=timedelta(hours=6),
        map_index_template="{{ task.label }}",
    ).expand_kwargs(list_work())


def announce(asset: Asset, cadence: Cadence, pools: Iterable[Pool]) -> Any:
    """Say which days have landed and, for daily streams, which earlier days were restated.

    A source that is not configured must not hold the build back, so skipped tasks count as done.
    """
    sources = [source for pool in pools for source in SOURCES[pool]]
    outlets = [asset, RESTATED] if cadence is Cadence.DAILY else [asset]

    @task(task_id="announce", outlets=outlets, trigger_rule=TriggerRule.NONE_FAILED)
    def landed(*, outlet_events: Any, dag_run: Any) -> None:
        from phygital_funnel import changes

        window = window_of(dag_run.data_interval_start, dag_run.data_interval_end, cadence)
        days = changes.restated_days(Settings.from_env(), sources, cadence, dag_run.run_id)
        for changed, told in ((asset, window.days()), (RESTATED, [day for day in days if day < window.start])):
            if changed in outlets:
                outlet_events[changed].add_partitions([day.isoformat() for day in told])

    return landed()


def skip_if_published(settings: Settings) -> None:
    """End a build before it begins when the published release holds everything already.

    Raises:
        AirflowSkipException: it does; the run counts as a success, and no release is announced.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from phygital_funnel.warehouse.newness import published_already

    release = published_already(settings)
    if release is not None:
        raise AirflowSkipException(f"Nothing to build: release {release.run_id} holds everything that is landed.")


def wait_for_extractions() -> Any:
    """Hold the build back while an extraction runs, so that what several of them bring is built once.

    After two hours it is skipped and the build goes ahead: an extraction that hangs must not stop the releases.
    """

    @task.sensor(
        task_id="wait_for_extractions",
        mode="reschedule",
        poke_interval=30 if Settings.from_env().schedules else 3,
        timeout=timedelta(hours=2),
        soft_fail=True,
    )
    def none_is_active(ti: Any) -> bool:
        return not any(ti.get_dr_count(dag_id, states=["queued", "running"]) for dag_id in EXTRACTIONS)

    return none_is_active()
