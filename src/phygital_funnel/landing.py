"""The landing zone: one append-only Delta table per stream, one commit per extraction (architecture 4).

The commit's metadata is the manifest. What is not committed is invisible, so a killed extraction leaves nothing. Rows
hold text as the wire gave it; typing happens in the warehouse. Knowledge time is the order of commits (ledger-rules 1).
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import stamina
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from phygital_funnel import __version__, clock
from phygital_funnel.errors import LandingError, SchemaDrift
from phygital_funnel.sources.stream import METADATA_COLUMNS, Coverage, Extraction, Stream, Window

MANIFEST_KEY = "phygital"
# The log is the history of what was known when, so it is never cleaned up.
TABLE_CONFIGURATION = {"delta.enableExpiredLogCleanup": "false", "delta.logRetentionDuration": "interval 36500 days"}


@dataclass(frozen=True)
class Manifest:
    """What one extraction asked for and brought; ``commit`` is its place in the stream's knowledge order."""

    manifest_id: str
    source: str
    stream: str
    account: str
    part: str
    coverage: Coverage
    window_from: date | None
    window_to: date | None
    is_complete: bool
    row_count: int
    pages: int
    request_ids: tuple[str, ...]
    checksum: str
    committed_at: datetime
    code_version: str
    commit: int = -1

    @property
    def window(self) -> Window | None:
        """The dates asked for, if the stream has any."""
        return Window(self.window_from, self.window_to) if self.window_from and self.window_to else None

    def overtakes(self, older: "Manifest") -> bool:
        """Whether this complete extraction replaces everything the older one brought."""
        if (
            not self.is_complete
            or self.commit <= older.commit
            or (self.account, self.part) != (older.account, older.part)
        ):
            return False
        if self.coverage is Coverage.SNAPSHOT:
            return True
        return self.window == older.window or bool(self.window and older.window and self.window.covers(older.window))


