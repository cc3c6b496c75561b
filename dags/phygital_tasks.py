"""The tasks the DAGs share; every body is one call into ``phygital_funnel``, imported when the task runs."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, TriggerRule, task, task_group

from phygital_funnel.settings import Settings
from phygital_policy import Pool

if TYPE_CHECKING:
    from phygital_funnel.sources.stream import Window

logger = logging.getLogger(__name__)


def window_of(start: datetime | None, end: datetime | None) -> "Window":
    """The dates that end within a run's data interval, both included: one day, or the many of an initial load.

    A day that is still going on when the interval ends belongs to the next run.

    Raises:
        ConfigError: the run has no data interval.
    """
    from phygital_funnel.errors import ConfigError
    from phygital_funnel.sources.stream import Window

    if start is None or end is None:
        raise ConfigError("This run has no data interval; trigger it with a logical date, so that it knows its dates.")
    return Window(start.date(), max(start.date(), end.date() - timedelta(days=1)))


def begin_log_group(name: str) -> None:
    """End the group before and begin one, which Airflow's log view folds."""
    logger.info("::endgroup::")
    logger.info("::group::%s", name)


def extract_source(source: str, pool: Pool) -> Any:
    """One source's part of an extraction DAG: list its accounts, then extract each of them by itself."""

    @task_group(group_id=source)
    def group() -> None:
        @task
        def list_accounts() -> list[str]:
            from airflow.sdk.exceptions import AirflowSkipException

            from phygital_funnel import pipeline

            settings = Settings.from_env()
            if source in settings.sources and source not in settings.configured_sources():
                name = source.upper()
                raise AirflowSkipException(
                    f"{source} is not configured: set PHYGITAL_{name}_CREDENTIALS_FILE and PHYGITAL_{name}_ACCOUNTS."
                )
            return list(pipeline.accounts(settings, source))

        @task(pool=pool, execution_timeout=timedelta(hours=2), map_index_template="{{ task.op_kwargs['account'] }}")
        def extract(account: str, data_interval_start: Any = None, data_interval_end: Any = None) -> int:
            from phygital_funnel import pipeline

            window = window_of(data_interval_start, data_interval_end)
            return len(pipeline.extract(Settings.from_env(), source, window, account=account or None))

        extract.expand(account=list_accounts())

    return group()


def announce(asset: Asset) -> Any:
    """Say that everything the DAG extracts has landed. A source that is not configured must not hold the build back."""

    @task(task_id="announce", outlets=[asset], trigger_rule=TriggerRule.NONE_FAILED)
    def landed() -> None:
        """The asset event is the whole work."""

    return landed()
