"""Brings the raw relations of a build database in step with landing: only commits not yet loaded are read.

New commits wait in the schema ``incoming`` until the landing gate has passed, then move to ``raw`` in one transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

import duckdb
import pyarrow as pa

from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.quarantine.decisions import ReleasedRow
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Stream

MANIFEST_COLUMNS = """
    source varchar, stream varchar, _commit bigint, manifest_id varchar, account varchar, part varchar,
    coverage varchar, window_from date, window_to date, is_complete boolean, row_count bigint, pages bigint,
    committed_at timestamp, code_version varchar, is_held boolean, run varchar, new_fields varchar, doubt varchar
"""
RELEASED_ROW_COLUMNS = "source varchar, stream varchar, _manifest_id varchar, _row bigint, rules varchar, place bigint"
METADATA_TYPES = """
    _account varchar, _part varchar, _row bigint, _manifest_id varchar, _extracted_at timestamp, _extra varchar,
    _reject varchar, _commit bigint
"""
# A build database that an older version made lacks these.
ADDED_MANIFEST_COLUMNS = ("run", "new_fields", "doubt")
RELEASED_FIELDS = ("relation", "manifest_id", "row_number", "rule")
SCHEMAS = ("raw", "incoming", "overtaken")


@dataclass(frozen=True)
class Incoming:
    """How many commits and rows wait for the landing gate."""

    commits: int
    rows: int


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the raw relations that are missing, typed and empty, and empty the waiting room."""
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
        replace = "if not exists" if schema == "raw" else ""
        for stream in all_streams():
            columns = ", ".join(f'"{name}" varchar' for name in stream.columns)
            _create(con, f"{schema}.{stream.relation}", f"{columns}, {METADATA_TYPES}", replace)
        _create(con, f"{schema}.manifests", MANIFEST_COLUMNS, replace)
    _widen(con)
    _create(con, "raw.released_rows", RELEASED_ROW_COLUMNS, "if not exists")
    _create(con, "raw.build", "run_id varchar, known_at timestamp, code_version varchar", "if not exists")


def stage_incoming(
    con: duckdb.DuckDBPyConnection, landing: Landing, upto: Mapping[str, int], held: frozenset[str]
) -> Incoming:
    """Read the commits that are not yet loaded into the waiting room.

    Args:
        con: connection to the build database.
        landing: where the commits are.
        upto: newest commit to use, by relation.
        held: manifest ids that a person has set aside.
    """
    prepare(con)
    _mark(con, held)  # the gate must not take for known what somebody has set aside since it was loaded
    commits = rows = 0
    for stream in all_streams():
        loaded = _loaded_upto(con, stream)
        newest = upto.get(stream.relation, -1)
        manifests = [m for m in landing.manifests(stream, after=loaded) if m.commit <= newest]
        if manifests:
            commits += len(manifests)
            rows += _read(con, landing, stream, manifests, held)
    return Incoming(commits, rows)


def accept(con: duckdb.DuckDBPyConnection, held: frozenset[str], released: Iterable[ReleasedRow] = ()) -> None:
    """Move the waiting commits into the raw relations, all or none, and replay what people have decided.

    Args:
        con: connection to the build database.
        held: commits that count as incomplete.
        released: rows that may stand although they break a row rule, as for ``replay``.
    """
    con.execute("begin")
    for relation in (*(stream.relation for stream in all_streams()), "manifests"):
        for waiting in ("incoming", "overtaken"):
            con.execute(f"insert into raw.{relation} by name select * from {waiting}.{relation}")
            con.execute(f"delete from {waiting}.{relation}")
    _mark(con, held)
    replay(con, released)
    con.execute("commit")


def replay(con: duckdb.DuckDBPyConnection, released: Iterable[ReleasedRow]) -> None:
    """Make the relation of released rows hold exactly these, one line per row with all the rules it may break.

    Args:
        con: connection to the build database.
        released: rows and rules, each once, in the order of their decisions.
    """
    con.execute("delete from raw.released_rows")
    decided = list(released)
    if not decided:
        return
    columns = {name: [getattr(one, name) for one in decided] for name in RELEASED_FIELDS}
    con.register("_released", pa.table({**columns, "place": range(1, len(decided) + 1)}))
    con.execute(
        """
        insert into raw.released_rows
        select split_part(relation, '__', 1), split_part(relation, '__', 2), manifest_id, row_number,
            '|' || string_agg(rule, '|' order by rule) || '|', max(place)
        from _released
        group by relation, manifest_id, row_number
        """
    )
    con.unregister("_released")


def record_build(con: duckdb.DuckDBPyConnection, run_id: str, known_at: str, code_version: str) -> None:
    """State whose knowledge the database holds."""
    con.execute("begin")
    con.execute("delete from raw.build")
    con.execute(
        "insert into raw.build values ($1, $2::timestamptz at time zone 'UTC', $3)", [run_id, known_at, code_version]
    )
    con.execute("commit")