class Landing:
    """The landing zone under one folder.

    Args:
        url: folder that holds ``<source>/<stream>``.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        # Commit logs are read once and then followed, so that landing many small files stays linear.
        self._tables: dict[str, DeltaTable] = {}
        self._manifests: dict[str, list[Manifest]] = {}

    def append(self, extraction: Extraction) -> Manifest:
        """Land one extraction as one commit.

        Raises:
            SchemaDrift: required columns are in none of its rows.
            LandingError: the table cannot be written.
        """
        manifest = _manifest(extraction)
        rows = _arrow(extraction, manifest)
        self._write(extraction.stream, rows, manifest)
        return self._committed(extraction.stream, manifest)

    def manifests(self, stream: Stream, *, after: int = -1) -> list[Manifest]:
        """Manifests of a stream with a commit above ``after``, oldest first.

        Raises:
            LandingError: the commit log cannot be read.
        """
        table = self._open(stream)
        if table is None:
            return []
        known = self._manifests.setdefault(stream.relation, [])
        last = known[-1].commit if known else -1
        if table.version() > last:
            entries = _history(table, last)
            found = [_parsed(entry) for entry in entries if MANIFEST_KEY in entry and entry["version"] > last]
            known.extend(sorted(found, key=lambda manifest: manifest.commit))
        return [manifest for manifest in known if manifest.commit > after]

    def files(self, stream: Stream, *, upto: int, after: int = -1) -> list[str]:
        """Parquet files that hold the rows of the commits above ``after`` up to ``upto``."""
        known = set() if after < 0 else set(self._at(stream, after).file_uris())
        return sorted(set(self._at(stream, upto).file_uris()) - known)

    def newest(self, stream: Stream) -> int:
        """The newest commit of a stream, -1 when there is none."""
        table = self._open(stream)
        return -1 if table is None else table.version()

    def known_at(self, stream: Stream, moment: datetime) -> int:
        """The newest commit known at a moment, -1 when none: the longest run of commits that were made by then."""
        newest = -1
        for manifest in self.manifests(stream):
            if manifest.committed_at > moment:
                break
            newest = manifest.commit
        return newest

    def has_checksum(self, stream: Stream, account: str, checksum: str) -> bool:
        """Whether the newest extraction of that account is the same file."""
        for manifest in reversed(self.manifests(stream)):
            if manifest.account == account:
                return manifest.checksum == checksum and manifest.is_complete
        return False

    @stamina.retry(on=CommitFailedError, attempts=6, wait_initial=0.05, wait_max=1.0, wait_jitter=0.2)
    def _write(self, stream: Stream, rows: pa.Table, manifest: Manifest) -> None:
        try:
            write_deltalake(
                self._path(stream),
                rows,
                mode="append",
                configuration=TABLE_CONFIGURATION,
                commit_properties=CommitProperties(custom_metadata={MANIFEST_KEY: _text_of(manifest)}),
            )
        except CommitFailedError:
            raise
        except (DeltaError, OSError) as error:
            raise LandingError(f"{stream.relation} could not be landed in {self._path(stream)}: {error}") from error

    def _open(self, stream: Stream) -> DeltaTable | None:
        try:
            table = self._tables.get(stream.relation)
            if table is None:
                table = self._tables[stream.relation] = DeltaTable(self._path(stream))
            else:
                table.update_incremental()
        except TableNotFoundError:
            return None
        except (DeltaError, OSError) as error:
            raise LandingError(f"the commit log of {self._path(stream)} cannot be read: {error}") from error
        return table

    def _committed(self, stream: Stream, manifest: Manifest) -> Manifest:
        """The manifest with its place in the commit order; other writers may have committed since."""
        for known in reversed(self.manifests(stream)):
            if known.manifest_id == manifest.manifest_id:
                return known
        raise LandingError(f"{stream.relation}: the commit of extraction {manifest.manifest_id} is not in the log.")

    def _at(self, stream: Stream, version: int) -> DeltaTable:
        return DeltaTable(self._path(stream), version=version)

    def _path(self, stream: Stream) -> str:
        path = f"{self._url}/{stream.source}/{stream.name}"
        if "://" not in path:
            try:
                Path(path).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LandingError(f"{path} cannot be made ({error.strerror}); check PHYGITAL_LANDING_URL.") from error
        return path


def _history(table: DeltaTable, last: int) -> list[dict[str, Any]]:
    """Log entries above version ``last``, each with its right version.

    delta-rs reads the newest entries of the log but numbers them down from the version the table was opened at, so an
    entry that another writer adds in between shifts every number. The answer counts only if the log stood still.
    """
    while True:
        version = table.version()
        entries = table.history(limit=version - last)
        table.update_incremental()
        if table.version() == version:
            return entries


def _manifest(extraction: Extraction) -> Manifest:
    return Manifest(
        manifest_id=uuid.uuid4().hex,
        source=extraction.stream.source,
        stream=extraction.stream.name,
        account=extraction.account,
        part=extraction.part,
        coverage=extraction.stream.coverage,
        window_from=extraction.window.start if extraction.window else None,
        window_to=extraction.window.end if extraction.window else None,
        is_complete=extraction.is_complete,
        row_count=len(extraction.rows),
        pages=extraction.pages,
        request_ids=extraction.request_ids,
        checksum=extraction.checksum,
        committed_at=clock.now(),
        code_version=__version__,
    )


def _arrow(extraction: Extraction, manifest: Manifest) -> pa.Table:
    """The rows as the stream's text columns plus where each came from."""
    stream = extraction.stream
    if isinstance(extraction.rows, pa.Table):
        columns = {name: extraction.rows.column(name) for name in (*stream.columns, "_extra", "_reject")}
    else:
        columns = _columns(stream, extraction.rows, extraction.account)
    count = manifest.row_count
    columns |= {
        "_account": pa.array([extraction.account] * count, pa.string()),
        "_part": pa.array([extraction.part] * count, pa.string()),
        "_row": pa.array(range(count), pa.int64()),
        "_manifest_id": pa.array([manifest.manifest_id] * count, pa.string()),
        "_extracted_at": pa.array([manifest.committed_at] * count, pa.timestamp("us", tz="UTC")),
    }
    return pa.table({name: columns[name] for name in (*stream.columns, *METADATA_COLUMNS)})


def _columns(stream: Stream, rows: Sequence[dict[str, Any]], where: str) -> dict[str, pa.Array]:
    found = {name for row in rows for name in row}
    if rows and (missing := stream.missing(found)):
        raise SchemaDrift(
            stream.source, f"{stream.name} of {where}", missing=missing, unexpected=found - set(stream.columns)
        )
    columns = {name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in stream.columns}
    others = sorted(found - set(stream.columns))
    columns["_extra"] = pa.array([_extra(row, others) for row in rows], pa.string())
    columns["_reject"] = pa.nulls(len(rows), pa.string())
    return columns


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _extra(row: dict[str, Any], names: Iterable[str]) -> str | None:
    extra = {name: row[name] for name in names if name in row}
    return json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else None


def _text_of(manifest: Manifest) -> str:
    fields = {name: value for name, value in asdict(manifest).items() if name != "commit"}
    return json.dumps(fields, default=lambda value: value.isoformat())


def _parsed(entry: dict[str, Any]) -> Manifest:
    fields = json.loads(entry[MANIFEST_KEY])
    day = {name: date.fromisoformat(fields[name]) if fields[name] else None for name in ("window_from", "window_to")}
    return Manifest(
        **{
            **fields,
            **day,
            "coverage": Coverage(fields["coverage"]),
            "request_ids": tuple(fields["request_ids"]),
            "committed_at": datetime.fromisoformat(fields["committed_at"]).astimezone(UTC),
            "commit": entry["version"],
        }
    )
