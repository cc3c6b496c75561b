"""Retries by error type, and waiting as long as the platform asks."""

import pytest
import stamina

from phygital_funnel.errors import AuthError, ConfigError, RateLimited, SourceUnreachable
from phygital_funnel.sources.http import RateLimit, read_credentials, retrying


def failing(*errors):
    """A call that raises each error once, then answers."""
    left = list(errors)

    def call():
        if left:
            raise left.pop(0)
        return "answer"

    return call


def test_transient_errors_are_retried_until_the_answer():
    with stamina.set_testing(True, attempts=4):
        assert retrying(failing(SourceUnreachable("x", "down"), RateLimited("x", "slow"))) == "answer"


def test_refused_credentials_are_not_retried():
    call = failing(AuthError("x", "no"))

    with pytest.raises(AuthError):
        retrying(call)
    assert call() == "answer"  # it was called once


def test_the_last_error_comes_out_when_the_attempts_are_used_up():
    with stamina.set_testing(True, attempts=2), pytest.raises(SourceUnreachable, match="second"):
        retrying(
            failing(SourceUnreachable("x", "first"), SourceUnreachable("x", "second"), SourceUnreachable("x", "third"))
        )


def test_the_wait_is_the_one_the_platform_asked_for():
    waits = []

    def record(details):
        waits.append(details.wait_for)

    stamina.instrumentation.set_on_retry_hooks([record])
    try:
        retrying(failing(RateLimited("x", "slow", retry_after=0.02)))
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    assert waits == [pytest.approx(0.02)]


def test_a_token_bucket_lets_a_burst_through_and_then_keeps_the_rate():
    import time

    limit = RateLimit(50, 5)
    start = time.monotonic()
    for _ in range(5):
        limit.wait()
    after_the_burst = time.monotonic()
    for _ in range(10):
        limit.wait()
    end = time.monotonic()

    assert end - start >= 0.15  # ten more at fifty a second take 0.2 s
    assert after_the_burst - start < end - after_the_burst


def test_credentials_are_read_by_name_and_never_shown(tmp_path):
    path = tmp_path / "c.json"
    path.write_text('{"access_token": "s3cr3t", "other": ""}')

    assert read_credentials("tiktok_ads", path, ("access_token",)) == {"access_token": "s3cr3t"}
    with pytest.raises(ConfigError, match="lacks other") as refusal:
        read_credentials("tiktok_ads", path, ("access_token", "other"))
    assert "s3cr3t" not in str(refusal.value)
