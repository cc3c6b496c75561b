"""After a whole run no credential and no token is in any log, file or table."""

import json
import subprocess
from pathlib import Path

import duckdb
import pytest

from phygital_funnel.sources.registry import STREAMS

from .conftest import PHYGITAL, variables

DAYS = ("--from", "2026-10-26", "--to", "2026-11-02")
FAULTS = ("revoked_token", "expired_token", "throttle", "server_error", "bad_gateway", "truncate")
ISSUED = "Atza|sbx-"
"""How every access token of the sandbox's Login with Amazon begins."""


@pytest.fixture(scope="module")
def ran(sandbox, tmp_path_factory):
    """A home after extraction of everything under faults, a build and a release; what was said; the secrets."""
    home = tmp_path_factory.mktemp("home")
    environment = variables(sandbox, home)
    for number, kind in enumerate(FAULTS):
        sandbox.fault(kind, match="/", times=None, rate=0.01, seed=number)
    said = [run(environment, "extract", source, *DAYS) for source in STREAMS if source != "events"]
    sandbox.clear_faults()
    said += [run(environment, "extract", source, *DAYS) for source in STREAMS if source != "events"]
    said += [run(environment, command) for command in ("build", "publish", "status")]
    return home, said, secrets_of(environment)


def run(environment, *arguments):
    done = subprocess.run([PHYGITAL, "-v", *arguments], env=environment, capture_output=True, text=True, timeout=900)
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    return done.stdout + done.stderr


def secrets_of(environment):
    files = [Path(path) for name, path in environment.items() if name.endswith("_CREDENTIALS_FILE")]
    known = [json.loads(path.read_text()) for path in files]
    named = {text for one in known for name, text in one.items() if "token" in name or "secret" in name}
    assert len(named) >= 10
    return {*named, ISSUED}


def test_no_secret_is_in_what_was_said(ran):
    _, said, secrets = ran

    assert sum(map(len, said)) > 1_000
    assert not [secret for secret in secrets for text in said if secret in text]


def test_no_secret_is_in_any_file(ran):
    home, _, secrets = ran
    files = [path for path in home.rglob("*") if path.is_file()]

    assert len(files) > 100
    found = [(path, secret) for path in files for secret in secrets if secret.encode() in path.read_bytes()]
    assert found == []


def test_no_secret_is_in_any_landed_row(ran):
    """Parquet is compressed, so its values are read."""
    home, _, secrets = ran
    files = [str(path) for path in (home / "landing").rglob("*.parquet")]

    assert files
    for path in files:
        rows = duckdb.sql(f"select cast(landed as varchar) from read_parquet('{path}') as landed").fetchall()
        assert not [secret for secret in secrets for (row,) in rows if secret in row]


def test_no_secret_is_in_any_table(ran):
    home, _, secrets = ran
    databases = list(home.rglob("*.duckdb"))

    assert databases
    for database in databases:
        with duckdb.connect(str(database), read_only=True) as connection:
            for schema, name in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall():
                rows = connection.execute(f'select cast(t as varchar) from "{schema}"."{name}" as t').fetchall()
                assert not [secret for secret in secrets for (row,) in rows if secret in (row or "")], name
