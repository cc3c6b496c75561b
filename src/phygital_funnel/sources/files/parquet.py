"""Parquet: typed values as the text that the other formats would hold."""

from collections.abc import Iterator
from decimal import Decimal

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from phygital_funnel.landing.columns import texts
from phygital_funnel.sources.files.batch import PAGE_CHARACTERS, PAGE_ROWS, page_of
from phygital_funnel.sources.files.document import Document
from phygital_funnel.sources.stream import snake_case

_TEXT = pa.string()
_BUFFER = 1 << 16
_REASON_LENGTH = 200
_INSTANT = pc.CastOptions(pa.timestamp("us", tz="UTC"), allow_time_truncate=True)


def read_parquet(document: Document) -> Iterator[pa.Table]:
    """Pages of a Parquet file.

    Raises:
        SourceError: the file is refused.
    """
    try:
        with pq.ParquetFile(document.path, buffer_size=_BUFFER, pre_buffer=False) as file:
            columns = [snake_case(name) for name in file.schema_arrow.names]
            document.check_names(columns)
            document.check_required(columns)
            for batch in file.iter_batches(_rows_per_page(file.metadata), use_threads=False):
                yield _page(document, columns, batch)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0][:_REASON_LENGTH].rstrip(".")
        raise document.refused(
            f"cannot be read as Parquet ({reason})", "check that the whole file was written, and drop it again"
        ) from error


def _rows_per_page(metadata: pq.FileMetaData) -> int:
    """So many rows that wide ones do not make a page larger than narrow ones."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    widest = max((group.total_byte_size // max(group.num_rows, 1) for group in groups), default=0)
    return max(1, min(PAGE_ROWS, PAGE_CHARACTERS // max(widest, 1)))


def _page(document: Document, columns: list[str], batch: pa.RecordBatch) -> pa.Table:
    declared = set(document.stream.columns)
    found = {
        column: _written(document, column, values)
        for column, values in zip(columns, batch.columns, strict=True)
        if column
    }
    known = {column: values for column, values in found.items() if column in declared}
    others = {column: values for column, values in found.items() if column not in declared}
    return page_of(document.stream, known, _others(others, batch.num_rows), pa.nulls(batch.num_rows, _TEXT))


def _written(document: Document, column: str, values: pa.Array) -> pa.Array:
    try:
        return _as_text(values)
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        reason = str(error).partition("\n")[0][:_REASON_LENGTH].rstrip(".")
        raise document.refused(
            f"has a value in the column {column} that cannot be written as text ({values.type}: {reason})",
            "write the column as text, numbers or times, and drop it again",
        ) from error


def _others(columns: dict[str, pa.Array], count: int) -> pa.Array:
    if not columns:
        return pa.nulls(count, _TEXT)
    return texts([orjson.dumps(row).decode() for row in pa.table(columns).to_pylist()])


def _as_text(values: pa.Array) -> pa.Array:
    kind = values.type
    if pa.types.is_timestamp(kind):
        return _instants(values)
    if pa.types.is_floating(kind):
        return _numbers(values)
    if pa.types.is_nested(kind):
        return texts(
            [None if value is None else orjson.dumps(value, default=str).decode() for value in values.to_pylist()]
        )
    written = values.cast(_TEXT)
    written.validate(full=True)  # Arrow takes a Parquet file's word that its text is UTF-8
    return written


def _instants(values: pa.Array) -> pa.Array:
    """ISO 8601; those with a zone in UTC."""
    if values.type.tz is None:
        return values.cast(_TEXT)
    written = values.cast(options=_INSTANT).cast(_TEXT)
    return pc.utf8_replace_slice(written, start=10, stop=11, replacement="T")


def _numbers(values: pa.Array) -> pa.Array:
    """Without an exponent; whole ones have no decimal point, because pandas makes floats of integers with gaps."""
    written = values.cast(_TEXT).to_pylist()
    return texts([format(Decimal(text), "f") if text is not None and "e" in text else text for text in written])
