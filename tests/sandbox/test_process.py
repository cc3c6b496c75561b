"""A sandbox in its own process, read by the official client and by fsspec."""

import gzip
import json
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from http.client import IncompleteRead
from pathlib import Path

import fsspec
import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox import process
from phygital_funnel.sandbox.process import running
from phygital_funnel.sandbox.server import run
from phygital_funnel.settings import Settings

NOW = datetime(2026, 10, 20, 13, tzinfo=UTC)
REPORT_TYPE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running("tiny", 1, tmp_path_factory.mktemp("home"), NOW) as started:
        yield started


def credentials(sandbox, source):
    return json.loads(Path(sandbox.environment[f"PHYGITAL_{source}_CREDENTIALS_FILE"]).read_text())


def test_the_environment_configures_every_source(sandbox, tmp_path, monkeypatch):
    seeds = tmp_path / "dbt_project" / "seeds"
    seeds.mkdir(parents=True)
    (seeds / "currencies.csv").write_text("currency\nUSD\n")
    environ = sandbox.environment | {"PHYGITAL_HOME": str(sandbox.home), "PHYGITAL_PROJECT_DIR": str(tmp_path)}
    settings = Settings.from_env(environ)
    assert settings.configured_sources() == {"tiktok_ads", "amazon_attribution", "amazon_seller"}
    assert settings.drop_url == f"{sandbox.base_url}/drop"
    assert settings.request_rate_scale > 1


def test_credentials_are_readable_by_their_owner_only(sandbox):
    for source in ("TIKTOK_ADS", "AMAZON_ATTRIBUTION", "AMAZON_SELLER"):
        path = Path(sandbox.environment[f"PHYGITAL_{source}_CREDENTIALS_FILE"])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(credentials(sandbox, "TIKTOK_ADS")) == {"access_token"}
    assert set(credentials(sandbox, "AMAZON_SELLER")) == {"client_id", "client_secret", "refresh_token"}


def test_the_official_client_downloads_the_orders_report(sandbox):
    from spapi import ReportsApi, SPAPIClient, SPAPIConfig
    from spapi.models.reports_v2021_06_30.create_report_specification import CreateReportSpecification

    config = SPAPIConfig(**credentials(sandbox, "AMAZON_SELLER"), region="NA", scope=None)
    client = SPAPIClient(
        config,
        endpoint=sandbox.environment["PHYGITAL_AMAZON_SELLER_BASE_URL"],
        oauth_endpoint=sandbox.environment["PHYGITAL_AMAZON_LWA_BASE_URL"] + "/auth/o2/token",
    )
    api = ReportsApi(client.api_client)
    wanted = CreateReportSpecification(
        report_type=REPORT_TYPE,
        marketplace_ids=["ATVPDKIKX0DER"],
        data_start_time="2026-10-01T00:00:00Z",
        data_end_time="2026-10-20T00:00:00Z",
    )
    report_id = api.create_report(wanted).report_id
    states = [api.get_report(report_id) for _ in range(3)]
    assert [state.processing_status for state in states] == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    document = api.get_report_document(states[-1].report_document_id)
    with urllib.request.urlopen(document.url) as answer:  # noqa: S310  the sandbox on this machine
        lines = gzip.decompress(answer.read()).decode().splitlines()
    assert lines[0].startswith("amazon-order-id\t")
    assert len(lines) > 20


def test_the_drop_is_a_folder_to_fsspec(sandbox):
    files = fsspec.filesystem("http")
    root = sandbox.environment["PHYGITAL_DROP_URL"]
    clicks = files.ls(f"{root}/links/clicks", detail=False)
    assert clicks[-1] == f"{root}/links/clicks/2026-10-19.csv"
    assert files.cat(clicks[-1]).startswith(b"click_id,clicked_at")
    with files.open(clicks[-1], "rb") as file:
        assert file.read() == files.cat(clicks[-1])
    assert sorted(files.find(root)) == sorted({*clicks, *files.find(f"{root}/links"), *files.find(f"{root}/reference")})


def test_a_dropped_connection_breaks_off_in_the_middle(sandbox):
    sandbox.fault("drop_connection", "/drop")
    with (
        pytest.raises(IncompleteRead),
        urllib.request.urlopen(f"{sandbox.base_url}/drop/reference/listings.csv") as answer,  # noqa: S310  the sandbox on this machine
    ):
        answer.read()
    assert sandbox.pending_faults() == []


def test_a_wrong_fault_is_refused_in_words(sandbox):
    with pytest.raises(ConfigError, match="kind must be one of"):
        sandbox.fault("magic")


def test_the_clock_file_follows_the_clock(sandbox):
    path = Path(sandbox.environment["PHYGITAL_CLOCK"].removeprefix("file:"))
    later = datetime(2026, 10, 21, 13, tzinfo=UTC)
    sandbox.set_clock(later)
    assert sandbox.now() == datetime.fromisoformat(path.read_text()) == later
    with pytest.raises(ConfigError, match="does not go back"):
        sandbox.set_clock(NOW)


def test_the_control_app_is_not_reached_through_the_platforms_port(sandbox):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{sandbox.base_url}/clock")  # noqa: S310  the sandbox on this machine
    assert refused.value.code == 404


def test_a_stopped_sandbox_leaves_no_process_and_exits_cleanly(tmp_path):
    with running("tiny", 1, tmp_path) as started:
        assert started.process.poll() is None
    assert started.process.returncode == 0


def test_it_stops_when_its_parent_is_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from phygital_funnel.sandbox.process import running\n"
        "with running('tiny', 1, Path(sys.argv[1])) as s: print(s.base_url, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    port = int(parent.stdout.readline().rsplit(":", 1)[1])
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.1)
    pytest.fail("the sandbox still answers")


@pytest.mark.parametrize("offset", [0, 1])
def test_a_taken_port_is_refused_by_number(tmp_path, offset):
    with socket.socket() as other:
        port = process._free_port()
        other.bind(("127.0.0.1", port + offset))
        other.listen()
        with pytest.raises(ConfigError, match=f"Port {port + offset} is taken"):
            run("tiny", 1, port, tmp_path)


def test_an_unknown_world_does_not_start(tmp_path):
    with pytest.raises(ConfigError, match="'huge' is not a world"), running("huge", 1, tmp_path):
        pass
