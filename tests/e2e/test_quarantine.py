"""A row comes back from quarantine through the real commands and real builds: once, and only as long as it should."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from phygital_funnel import clock
from phygital_funnel.cli import app

PHYGITAL = Path(sys.executable).with_name("phygital")
TOUCHES = """touchpoint_id,journey_key,occurred_at,touch_type,channel
t1,j1,2026-10-01T10:00:00Z,click,tiktok_ads
"""
HEADER = "conversion_id,journey_key,converted_at,net_amount_minor,currency\n"
SALES = """c1,j1,2026-10-03T10:00:00Z,1001,USD
c1,j1,2026-10-03T10:00:00Z,1500,USD
c2,j9,2026-10-03T10:00:00Z,70,USD
"""
MENDED = "c1,j1,2026-10-03T10:00:00Z,1700,USD\n"
LINES = "select order_id, net_amount_minor from fct_order_lines order by 1"
CREDIT = (
    "select distinct sum(attributed_amount_minor) from fct_attribution_credit where conversion_id = 'c1' "
    "group by attribution_model"
)
AUDIT = "select landed, staged, superseded, quarantined, released from mart_row_audit where stream = 'conversions'"


@pytest.fixture
def environment(tmp_path):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PHYGITAL_")}
    return inherited | {"PHYGITAL_HOME": str(tmp_path / "home")}


@pytest.fixture
def phygital(tmp_path, environment, monkeypatch):
    """Run a command in an empty home; it must succeed. Gives what it printed.

    The commands share this process, and so dbt's parsed project, which a process of its own would read anew for each
    build; tests/e2e/test_cli.py runs such a chain in processes.
    """
    for name in [name for name in os.environ if name.startswith("PHYGITAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PHYGITAL_HOME", environment["PHYGITAL_HOME"])
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    return run


@pytest.fixture
def ask(phygital):
    """Rows of a query on the published release, as tuples."""

    def rows(sql):
        return [tuple(row.values()) for row in json.loads(phygital("query", sql, "--format", "json"))]

    return rows


@pytest.mark.slow
def test_a_released_row_is_in_the_next_release_once_in_no_earlier_state_and_gone_with_a_newer_extraction(
    phygital, ask, environment, tmp_path
):
    (tmp_path / "touches.csv").write_text(TOUCHES)
    (tmp_path / "sales.csv").write_text(HEADER + SALES)
    phygital("load", "events", "--touchpoints", "touches.csv", "--conversions", "sales.csv")
    phygital("build")
    phygital("publish")
    assert ask(LINES) == [("c1", 1001), ("c2", 70)]
    assert ask(AUDIT) == [(3, 2, 0, 1, 0)]
    before = clock.now()

    (count,) = json.loads(phygital("quarantine", "list", "--json"))
    phygital("quarantine", "release", count["sample"], "--why", "the second line is the corrected one")
    _kill_a_build_in(environment, tmp_path, "staging")
    phygital("build")
    phygital("publish")
    assert ask(LINES) == [("c1", 1500), ("c2", 70)]
    assert ask(CREDIT) == [(1500,)]
    assert ask(AUDIT) == [(3, 2, 0, 1, 1)]
    assert "nothing new is recorded" in phygital("quarantine", "release", count["sample"], "--why", "again")

    earlier = phygital("build", "--as-of", before.isoformat()).split(" in ")[1].strip()
    with duckdb.connect(earlier, read_only=True) as con:
        assert con.sql(LINES.replace("from ", "from ledgers.")).fetchall() == [("c1", 1001), ("c2", 70)]
        assert con.sql(AUDIT.replace("from ", "from marts.")).fetchall() == [(3, 2, 0, 1, 0)]

    (tmp_path / "mended.csv").write_text(HEADER + MENDED)
    phygital("load", "events", "--conversions", "mended.csv")
    phygital("build")
    phygital("publish")
    assert ask(LINES) == [("c1", 1700), ("c2", 70)]
    assert ask(CREDIT) == [(1700,)]
    assert ask(AUDIT) == [(4, 2, 2, 0, 0)]
    assert phygital("quarantine", "list").startswith("nothing is in quarantine")


def _kill_a_build_in(environment, folder, phase):
    """Start a build and kill it, as the system would, once it says that it is in the phase."""
    runs = Path(environment["PHYGITAL_HOME"]) / "state" / "runs"
    known = set(runs.glob("*.json"))
    with subprocess.Popen([PHYGITAL, "build"], env=environment, cwd=folder, stderr=subprocess.DEVNULL) as build:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            if any(json.loads(path.read_text())["phase"] == phase for path in set(runs.glob("*.json")) - known):
                build.send_signal(signal.SIGKILL)
                return
            time.sleep(0.02)
    pytest.fail(f"the build was never in the phase {phase}")
