"""Retries by error type, and waiting as long as the platform asks."""

import logging
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stamina

from phygital_funnel.errors import AuthError, ConfigError, RateLimited, SourceUnreachable
from phygital_funnel.sources.http import HttpClient, json_body, read_credentials, retrying


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


def test_credentials_are_read_by_name_and_never_shown(tmp_path):
    path = tmp_path / "c.json"
    path.write_text('{"access_token": "s3cr3t", "other": ""}')

    assert read_credentials("tiktok_ads", path, ("access_token",)) == {"access_token": "s3cr3t"}
    with pytest.raises(ConfigError, match="lacks other") as refusal:
        read_credentials("tiktok_ads", path, ("access_token", "other"))
    assert "s3cr3t" not in str(refusal.value)


def test_own_waits_shrink_with_the_scale_of_the_sandbox():
    waits = []
    stamina.instrumentation.set_on_retry_hooks([lambda details: waits.append(details.wait_for)])
    try:
        retrying(failing(SourceUnreachable("x", "down"), SourceUnreachable("x", "down")), scale=1000)
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    assert len(waits) == 2
    assert max(waits) < 0.01


class Answers(BaseHTTPRequestHandler):
    """Answers every request with a request id."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("x-amzn-RequestId", "req-1")
        self.end_headers()
        self.wfile.write(b'{"ok": true}')

    def log_message(self, *args):
        """Keep the test's output clean."""


@pytest.fixture
def base_url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_logs_name_the_request_and_never_its_query_or_headers(base_url, caplog):
    caplog.set_level(logging.INFO)
    client = HttpClient("amazon_ads", base_url, {"Authorization": "Bearer s3cr3t-token"})
    response = client.send("GET", "/reporting/reports", params={"sign": "s3cr3t-sign"})
    client.close()

    (record,) = [record for record in caplog.records if record.name == "phygital_funnel.sources.http"]
    assert json_body("amazon_ads", response) == {"ok": True}
    assert (record.request_id, record.status, record.path) == ("req-1", 200, "/reporting/reports")
    assert "[request id req-1]" in record.getMessage()
    assert "s3cr3t" not in caplog.text
    assert not [record for record in caplog.records if "s3cr3t" in str(vars(record))]


def test_an_answer_that_is_not_json_is_a_gateway_in_trouble(base_url):
    client = HttpClient("x", base_url)
    response = client.send("GET", "/")
    client.close()
    response._content = b'{"access_token": "s3cr3t-tok'

    with pytest.raises(SourceUnreachable, match=r"x: GET / answered 200 with 28 bytes that are no whole JSON") as error:
        json_body("x", response)
    told = "".join(traceback.format_exception(error.value))
    assert "s3cr3t" not in told


def test_a_platform_that_asks_for_hours_is_left_to_the_scheduler():
    call = failing(RateLimited("x", "come back tomorrow", retry_after=86_400))

    with pytest.raises(RateLimited, match="tomorrow"):
        retrying(call)
    assert call() == "answer"  # it was called once


def test_a_try_that_waited_for_the_rate_limit_uses_up_no_other(monkeypatch):
    monkeypatch.setattr("phygital_funnel.sources.http.LONGEST_WAIT_SECONDS", 0.05)
    flaky = failing(SourceUnreachable("x", "down"))

    def slow():
        time.sleep(0.1)
        return flaky()

    assert retrying(slow, scale=1000) == "answer"
