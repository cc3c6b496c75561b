"""The landing zone: one append-only Delta table per stream, one commit per extraction (architecture 4).

The commit's metadata is the manifest. What is not committed is invisible, so a killed extraction leaves nothing. Rows
hold text as the wire gave it; typing happens in the warehouse. Knowledge time is the order of commits (ledger-rules 1).
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import stamina
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, create_table_with_add_actions

from phygital_funnel import __version__, clock
from phygital_funnel.errors import LandingError
from phygital_funnel.landing import files, guard, reading, verdicts
from phygital_funnel.landing.compaction import Compaction, compact
from phygital_funnel.landing.manifest import MANIFEST_KEY, Manifest, parsed
from phygital_funnel.landing.spool import Progress, Spool, spooled
from phygital_funnel.landing.storage import Storage
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Extraction, Stream

logger = logging.getLogger(__name__)

# The log is the history of what was known when, so it is never cleaned up.
TABLE_CONFIGURATION = {"delta.enableExpiredLogCleanup": "false", "delta.logRetentionDuration": "interval 36500 days"}


class Landing:
    """The landing zone under one URL.

    Args:
        url: folder or ``s3://bucket/prefix`` that holds ``<source>/<stream>``.
        spool: folder for the pages of extractions under way; without one, a killed extraction starts anew.
        decisions: file of what people have decided about extractions.
    """

    def __init__(self, url: str, spool: Path | None = None, decisions: Path | None = None) -> None:
        self.storage = Storage(url)
        self._spool = spool
        self._decisions = decisions
        # Commit logs are read once and then followed, so that landing many small files stays linear.
        self._tables: dict[str, DeltaTable] = {}
        self._manifests: dict[str, list[Manifest]] = {}

    @classmethod
    def of(cls, settings: Settings) -> "Landing":
        """The landing zone of a home, with its spool and its people's decisions."""
        return cls(settings.landing_url, settings.home / "state" / "spool", verdicts.path_in(settings))

    def append(self, extraction: Extraction, run: str = "") -> Manifest:
        """Read an extraction page by page and land it as one commit.

        Args:
            extraction: what to read.
            run: the run that asks for it; kept in the manifest. An attempt that broke off is gone on with under the
                same run only: another one should know what the platform says by now.

        Raises:
            SchemaDrift: a page is not shaped as the stream declares; nothing is landed.
            SourceError: a page could not be read; nothing is landed.
            LandingError: the table cannot be written.
        """
        stream = extraction.stream
        with spooled(self._spool, extraction, run, lambda name: self._find(stream, name) is not None) as spool:
            reading.read(extraction, spool)
            landed = self._land(extraction, spool, run)
        extraction.on_landed()
        return landed

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
            try:
                entries = _history(table, last)
            except (DeltaError, OSError) as error:
                raise self.storage.refused(f"the commit log of {stream.relation} cannot be read", error) from error
            found = [parsed(entry) for entry in entries if MANIFEST_KEY in entry and entry["version"] > last]
            known.extend(sorted(found, key=lambda manifest: manifest.commit))
        return [manifest for manifest in known if manifest.commit > after]

    def files(self, stream: Stream, *, upto: int, after: int = -1) -> list[str]:
        """Parquet files that hold the rows of the commits above ``after`` up to ``upto``.

        They are files of today: after a compaction they may hold rows of other commits too, so readers choose rows by
        ``_manifest_id``.
        """
        return self.files_of(
            stream, [manifest for manifest in self.manifests(stream, after=after) if manifest.commit <= upto]
        )

    def files_of(self, stream: Stream, manifests: Iterable[Manifest]) -> list[str]:
        """Files that hold the rows of these extractions: their own, or all compacted ones when some are not there."""
        wanted = {manifest.manifest_id: manifest.row_count for manifest in manifests if manifest.row_count}
        table = self._open(stream)
        if table is None or not wanted:
            return []
        actions = table.get_add_actions(flatten=True)
        rows = dict(zip(actions["path"].to_pylist(), actions["num_records"].to_pylist(), strict=True))
        owners = files.owners(rows)
        own = {path for path, owner in owners.items() if owner in wanted}
        if sum(rows[path] for path in own) < sum(wanted.values()):
            own |= rows.keys() - owners.keys()
        return sorted(f"{self._path(stream)}/{path}" for path in own)

    def snapshot(self, stream: Stream) -> pa.Table:
        """The rows that are current: of each account and part those of the newest complete, usable extraction."""
        held = self.held(stream)
        newest = {
            (manifest.account, manifest.part): manifest
            for manifest in self.manifests(stream)
            if manifest.is_complete and manifest.manifest_id not in held
        }

        paths = self.files_of(stream, newest.values())
        wanted = [manifest.manifest_id for manifest in newest.values()]
        try:
            return files.read(self.storage, paths, stream, wanted)
        except self.storage.failures as error:
            raise self.storage.refused(f"the rows of {stream.relation} cannot be read", error) from error

    def held(self, stream: Stream, at: datetime | None = None) -> frozenset[str]:
        """Ids of the stream's extractions that builds must not use, by the decisions taken by ``at`` or by all."""
        return verdicts.held(self.manifests(stream), verdicts.latest(self._decisions, at))

    def newest(self, stream: Stream) -> int:
        """The commit of the newest extraction of a stream, -1 when there is none."""
        manifests = self.manifests(stream)
        return manifests[-1].commit if manifests else -1

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

    def compact(self, stream: Stream, retention_days: float) -> Compaction | None:
        """Put small files together, and remove files that have not been in use for longer than the retention.

        Args:
            stream: whose table.
            retention_days: for so long earlier versions of the table stay readable as Delta versions.

        Returns:
            What was done; None when nothing of the stream is landed.

        Raises:
            LandingError: the table cannot be read or written.
        """
        table = self._open(stream)
        if table is None:
            return None
        try:
            return compact(table, retention_days)
        except (DeltaError, OSError) as error:
            raise self.storage.refused(f"{stream.relation} could not be compacted", error) from error

    def _land(self, extraction: Extraction, spool: Spool, run: str) -> Manifest:
        stream = extraction.stream
        manifest = self._manifest(extraction, spool.progress, run)
        if manifest.new_fields:
            logger.warning(
                "%s %s: fields that the stream does not declare are kept in _extra: %s",
                stream.relation, manifest.account, ", ".join(manifest.new_fields),
            )  # fmt: skip
        if manifest.doubt:
            logger.warning("%s %s is held: %s", stream.relation, manifest.account, manifest.doubt)
        try:
            actions = files.write(self.storage, self._path(stream), stream, manifest, spool.batches())
            self._commit(stream, actions, manifest)
        except (DeltaError, OSError) as error:
            raise self.storage.refused(f"{stream.relation} could not be landed", error) from error
        landed = self._find(stream, manifest.manifest_id)
        if landed is None:
            raise LandingError(f"{stream.relation}: the commit of extraction {manifest.manifest_id} is not in the log.")
        return landed

    def _manifest(self, extraction: Extraction, progress: Progress, run: str) -> Manifest:
        stream = extraction.stream
        manifest = Manifest(
            manifest_id=progress.manifest_id,
            source=stream.source,
            stream=stream.name,
            account=extraction.account,
            part=extraction.part,
            coverage=stream.coverage,
            window_from=extraction.window.start if extraction.window else None,
            window_to=extraction.window.end if extraction.window else None,
            is_complete=extraction.is_complete,
            row_count=progress.rows,
            pages=progress.pages,
            request_ids=tuple(progress.request_ids),
            checksum=extraction.checksum,
            committed_at=clock.now(),
            code_version=__version__,
            run=run,
            new_fields=tuple(progress.new_fields),
            rows_by_day=progress.rows_by_day,
        )
        earlier = self.manifests(stream)
        held = verdicts.held(earlier, verdicts.latest(self._decisions))
        usable = [older for older in earlier if older.manifest_id not in held]
        return replace(manifest, doubt=guard.doubt(manifest, usable))

    def _commit(self, stream: Stream, actions: list[AddAction], manifest: Manifest) -> None:
        """Make the written files visible, all at once; a commit whose answer was lost is not made twice."""
        for attempt in stamina.retry_context(
            on=CommitFailedError, attempts=6, wait_initial=0.05, wait_max=1.0, wait_jitter=0.2
        ):
            with attempt:
                if attempt.num > 1 and self._find(stream, manifest.manifest_id) is not None:
                    return
                self._try_commit(stream, actions, manifest)

    def _try_commit(self, stream: Stream, actions: list[AddAction], manifest: Manifest) -> None:
        """Commit to the table as it was last read, which was a moment ago; Delta notices what came in between."""
        schema = Schema.from_arrow(files.file_schema(stream))
        properties = CommitProperties(custom_metadata={MANIFEST_KEY: manifest.to_text()})
        table = self._tables.get(stream.relation)
        if table is None and self._create(stream, schema, actions, properties):
            return
        table = table or self._open(stream)
        if table is None:
            raise LandingError(f"{self._path(stream)} can neither be created nor opened; look at what is there.")
        known = {column.name for column in table.schema().fields}
        if added := [column for column in schema.fields if column.name not in known]:
            table.alter.add_columns(added)
        table.create_write_transaction([*actions], "append", schema, [], commit_properties=properties)

    def _create(self, stream: Stream, schema: Schema, actions: list[AddAction], properties: CommitProperties) -> bool:
        """Create the table with its first extraction; False when another writer was quicker."""
        try:
            create_table_with_add_actions(
                self._path(stream),
                schema,
                actions,
                "error",
                [],
                configuration=TABLE_CONFIGURATION,
                storage_options=self.storage.options,
                commit_properties=properties,
            )
        except DeltaError:
            if self._open(stream) is None:
                raise
            return False
        return True

    def _open(self, stream: Stream) -> DeltaTable | None:
        path = self._path(stream)
        try:
            table = self._tables.get(stream.relation)
            if table is None:
                table = self._tables[stream.relation] = DeltaTable(path, storage_options=self.storage.options)
            else:
                table.update_incremental()
        except TableNotFoundError:
            return None
        except (DeltaError, OSError) as error:
            raise self.storage.refused(f"the commit log of {stream.relation} cannot be read", error) from error
        return table

    def _find(self, stream: Stream, manifest_id: str) -> Manifest | None:
        """The manifest with its place in the commit order, if it is committed."""
        for known in reversed(self.manifests(stream)):
            if known.manifest_id == manifest_id:
                return known
        return None

    def _path(self, stream: Stream) -> str:
        return self.storage.table(stream.source, stream.name)


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
