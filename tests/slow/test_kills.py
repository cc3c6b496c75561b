"""An extraction that is killed outright leaves nothing half-done, and the same command given again completes it."""

import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager

from phygital_funnel.landing import Landing
from phygital_funnel.sources import bench, bench_pages
from phygital_funnel.sources.registry import all_streams, streams_of

from .conftest import finish, settings_of, start, variables

KILLS = 20
ROWS, PAGE_SECONDS = 30_000, 0.02
DAYS = ("--from", "2026-11-01", "--to", "2026-11-02")
PAGED = ("extract", "tiktok_ads", "--from", "2026-11-04", "--to", "2026-11-04", "--stream", "ad_report_daily")
REPORTS = ("extract", "amazon_seller", *DAYS, "--account", "ATVPDKIKX0DER", "--stream", "order_lines")
OF_THE_EXTRACTION = ("_manifest_id", "_extracted_at")
BACKFILL_DAYS = 400


@contextmanager
def pages_of_a_report():
    """Thirty pages of TikTok's daily report, a fiftieth of a second each; yields the address."""
    command = [sys.executable, "-m", bench_pages.__name__, str(ROWS), str(PAGE_SECONDS)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.communicate()


def facts(rows):
    return [{name: value for name, value in row.items() if name not in OF_THE_EXTRACTION} for row in rows]


def assert_whole(environment, landed_rows):
    """Every visible commit holds the rows that its manifest says."""
    settings = settings_of(environment)
    for stream in all_streams():
        rows = landed_rows(settings, stream)
        for manifest in Landing.of(settings).manifests(stream):
            assert sum(row["_manifest_id"] == manifest.manifest_id for row in rows) == manifest.row_count
        assert len(rows) == sum(manifest.row_count for manifest in Landing.of(settings).manifests(stream))


def kill_after(environment, command, seconds):
    """Start and kill; says whether it was still running."""
    process = start(environment, *command)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


def seconds_of(environment, command):
    started = time.monotonic()
    finish(environment, *command)
    return time.monotonic() - started


def kill_often(environment_of, command, stream, landed_rows):
    """Kill at random points of the run, each time in a home of its own, and take it up again.

    Returns:
        How many runs were really hit.
    """
    undisturbed = environment_of("undisturbed")
    whole_run = seconds_of(undisturbed, command)
    whole = facts(landed_rows(settings_of(undisturbed), stream))
    assert whole
    draw = random.Random(4711)  # noqa: S311  a moment is not a secret
    hits = 0
    for number in range(KILLS):
        environment = environment_of(f"killed-{number}")
        hits += kill_after(environment, command, draw.uniform(0.1, 0.95) * whole_run)
        assert_whole(environment, landed_rows)
        finish(environment, *command)
        assert_whole(environment, landed_rows)
        assert facts(rows_of_last_run(settings_of(environment), stream, landed_rows)) == whole
    return hits


def rows_of_last_run(settings, stream, landed_rows):
    """The rows of the attempt that ended well; one that was killed when all was done is no part of it."""
    manifests = Landing.of(settings).manifests(stream)
    of_run = {manifest.manifest_id for manifest in manifests if manifest.run == manifests[-1].run}
    return [row for row in landed_rows(settings, stream) if row["_manifest_id"] in of_run]


def test_a_report_of_many_pages_survives_kills_anywhere(tmp_path, landed_rows):
    (stream,) = streams_of("tiktok_ads", "ad_report_daily")
    with pages_of_a_report() as url:

        def environment_of(name):
            home = tmp_path / name
            home.mkdir()
            return os.environ | bench.environment(home, url)

        hits = kill_often(environment_of, PAGED, stream, landed_rows)
    assert hits > KILLS / 2


def test_a_report_that_is_waited_for_survives_kills_anywhere_and_is_asked_for_once(sandbox, tmp_path, landed_rows):
    (stream,) = streams_of("amazon_seller", "order_lines")
    # Polls slow enough to be interrupted.
    sandbox.fault("slow", match="/reports/", times=None, seconds=0.15)
    sandbox.reset_counters()
    try:
        hits = kill_often(lambda name: variables(sandbox, tmp_path / name), REPORTS, stream, landed_rows)
    finally:
        sandbox.clear_faults()
    assert hits > KILLS / 2
    created = [use for use in sandbox.counters()["operations"] if use["operation"] == "createReport"]
    # A run that is killed between its commit and its end has landed: the command given again is another extraction.
    landed = [Landing.of(settings_of(variables(sandbox, home))).manifests(stream) for home in tmp_path.iterdir()]
    assert len(landed) == KILLS + 1
    # At most one report for each. A run that was killed while it asked looks in the platform's list for a report of its
    # range, and here, where all homes ask for the same, it may find another home's.
    asked, extractions = sum(use["admitted"] for use in created), sum(len(home) for home in landed)
    assert extractions - KILLS / 2 < asked <= extractions


def test_a_backfill_of_400_days_goes_on_where_it_was_killed(sandbox, tmp_path, landed_rows):
    (stream,) = streams_of("tiktok_ads", "ad_report_daily")
    command = (
        "extract", "tiktok_ads", "--from", "2025-09-29", "--to", "2026-11-02", "--account", "7012345678901234501",
        "--stream", "ad_report_daily",
    )  # fmt: skip
    sandbox.fault("slow", match="/open_api/", times=None, seconds=0.1)
    sandbox.reset_counters()
    whole = variables(sandbox, tmp_path / "undisturbed")
    finish(whole, *command)
    asked = requests(sandbox)
    windows = Landing.of(settings_of(whole)).manifests(stream)
    assert sum((one.window_to - one.window_from).days + 1 for one in windows) == BACKFILL_DAYS

    killed = variables(sandbox, tmp_path / "killed")
    sandbox.reset_counters()
    process = start(killed, *command)
    while len(landed := Landing.of(settings_of(killed)).manifests(stream)) < len(windows) / 2:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.kill()
    process.communicate()
    at_the_kill = requests(sandbox)
    said = finish(killed, *command)
    sandbox.clear_faults()

    assert "taking up" in said
    # The request under way when it was killed is sent again, and nothing else.
    assert requests(sandbox) - at_the_kill <= asked - len(landed) + 1
    assert requests(sandbox) <= asked + 1
    one, other = (facts(landed_rows(settings_of(home), stream)) for home in (whole, killed))
    assert one == other
    assert one


def requests(sandbox):
    """Requests of TikTok's business APIs since the counters were reset."""
    return sum(use["requests"] for use in sandbox.counters()["operations"] if use["operation"] == "tiktok")
