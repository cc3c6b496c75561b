"""Writes the rows of one extraction as Parquet files, a row group at a time, so that memory does not grow with them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from phygital_funnel.landing.columns import constant, texts, whole_numbers
from phygital_funnel.landing.manifest import Manifest
from phygital_funnel.landing.rows import BATCH_ROWS
from phygital_funnel.landing.storage import Storage
from phygital_funnel.sources.stream import METADATA_COLUMNS, Stream

LARGEST_FILE = 256 * 2**20
"""Bytes after which another file is begun; larger ones are of no use to readers."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The manifest's id in the name tells readers which files they need without opening any.
_OWN_FILE = re.compile(r"extraction-(?P<manifest_id>[0-9a-f]{32})-\d+\.parquet")
_METADATA_TYPES = {"_row": pa.int64(), "_extracted_at": pa.timestamp("us", tz="UTC")}


def file_schema(stream: Stream) -> pa.Schema:
    """Columns of a landed file: the stream's own, then where each row came from."""
    return pa.schema([(name, _METADATA_TYPES.get(name, pa.string())) for name in (*stream.columns, *METADATA_COLUMNS)])


def write(
    storage: Storage, table: str, stream: Stream, manifest: Manifest, batches: Iterable[pa.RecordBatch]
) -> list[AddAction]:
    """Write the rows below ``table``; nothing of it is visible before the actions are committed.

    Args:
        storage: where the table is.
        table: the table's path.
        stream: whose rows.
        manifest: its id, account, part and time are repeated on every row.
        batches: the rows as pages brought them.
    """
    schema = file_schema(stream)
    groups = _numbered(_row_groups(batches), manifest, schema)
    actions: list[AddAction] = []
    group = next(groups, None)
    try:
        while group is not None:
            name = f"extraction-{manifest.manifest_id}-{len(actions)}.parquet"
            rows = 0
            with storage.writing(f"{table}/{name}") as file:
                with pq.ParquetWriter(file, schema, compression="zstd", compression_level=1) as writer:
                    while group is not None and (not rows or file.tell() < LARGEST_FILE):
                        writer.write_table(group)
                        rows += group.num_rows
                        group = next(groups, None)
                size = file.tell()
            actions.append(_added(name, size, rows, manifest))
    except BaseException:
        for number in range(len(actions) + 1):
            storage.remove(f"{table}/extraction-{manifest.manifest_id}-{number}.parquet")
        raise
    return actions


def owners(paths: Iterable[str]) -> Mapping[str, str]:
    """Manifest id of each path that holds the rows of one extraction only; compacted files are left out."""
    found = {path: _OWN_FILE.fullmatch(path.rsplit("/", 1)[-1]) for path in paths}
    return {path: match["manifest_id"] for path, match in found.items() if match}


def _added(name: str, size: int, rows: int, manifest: Manifest) -> AddAction:
    modified = int(manifest.committed_at.timestamp() * 1000)
    return AddAction(name, size, {}, modified, True, json.dumps({"numRecords": rows}))


def _row_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Pages put together until they fill a row group: small ones would make the file slow to read."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        if batch.num_rows:
            waiting.append(batch)
            count += batch.num_rows
        if count >= BATCH_ROWS:
            yield pa.Table.from_batches(waiting)
            waiting, count = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting)


def _numbered(groups: Iterable[pa.Table], manifest: Manifest, schema: pa.Schema) -> Iterator[pa.Table]:
    start = 0
    moment = (manifest.committed_at - EPOCH) // timedelta(microseconds=1)
    for group in groups:
        count = group.num_rows
        added = {
            "_account": constant(manifest.account, count),
            "_part": constant(manifest.part, count),
            "_row": whole_numbers(np.arange(start, start + count), _METADATA_TYPES["_row"]),
            "_manifest_id": constant(manifest.manifest_id, count),
            "_extracted_at": whole_numbers(np.full(count, moment), _METADATA_TYPES["_extracted_at"]),
        }
        start += count
        yield pa.table([added[name] if name in added else group.column(name) for name in schema.names], schema=schema)


def read(storage: Storage, paths: Iterable[str], stream: Stream, manifest_ids: Iterable[str]) -> pa.Table:
    """The rows of some extractions, in the order they came in.

    Args:
        storage: where the files are.
        paths: files that hold these rows, and maybe others.
        stream: whose rows; columns that a file is older than are null.
        manifest_ids: the extractions.
    """
    schema = file_schema(stream)
    wanted = texts(list(manifest_ids))
    found = [schema.empty_table()]
    for path in paths:
        with storage.filesystem().open(path, "rb") as file:
            rows = pq.ParquetFile(file).read()
        rows = rows.filter(pc.is_in(rows["_manifest_id"], value_set=wanted))
        columns = [
            rows[name] if name in rows.column_names else pa.nulls(rows.num_rows, schema.field(name).type)
            for name in schema.names
        ]
        found.append(pa.table(columns, schema=schema))
    return pa.concat_tables(found).sort_by([(name, "ascending") for name in ("_account", "_part", "_row")])
