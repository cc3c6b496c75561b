"""What is in quarantine, as the last build left it; nothing is changed."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import duckdb
import pyarrow as pa

from phygital_funnel.errors import ConfigError
from phygital_funnel.quarantine import decisions
from phygital_funnel.quarantine.decisions import ReleasedRow
from phygital_funnel.settings import Settings
from phygital_funnel.sources.files.document import DELIMITERS, JSON_LINES, suffix_of
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.warehouse.build import database_path
from phygital_funnel.warehouse.database import connect

LAYERS = ("quarantine_", "base_", "stg_")
SUGGESTED, COMPARED = 3, 5_000


class Standing(StrEnum):
    """What a decision has done for a row."""

    NONE = ""
    WAITING = "released; the next build takes it in"
    OVERTAKEN = "released, and yet out: a newer extraction, or a row that was released later, stands in its place"


@dataclass(frozen=True)
class RuleCount:
    """How many rows of a table break a rule.

    Args:
        relation: the stream's raw relation.
        rule: the rule.
        rows: how many.
        known_rows: current rows of the table, rejected ones included.
        first_seen: when the oldest extraction that brought one was landed.
        last_seen: when the newest was.
        sample: id of one of them.
        waiting: how many are released and wait for the next build.
    """

    relation: str
    rule: str
    rows: int
    known_rows: int
    first_seen: datetime | None
    last_seen: datetime | None
    sample: str
    waiting: int

    @property
    def share(self) -> float:
        """Part of the table's current rows."""
        return self.rows / self.known_rows


@dataclass(frozen=True)
class RejectedRow:
    """A row in quarantine and where it came from.

    Args:
        row: its name and the rule it breaks.
        payload: its columns as they were landed, without those that are empty.
        account: account or file it came from.
        part: the part of the account.
        window: first and last day that were asked for, if any.
        committed_at: when it was landed, UTC.
        standing: what a decision has done for it.
    """

    row: ReleasedRow
    payload: Mapping[str, Any]
    account: str
    part: str
    window: tuple[date, date] | None
    committed_at: datetime | None
    standing: Standing

    @property
    def line(self) -> int | None:
        """The line of the file it came from, if that is known to be a text file.

        It is counted as if each line were a row: landing keeps rows, so blank lines and lines that a quoted text is
        broken over are not known to it.
        """
        suffix = suffix_of(self.account).removesuffix(".gz")
        if suffix in DELIMITERS:
            return self.row.row_number + 2  # the first line is the heading
        return self.row.row_number + 1 if suffix in JSON_LINES else None


