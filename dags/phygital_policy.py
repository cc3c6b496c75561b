"""What the DAG files share: assets, tags, pools, defaults, the rules of retrying, and the shape of an extraction.

Only wiring is here; every task body is one call into ``phygital_funnel``, imported when the task runs.
"""

import logging
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import (
    Asset,
    CronDataIntervalTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    TriggerRule,
    task,
    task_group,
)

from phygital_funnel.settings import Settings

if TYPE_CHECKING:
    from phygital_funnel.sources.stream import Window

logger = logging.getLogger(__name__)

OWNER = "marketing-data"
START_DATE = datetime(2026, 1, 1, tzinfo=UTC)
RUNBOOKS = Path("docs") / "runbooks"

TIKTOK_LANDED = Asset("landing_tiktok")
AMAZON_LANDED = Asset("landing_amazon")
FIRST_PARTY_LANDED = Asset("landing_first_party")
RELEASE_PUBLISHED = Asset("release_funnel")


class Tag(StrEnum):
    """Every tag a DAG may carry."""

    TIER_1 = "tier/1"
    TIKTOK = "platform/tiktok"
    AMAZON = "platform/amazon"
    FIRST_PARTY = "platform/first_party"
    LANDING = "layer/landing"
    RELEASE = "layer/release"


class Pool(StrEnum):
    """Pools of ``pools.json``; Airflow never schedules a task whose pool does not exist."""

    TIKTOK = "tiktok"
    AMAZON = "amazon"
    FIRST_PARTY = "first_party"
    DUCKDB_WRITER = "duckdb_writer"


FAIL_AT_ONCE = {
    "ConfigError": "a setting or credentials file is wrong: a person must act",
    "AuthError": "the platform refuses the credentials: a person must act",
    "RequestRefused": "the platform calls the request invalid: the same request will be refused again",
    "SchemaDrift": "the report or file changed shape: a person must act",
    "BuildError": "the loader or dbt refused: the same input gives the same answer",
    "QualityGateFailed": "a critical expectation failed: the data must be mended first",
    "ReleaseError": "there is no release to work on: a person must act",
}
TRY_AGAIN = {
    "TransientSourceError": "throttled or unreachable: the same request may succeed later",
    "TruncatedReport": "the download broke off: a new report may be whole",
    "LandingError": "the landing zone may have been busy",
}
BUGS = ["builtins.TypeError", "builtins.AttributeError", "builtins.NameError", "builtins.ImportError"]


def _rule(name: str, action: RetryAction, reason: str) -> RetryRule:
    return RetryRule(exception=f"phygital_funnel.errors.{name}", action=action, reason=reason)


RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        *(_rule(name, RetryAction.FAIL, reason) for name, reason in FAIL_AT_ONCE.items()),
        RetryRule(exception=BUGS, action=RetryAction.FAIL, reason="a bug: the same code gives the same answer"),
        # No delay of its own: a rule's fixed delay would replace the growing one below.
        *(_rule(name, RetryAction.RETRY, reason) for name, reason in TRY_AGAIN.items()),
    ]
)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=30),
    "retry_policy": RETRY_POLICY,
    "execution_timeout": timedelta(minutes=10),
}


def daily(cron: str) -> CronDataIntervalTimetable | None:
    """A daily schedule whose runs cover the day before, or none when ``PHYGITAL_SCHEDULES=off``.

    A plain cron string gives runs an empty data interval since Airflow 3, hence the timetable.
    """
    return CronDataIntervalTimetable(cron, timezone="UTC") if Settings.from_env().schedules else None


def window_of(start: datetime | None, end: datetime | None) -> "Window":
    """The dates of a run's data interval, both included; an interval may span one day or a whole initial load.

    Raises:
        ConfigError: the run has no data interval.
    """
    from phygital_funnel.errors import ConfigError
    from phygital_funnel.sources.stream import Window

    if start is None or end is None:
        raise ConfigError("This run has no data interval; trigger it with a logical date, so that it knows its dates.")
    last = max(start, end - timedelta(microseconds=1))
    return Window(start.date(), last.date())


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
