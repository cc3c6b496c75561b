"""The policy all DAG files share: tags, pools, defaults, and the rules of retrying."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

OWNER = "marketing-data"
START_DATE = datetime(2026, 1, 1, tzinfo=UTC)


class Tag(StrEnum):
    """Every tag a DAG may carry."""

    TIER_1 = "tier/1"
    TIER_2 = "tier/2"
    TIKTOK = "platform/tiktok"
    AMAZON = "platform/amazon"
    FIRST_PARTY = "platform/first_party"
    ALL_PLATFORMS = "platform/all"
    LANDING = "layer/landing"
    RELEASE = "layer/release"
    UPKEEP = "layer/upkeep"


class Pool(StrEnum):
    """Pools of ``pools.json``; Airflow never schedules a task whose pool does not exist."""

    TIKTOK = "tiktok"
    AMAZON = "amazon"
    FIRST_PARTY = "first_party"
    LANDING = "landing"
    DUCKDB_WRITER = "duckdb_writer"


FAIL_AT_ONCE = {
    "ConfigError": "a setting or credentials file is wrong: a person must act",
    "AuthError": "the platform refuses the credentials: a person must act",
    "RequestRefused": "the platform calls the request invalid: the same request will be refused again",
    "SchemaDrift": "the report or file changed shape: a person must act",
    "SeveralRefused": "several streams were refused, each for good: a person must act",
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


EXTRACTIONS = ("extract_tiktok", "extract_amazon", "extract_first_party", "extract_intraday", "extract_weekly")
SOURCES = {
    Pool.TIKTOK: ("tiktok_ads", "tiktok_organic", "tiktok_shop"),
    Pool.AMAZON: ("amazon_attribution", "amazon_ads", "amazon_seller"),
    Pool.FIRST_PARTY: ("reference", "links"),
}
"""Which pool the requests of a source wait for."""