def _create(con: duckdb.DuckDBPyConnection, name: str, columns: str, if_not_exists: str) -> None:
    if not if_not_exists:
        con.execute(f"drop table if exists {name}")
    con.execute(f"create table {if_not_exists} {name} ({columns})")


def _widen(con: duckdb.DuckDBPyConnection) -> None:
    """Add the columns that were declared since the raw relations were made."""
    found = set(
        con.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'raw'"
        ).fetchall()
    )
    declared = [(stream.relation, name) for stream in all_streams() for name in stream.columns]
    for relation, name in (*declared, *(("manifests", name) for name in ADDED_MANIFEST_COLUMNS)):
        if (relation, name) not in found:
            con.execute(f'alter table raw.{relation} add column "{name}" varchar')


def _mark(con: duckdb.DuckDBPyConnection, held: frozenset[str]) -> None:
    con.execute("update raw.manifests set is_held = list_contains($1::varchar[], manifest_id)", [sorted(held)])


def _loaded_upto(con: duckdb.DuckDBPyConnection, stream: Stream) -> int:
    # fetchall, because DuckDB keeps a result that was not read to its end open, and refuses other work meanwhile
    rows = con.execute(
        "select coalesce(max(_commit), -1) from raw.manifests where source = $1 and stream = $2",
        [stream.source, stream.name],
    ).fetchall()
    return int(rows[0][0])


def _read(
    con: duckdb.DuckDBPyConnection,
    landing: Landing,
    stream: Stream,
    manifests: list[Manifest],
    held: frozenset[str],
) -> int:
    overtaken = _overtaken(manifests, held)
    landing.storage.serve(con)
    for schema in ("incoming", "overtaken"):
        chosen = [one for one in manifests if (one.manifest_id in overtaken) == (schema == "overtaken")]
        if chosen:
            con.register("_new_manifests", _as_table(chosen, held))
            con.execute(f"insert into {schema}.manifests by name select * from _new_manifests")
            _read_rows(con, landing, stream, chosen, schema)
            con.unregister("_new_manifests")
    return sum(manifest.row_count for manifest in manifests)


def _read_rows(
    con: duckdb.DuckDBPyConnection, landing: Landing, stream: Stream, manifests: list[Manifest], schema: str
) -> None:
    files = landing.files_of(stream, manifests)
    if not files:
        return
    # Files that were landed before the stream gained a column lack it; by name, it stays null.
    found = con.execute("describe select * from read_parquet($files, union_by_name = true)", {"files": files})
    names = {row[0] for row in found.fetchall()}
    columns = "".join(f'f."{name}", ' for name in stream.columns if name in names)
    con.execute(
        f"""
        insert into {schema}.{stream.relation} by name
        select {columns}f._account, f._part, f._row, f._manifest_id,
            f._extracted_at at time zone 'UTC' as _extracted_at, f._extra, f._reject, m._commit
        from read_parquet($files, union_by_name = true) f
        join _new_manifests m on f._manifest_id = m.manifest_id
        """,
        {"files": files},
    )


def _overtaken(manifests: list[Manifest], held: frozenset[str]) -> frozenset[str]:
    """Ids of what the gate need not see: held, or replaced by a newer one of the same load."""
    by_account: dict[tuple[str, str], list[Manifest]] = defaultdict(list)
    for manifest in reversed(manifests):
        if manifest.manifest_id not in held:
            by_account[manifest.account, manifest.part].append(manifest)

    def is_overtaken(manifest: Manifest) -> bool:
        like = by_account[manifest.account, manifest.part]
        newer = takewhile(lambda other: other.commit > manifest.commit, like)
        return manifest.manifest_id in held or any(other.overtakes(manifest) for other in newer)

    return frozenset(manifest.manifest_id for manifest in manifests if is_overtaken(manifest))


def _as_table(manifests: list[Manifest], held: frozenset[str]) -> pa.Table:
    return pa.table(
        {
            "source": [m.source for m in manifests],
            "stream": [m.stream for m in manifests],
            "_commit": [m.commit for m in manifests],
            "manifest_id": [m.manifest_id for m in manifests],
            "account": [m.account for m in manifests],
            "part": [m.part for m in manifests],
            "coverage": [str(m.coverage) for m in manifests],
            "window_from": pa.array([m.window_from for m in manifests], pa.date32()),
            "window_to": pa.array([m.window_to for m in manifests], pa.date32()),
            "is_complete": [m.is_complete for m in manifests],
            "row_count": [m.row_count for m in manifests],
            "pages": [m.pages for m in manifests],
            "committed_at": pa.array([m.committed_at.replace(tzinfo=None) for m in manifests], pa.timestamp("us")),
            "code_version": [m.code_version for m in manifests],
            "is_held": [m.manifest_id in held for m in manifests],
            "run": [m.run for m in manifests],
            "new_fields": [", ".join(m.new_fields) for m in manifests],
            "doubt": [m.doubt for m in manifests],
        }
    )
