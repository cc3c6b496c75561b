"""A sandbox in its own process, read by the official client and by fsspec."""

import gzip
import json
import re
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from http.client import IncompleteRead
from pathlib import Path

import fsspec
import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox import process
from phygital_funnel.sandbox.environment import HOSTS, accounts
from phygital_funnel.sandbox.process import running
from phygital_funnel.sandbox.server import run
from phygital_funnel.sandbox.world import generate
from phygital_funnel.sandbox.world.catalogue import JAPAN
from phygital_funnel.settings import API_SOURCES, Settings

SOURCES = ("TIKTOK_ADS", "TIKTOK_ORGANIC", "TIKTOK_SHOP", "AMAZON_ATTRIBUTION", "AMAZON_ADS", "AMAZON_SELLER")
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
    assert settings.configured_sources() == set(API_SOURCES)
    assert settings.drop_url == f"{sandbox.base_url}/drop"
    assert settings.request_rate_scale > 1


def test_every_api_has_an_address_credentials_and_accounts(sandbox):
    names = {name for name in sandbox.environment if name.endswith("_BASE_URL")}
    assert names == {f"PHYGITAL_{name}_BASE_URL" for name in HOSTS}
    accounts = {source: sandbox.environment[f"PHYGITAL_{source}_ACCOUNTS"].split(",") for source in SOURCES}
    # Six markets, of which Amazon sells in four; every creator has a business account.
    assert {source: len(ids) for source, ids in accounts.items() if source != "TIKTOK_ORGANIC"} == {
        "TIKTOK_ADS": 6, "TIKTOK_SHOP": 6, "AMAZON_ATTRIBUTION": 4, "AMAZON_ADS": 4, "AMAZON_SELLER": 4,
    }  # fmt: skip
    assert len(accounts["TIKTOK_ORGANIC"]) >= 6
    assert all(all(ids) for ids in accounts.values())


def test_attribution_is_not_asked_about_profiles_it_refuses():
    """Japan has Amazon, but not Attribution."""
    of_source = accounts(generate("tiny", 1, "S9"))
    assert set(of_source["amazon_ads"]) - set(of_source["amazon_attribution"]) == {JAPAN.profile_id}


def test_credentials_are_readable_by_their_owner_only(sandbox):
    for source in SOURCES:
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
    assert status_of(f"{sandbox.base_url}/clock", {}) == 404


def test_a_stopped_sandbox_leaves_no_process_and_exits_cleanly(tmp_path):
    """Not even an answer that would take a minute holds it up."""
    with running("tiny", 1, tmp_path) as started:
        assert started.process.poll() is None
        started.fault("slow", "/drop", seconds=60)
        with socket.create_connection(("127.0.0.1", int(started.base_url.rsplit(":", 1)[1]))) as wire:
            wire.sendall(b"GET /drop/ HTTP/1.1\r\nHost: x\r\n\r\n")
            while started.pending_faults():
                time.sleep(0.02)
            began = time.monotonic()
    assert time.monotonic() - began < 10
    assert started.process.returncode == 0


def test_options_reach_the_server_and_port_nought_is_any_that_is_free(tmp_path):
    command = [sys.executable, "-m", "phygital_funnel.sandbox", "--world", "tiny", "--home", str(tmp_path)]
    options = ["--port", "0", "--scenario", "S12", "--dirt", "throttling", "--token-seconds", "5", "--rate-scale", "1"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as server:
        try:
            ready = server.stdout.readline()
            base_url = re.search(r"sandbox ready: (http://127.0.0.1:\d+) ", ready)[1]
            port = int(base_url.rsplit(":", 1)[1])
            health = get(f"http://127.0.0.1:{port + 1}/healthz")
            assert (health["scenario"], health["base_url"], len(health["dirt"])) == ("S12", base_url, 12)
            secrets = json.loads((tmp_path / "sandbox" / "credentials" / "amazon_ads.json").read_text())
            assert token(base_url, secrets)["expires_in"] == 5
            assert "PHYGITAL_REQUEST_RATE_SCALE=1\n" in (tmp_path / "sandbox" / "environment").read_text()
        finally:
            server.terminate()
    assert server.returncode == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scenario": "S99"}, "'S99' is not a scenario"),
        ({"dirt": ["mud"]}, "'mud' is no dirt"),
        ({"host": "0.0.0.0"}, "not a loopback address"),  # noqa: S104  it is refused
        ({"token_seconds": 0.0}, "token_seconds must be above 0"),
        ({"rate_scale": -1.0}, "rate_scale must be above 0"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_any_work(tmp_path, options, words):
    with pytest.raises(ConfigError, match=words):
        run("tiny", 1, 0, tmp_path, **options)
    assert not list(tmp_path.iterdir())


def get(url):
    with urllib.request.urlopen(url) as answer:  # noqa: S310  the sandbox on this machine
        return json.load(answer)


def token(base_url, secrets):
    body = urllib.parse.urlencode({"grant_type": "refresh_token", **secrets}).encode()
    with urllib.request.urlopen(f"{base_url}/auth/o2/token", body) as answer:  # noqa: S310  the sandbox on this machine
        return json.load(answer)


def test_tokens_can_be_asked_for_at_once(sandbox):
    secrets = credentials(sandbox, "AMAZON_SELLER")
    with ThreadPoolExecutor(16) as pool:
        issued = [made["access_token"] for made in pool.map(lambda _: token(sandbox.base_url, secrets), range(64))]
    assert len(set(issued)) == 64
    url = f"{sandbox.base_url}/reports/2021-06-30/reports/1"
    # An unknown token would be refused with 403.
    assert [status_of(url, {"x-amz-access-token": one}) for one in (issued[0], issued[-1])] == [404, 404]


def status_of(url, headers):
    """The status of a refusal."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(url, headers=headers))  # noqa: S310  the sandbox on this machine
    refused.value.close()
    return refused.value.code


def exchange(sandbox, sent, *, ends=True):
    """What comes back for bytes that no HTTP client would send, until the server closes the connection."""
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        with suppress(BrokenPipeError, ConnectionResetError):
            wire.sendall(sent)
        if ends:
            wire.shutdown(socket.SHUT_WR)
        parts = []
        with suppress(ConnectionResetError):
            while part := wire.recv(65536):
                parts.append(part)
        return b"".join(parts)


BODY = 10_000_000


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x00\x01\x02\r\n\r\n", b"400"),
        (b"GET /v2/profiles HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n", b"400"),
        (b"GET /v2/profiles\x00 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET /%00%ff%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
        (b"GET /v2/profiles HTTP/1.1\r\nHost: sellingpartnerapi-na.amazon.com\r\n\r\n", b"401"),
        (b"GET /v2/profiles HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", b""),
        (b"POST /attribution/report HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
    ],
)
def test_bytes_that_are_no_request_end_in_a_refusal_or_a_closed_connection(sandbox, sent, status):
    assert exchange(sandbox, sent)[9:12] == status


def test_a_body_of_ten_megabytes_is_refused_and_the_server_lives_on(sandbox):
    heading = (
        f"POST /attribution/report HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {BODY}\r\n\r\n".encode()
    )
    answer = exchange(sandbox, heading + b"x" * BODY, ends=False)
    assert answer[9:12] == b"413"
    assert b'"code":"413"' in answer
    assert sandbox.now() >= NOW


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
