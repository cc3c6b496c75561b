"""The command line as a person uses it: exit statuses, one clear line per refusal, and the whole chain by hand."""

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

PHYGITAL = Path(sys.executable).with_name("phygital")
TOUCHES = """touchpoint_id,journey_key,occurred_at,touch_type,channel
t1,j1,2026-10-01T10:00:00Z,click,tiktok_ads
"""
SALES = """conversion_id,journey_key,converted_at,net_amount_minor,currency
c1,j1,2026-10-03T10:00:00Z,1001,USD
c2,j9,2026-10-03T10:00:00Z,500,USD
"""


@pytest.fixture
def phygital(tmp_path):
    """Run a command in an empty home; the environment holds nothing of this machine's settings."""

    def run(*arguments, **variables):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PHYGITAL_")}
        environment = inherited | {"PHYGITAL_HOME": str(tmp_path / "home")} | variables
        return subprocess.run(
            [PHYGITAL, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300
        )

    return run


def assert_refused(result, status, *words):
    """One line on stderr that says what was refused, no traceback, and the exit status."""
    assert result.returncode == status, result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("refused: ")
    assert len(result.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("extract", "tiktok_ads", "--from", "2026-11-01", "--to", "2026-11-02"), 2, ["TIKTOK_ADS_CREDENTIALS_FILE"]),
        (("extract", "myspace", "--from", "2026-11-01", "--to", "2026-11-02"), 2, ["myspace", "tiktok_ads"]),
        (("extract", "links", "--from", "2026-11-02", "--to", "2026-11-01"), 2, ["ends", "before it starts"]),
        (("load", "events"), 2, ["--touchpoints"]),
        (("load", "events", "--conversions", "nowhere.csv"), 1, ["nowhere.csv"]),
        (("query", "select 1"), 1, ["nothing is published"]),
        (("publish",), 1, ["phygital build"]),
        (("rollback",), 1, ["nothing is published"]),
        (("validate", "marts"), 2, ["phygital build"]),
        (("hold", "123", "--reason", "bad"), 2, ["123"]),
        (("build", "--as-of", "2999-01-01T00:00:00+00:00"), 2, ["future"]),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line_and_a_status(phygital, arguments, status, words):
    assert_refused(phygital(*arguments), status, *words)


def test_a_setting_that_cannot_be_used_is_refused_by_name(phygital):
    result = phygital("status", PHYGITAL_ATTRIBUTION_HALF_LIFE_DAYS="never")

    assert_refused(result, 2, "PHYGITAL_ATTRIBUTION_HALF_LIFE_DAYS")


def test_a_date_that_is_none_is_a_usage_error(phygital):
    result = phygital("extract", "links", "--from", "yesterday", "--to", "2026-11-01")

    assert result.returncode == 2
    assert "yesterday" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_with_missing_columns_is_refused_and_the_other_file_is_not_landed(phygital, tmp_path):
    (tmp_path / "touches.csv").write_text(TOUCHES)
    (tmp_path / "sales.csv").write_text("conversion_id,amount\nc1,5\n")

    result = phygital("load", "events", "--touchpoints", "touches.csv", "--conversions", "sales.csv")

    assert_refused(result, 1, "sales.csv", "net_amount_minor", "amount")
    assert "events" not in phygital("status", "--extractions").stdout


def test_events_load_build_publish_and_answer_in_three_formats(phygital, tmp_path):
    (tmp_path / "touches.csv").write_text(TOUCHES)
    (tmp_path / "sales.csv").write_text(SALES)
    sql = "select order_id, net_amount_minor, converted_at from fct_order_lines order by 1"

    for arguments in (
        ("load", "events", "--touchpoints", "touches.csv", "--conversions", "sales.csv"),
        ("build",),
        ("publish",),
        ("validate", "published"),
    ):
        result = phygital(*arguments)
        assert result.returncode == 0, result.stderr
        assert "leaked" not in result.stderr

    as_json = json.loads(phygital("query", sql, "--format", "json").stdout)
    as_csv = list(csv.DictReader(io.StringIO(phygital("query", sql, "--format", "csv").stdout)))
    as_table = phygital("query", sql).stdout
    assert [row["order_id"] for row in as_json] == ["c1", "c2"]
    assert as_json[0]["net_amount_minor"] == 1001
    assert as_json[0]["converted_at"] == "2026-10-03T10:00:00"
    assert [int(row["net_amount_minor"]) for row in as_csv] == [1001, 500]
    assert "1001" in as_table
    assert_refused(phygital("query", "drop table fct_order_lines"), 1, "read-only")
    assert_refused(phygital("query", ""), 1, "no statement")
    assert_refused(phygital("query", "select 1 as a, 2 as a", "--format", "json"), 2, "twice")
    odd = phygital("query", "select 'nan'::double as n, 1.10::decimal(9, 2) as d, encode('é') as b", "--format", "json")
    assert json.loads(odd.stdout) == [{"n": None, "d": "1.10", "b": "c3a9"}]
    wide = "x" * 300
    assert wide in phygital("query", f"select '{wide}' as long, 1 as short").stdout
    status = phygital("status").stdout
    assert "published" in status
    assert "none" not in status.splitlines()[0]


@pytest.mark.slow
def test_the_whole_chain_runs_by_hand_against_a_sandbox_that_is_served_by_hand(phygital, tmp_path):
    home = tmp_path / "home"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        PHYGITAL,
        "sandbox",
        "serve",
        "--world",
        "tiny",
        "--seed",
        "3",
        "--port",
        str(port),
        "--now",
        "2026-11-03T13:00:00+00:00",
        "--rate-scale",
        "1000",
    ]
    server = subprocess.Popen(command, env=os.environ | {"PHYGITAL_HOME": str(home)}, cwd=tmp_path)  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port + 1}/healthz")
        lines = (home / "sandbox" / "environment").read_text().splitlines()
        served = dict(line.split("=", 1) for line in lines if line)
        result = phygital("run", "--from", "2026-10-20", "--to", "2026-11-02", **served)
        assert result.returncode == 0, result.stderr
        totals = json.loads(
            phygital(
                "query",
                "select attribution_model, sum(credit_micro) micro, sum(attributed_amount_minor) minor, "
                "(select count(*) from fct_order_lines) lines from fct_attribution_credit group by 1",
                "--format", "json",
            ).stdout
        )  # fmt: skip
        unreachable = phygital("extract", "tiktok_ads", "--from", "2026-11-01", "--to", "2026-11-02",
                               **(served | {"PHYGITAL_TIKTOK_ADS_ACCOUNTS": "999"}))  # fmt: skip
    finally:
        server.send_signal(signal.SIGINT)
    assert server.wait(20) == 0
    assert len(totals) == 8
    assert len({(row["micro"], row["minor"]) for row in totals}) == 1
    assert totals[0]["micro"] == 1_000_000 * totals[0]["lines"] > 0
    assert unreachable.returncode == 1
    assert "Traceback" not in unreachable.stderr


def _wait_for(url):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the sandbox did not start")
