"""The policy all DAG files share: assets, tags, pools, schedules, defaults, and the rules of retrying."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from airflow.sdk import (
    Asset,
    CronDataIntervalTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
)

from phygital_funnel.settings import Settings

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
    "HomeBusy": "another build is running: it will have ended",
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
