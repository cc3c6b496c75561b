"""One small, valid DuckDB file per stage, and a way to break a copy of it."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from phygital_funnel.quality import STAGES
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Stream
from phygital_funnel.warehouse import database, raw

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
EVERY_STREAM = "_every_stream"

Broken = Callable[..., Path]
FaultsOf = Callable[[str, str], dict[str, tuple[str, str]]]


@pytest.fixture(autouse=True)
def _clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{tmp_path / 'clock'}")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """All API sources configured, so that every check applies."""
    environ = {"PHYGITAL_HOME": str(tmp_path / "home"), "PHYGITAL_PROJECT_DIR": str(PROJECT)}
    for source in map(str.upper, API_SOURCES):
        environ |= {f"PHYGITAL_{source}_CREDENTIALS_FILE": "unused.json", f"PHYGITAL_{source}_ACCOUNTS": "1"}
    return Settings.from_env(environ)


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A valid database per stage, made from ``worlds/<stage>*.sql``; nobody writes to these."""
    folder = tmp_path_factory.mktemp("worlds")
    return {stage: _world(folder / f"world_{stage}.duckdb", stage) for stage in STAGES}


@pytest.fixture
def broken(worlds: dict[str, Path], tmp_path: Path) -> Broken:
    """Copies a stage's valid database and applies statements to the copy."""

    def break_copy(stage: str, *statements: str) -> Path:
        path = tmp_path / f"broken_{stage}.duckdb"
        shutil.copyfile(worlds[stage], path)
        with database.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return break_copy


@pytest.fixture(scope="session")
def faults_of() -> FaultsOf:
    """The faults of a suite by check: (the fault in words, SQL), from ``faults/<stage>/<table>.sql``."""
    streams = {stream.relation: stream for stream in all_streams()}

    def faults(stage: str, table: str) -> dict[str, tuple[str, str]]:
        found = {}
        if stage == "landing" and table in streams:
            found = _parsed(_filled((HERE / "faults" / stage / f"{EVERY_STREAM}.sql").read_text(), streams[table]))
        path = HERE / "faults" / stage / f"{table}.sql"
        return found | (_parsed(path.read_text()) if path.is_file() else {})

    return faults


def _parsed(text: str) -> dict[str, tuple[str, str]]:
    """Sections that start with ``-- <check>: <fault in words>``."""
    parts = re.split(r"^-- ([a-z0-9_]+): (.+)\n", text, flags=re.MULTILINE)
    sections = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return {check: (fault, sql.strip()) for check, fault, sql in sections}


def _filled(template: str, stream: Stream) -> str:
    key = next(name for name in stream.key if name in (stream.required or stream.key))
    first_row = f"from incoming.{stream.relation} where _row = 0"
    copied = ", ".join(f"{name} = (select {name} {first_row})" for name in stream.key)
    return (
        template.replace("<relation>", stream.relation)
        .replace("<source>", stream.source)
        .replace("<stream>", stream.name)
        .replace("<key>", key)
        .replace("<key of the first row>", copied)
    )


def _world(path: Path, stage: str) -> Path:
    # Small blocks: the file is copied once per fault.
    with database.connect() as connection:
        connection.execute(f"attach '{path}' as world (block_size 16384)")
        connection.execute("use world")
        if stage == "landing":
            _land_every_stream(connection)
        for part in sorted((HERE / "worlds").glob(f"{stage}*.sql")):
            connection.execute(part.read_text())
        connection.execute("use memory")
        connection.execute("detach world")
    return path


def _land_every_stream(connection: duckdb.DuckDBPyConnection) -> None:
    """Three rows of text in one complete extraction per stream, in the loader's own tables."""
    raw.prepare(connection)
    for stream in all_streams():
        values = ", ".join(f"'{column} ' || i as {column}" for column in stream.columns)
        connection.execute(
            f"""
            insert into incoming.{stream.relation} by name
            select {values}, 'account' as _account, '' as _part, i as _row, 'manifest' as _manifest_id,
                timestamp '2026-11-03 05:00' as _extracted_at, null as _extra, null as _reject, 7 as _commit
            from range(3) as rows_of_stream (i)
            """
        )
        window = "date '2026-10-07', date '2026-11-02'" if stream.coverage == "window" else "null, null"
        connection.execute(
            f"""
            insert into incoming.manifests (source, stream, _commit, manifest_id, account, part, coverage, window_from,
                window_to, is_complete, row_count, pages, committed_at, code_version, is_held)
            values ('{stream.source}', '{stream.name}', 7, 'manifest', 'account', '', '{stream.coverage}', {window},
                true, 3, 1, timestamp '2026-11-03 05:00', 'test', false)
            """
        )


@pytest.fixture
def empty_home(worlds: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a stage's database with all its tables and no rows."""

    def emptied(stage: str) -> Path:
        path = tmp_path / f"empty_{stage}.duckdb"
        shutil.copyfile(worlds[stage], path)
        with database.connect(path) as connection:
            names = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where not internal"
            ).fetchall()
            for (name,) in names:
                if name != "raw.build":
                    connection.execute(f"delete from {name}")
        return path

    return emptied