class Quarantine:
    """The rejected rows of a build database.

    Args:
        con: connection to it.
        released: the rows that are released now, each with its decision.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, released: Mapping[ReleasedRow, Mapping[str, Any]]) -> None:
        self._con = con
        self.released = released
        found = con.execute("select table_name from duckdb_tables() where schema_name = 'base'").fetchall()
        built = {name for (name,) in found}
        self.relations = [stream.relation for stream in all_streams() if f"base_{stream.relation}" in built]
        self._register_decisions()

    def run_id(self) -> str:
        """The build that left it."""
        return str(self._con.execute("select max(run_id) from raw.build").fetchall()[0][0])

    def counts(self, relation: str | None = None) -> list[RuleCount]:
        """Rejected rows by table and rule."""
        return [count for one in self.relations if relation in (None, one) for count in self._counts(one)]

    def rows(self, relation: str, rule: str | None = None, limit: int | None = None) -> list[RejectedRow]:
        """Rejected rows of a table, newest extraction first."""
        return self._rows(relation, "$rule::varchar is null or reject_rule = $rule", {"rule": rule}, limit)

    def ids(self, relation: str, rule: str) -> list[ReleasedRow]:
        """Every row of a table that breaks a rule."""
        found = self._con.execute(
            f"select _manifest_id, _row from base.base_{relation} where reject_rule = $1 order by all", [rule]
        )
        return [ReleasedRow(relation, manifest_id, number, rule) for manifest_id, number in found.fetchall()]

    def find(self, row_id: str) -> RejectedRow | None:
        """The row of that id, if it is in quarantine."""
        manifest_id, number = parsed(row_id)
        chosen, values = (
            "_manifest_id = $manifest_id and _row = $number",
            {"manifest_id": manifest_id, "number": number},
        )
        found = (row for relation in self._holding(manifest_id) for row in self._rows(relation, chosen, values, 1))
        return next(found, None)

    def why_not_here(self, row_id: str) -> str:
        """Where a row is that is not in quarantine, in words."""
        manifest_id, number = parsed(row_id)
        for relation in self._holding(manifest_id):
            if self._has(f"base.base_{relation}", manifest_id, number):
                return f"the row {row_id} is not in quarantine: it was accepted."
            if self._has(f"raw.{relation}", manifest_id, number):
                return (
                    f"the row {row_id} counts for nothing any more: a newer extraction has replaced it, or its own is "
                    "incomplete or held."
                )
        near = get_close_matches(row_id, self._some_ids(), n=SUGGESTED, cutoff=0.8)
        hint = f"did you mean {', '.join(near)}?" if near else "`phygital quarantine list` shows some of each rule."
        return f"no row {row_id!r} is known to the last build; {hint}"

    def _register_decisions(self) -> None:
        """Each released row, and whether the last build knew."""
        has_table = self._con.execute(
            "select count(*) > 0 from duckdb_tables() where schema_name = 'raw' and table_name = 'released_rows'"
        ).fetchall()
        known = (
            self._con.execute("select _manifest_id, _row, rules from raw.released_rows") if has_table[0][0] else None
        )
        rules = {(manifest_id, row): text for manifest_id, row, text in known.fetchall()} if known else {}
        rows = list(self.released)
        self._con.register(
            "_decided",
            pa.table(
                {
                    "manifest_id": pa.array([row.manifest_id for row in rows], pa.string()),
                    "row_number": pa.array([row.row_number for row in rows], pa.int64()),
                    "rule": pa.array([row.rule for row in rows], pa.string()),
                    "is_known": pa.array(
                        [f"|{row.rule}|" in rules.get((row.manifest_id, row.row_number), "") for row in rows],
                        pa.bool_(),
                    ),
                }
            ),
        )

    def _counts(self, relation: str) -> Iterator[RuleCount]:
        source, stream = relation.split("__")
        found = self._con.execute(
            f"""
            select reject_rule, count(*), (select count(*) from base.base_{relation}),
                min(committed_at), max(committed_at),
                arg_max(concat(known._manifest_id, ':', known._row), (known._commit, -known._row)),
                count(decided.rule) filter (where not decided.is_known)
            from base.base_{relation} as known
            left join raw.manifests
                on source = $1 and stream = $2 and raw.manifests.manifest_id = known._manifest_id
            left join _decided as decided
                on decided.manifest_id = known._manifest_id and decided.row_number = known._row
                and decided.rule = known.reject_rule
            where reject_rule is not null
            group by reject_rule
            order by reject_rule
            """,
            [source, stream],
        )
        return (RuleCount(relation, *values) for values in found.fetchall())

    def _rows(self, relation: str, chosen: str, values: Mapping[str, Any], limit: int | None) -> list[RejectedRow]:
        source, stream = relation.split("__")
        found = self._con.execute(
            f"""
            select _manifest_id, _row, reject_rule, payload, account, part, window_from, window_to, committed_at,
                decided.is_known
            from (select * from quarantine.quarantine_{relation} where {chosen}) as rejected
            left join raw.manifests
                on source = $source and stream = $stream and raw.manifests.manifest_id = rejected._manifest_id
            left join _decided as decided
                on decided.manifest_id = rejected._manifest_id and decided.row_number = rejected._row
                and decided.rule = rejected.reject_rule
            order by rejected._commit desc, _row
            limit coalesce($limit::bigint, 9223372036854775807)
            """,
            {**values, "source": source, "stream": stream, "limit": limit},
        )
        return [_rejected(relation, *values) for values in found.fetchall()]

    def _holding(self, manifest_id: str) -> list[str]:
        """Relations that hold an extraction; ids are unique, but nothing rests on it."""
        found = self._con.execute(
            "select concat(source, '__', stream) from raw.manifests where manifest_id = $1", [manifest_id]
        ).fetchall()
        return [relation for (relation,) in found if relation in self.relations]

    def _has(self, table: str, manifest_id: str, number: int) -> bool:
        found = self._con.execute(
            f"select count(*) from {table} where _manifest_id = $1 and _row = $2", [manifest_id, number]
        )
        return bool(found.fetchall()[0][0])

    def _some_ids(self) -> list[str]:
        """Ids of rejected rows to compare a misspelt one with."""
        ids: list[str] = []
        for relation in self.relations:
            found = self._con.execute(
                f"""
                select concat(_manifest_id, ':', _row) from base.base_{relation} where reject_rule is not null limit $1
                """,
                [COMPARED - len(ids)],
            )
            ids += [row_id for (row_id,) in found.fetchall()]
        return ids


@contextmanager
def opened(settings: Settings) -> Iterator[Quarantine]:
    """The quarantine of the last build.

    Raises:
        ConfigError: nothing has been built.
        HomeBusy: a build is writing it.
    """
    path = database_path(settings)
    if not path.is_file():
        raise ConfigError("nothing has been built yet, so nothing is in quarantine; run `phygital build` first.")
    with connect(path, read_only=True) as con:
        yield Quarantine(con, decisions.known(settings).standing())


def relation_named(text: str) -> str:
    """The relation of a table as people may write it: ``links.clicks``, ``base_links__clicks``...

    Raises:
        ConfigError: there is no such table.
    """
    name = text.strip().lower().replace(".", "__", 1)
    for layer in LAYERS:
        name = name.removeprefix(layer)
    known = [stream.relation for stream in all_streams()]
    if name not in known:
        near = get_close_matches(name, known, n=SUGGESTED)
        meant = f"; did you mean {', '.join(one.replace('__', '.') for one in near)}?" if near else "."
        raise ConfigError(f"{text!r} is no table of landed rows, as tiktok_ads.campaigns is{meant}")
    return name


def parsed(row_id: str) -> tuple[str, int]:
    """Manifest id and row number of a row's id.

    Raises:
        ConfigError: it is no row's id.
    """
    manifest_id, _, number = row_id.strip().rpartition(":")
    # isdecimal also takes digits of other scripts, which no id has; a longer number is no row's.
    if not manifest_id or not (number.isascii() and number.isdecimal()) or len(number) > 15:
        raise ConfigError(
            f"{row_id!r} is no row's id: those are MANIFEST:NUMBER, as `phygital quarantine show TABLE` shows them."
        )
    return manifest_id, int(number)


def _rejected(
    relation: str,
    manifest_id: str,
    number: int,
    rule: str,
    payload: str,
    account: str | None,
    part: str | None,
    window_from: date | None,
    window_to: date | None,
    committed_at: datetime | None,
    is_known: bool | None,
) -> RejectedRow:
    standing = {None: Standing.NONE, False: Standing.WAITING, True: Standing.OVERTAKEN}[is_known]
    columns = {name: value for name, value in json.loads(payload).items() if value is not None}
    return RejectedRow(
        ReleasedRow(relation, manifest_id, number, rule),
        {name: value for name, value in columns.items() if not name.startswith("_") or name in ("_extra", "_reject")},
        account or "",
        part or "",
        (window_from, window_to) if window_from and window_to else None,
        committed_at,
        standing,
    )
