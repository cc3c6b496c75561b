"""Turns pages into columns of text, and refuses a page that is not shaped as its stream declares.

Columns are converted as a whole, so that no function is called for each value of a column of text.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.errors import SchemaDrift
from phygital_funnel.landing.columns import WrongTypeError, converter, extras
from phygital_funnel.sources.stream import Extraction, Page, Stream

Rows = Sequence[dict[str, Any]]
BATCH_ROWS = 20_000
"""Rows of a row group; 20,000 rows of 21 columns are 5 MB, far below what a process may use."""


def landed_schema(stream: Stream) -> pa.Schema:
    """Columns that a page is turned into: the stream's own, then ``_extra`` and ``_reject``, all text."""
    return pa.schema([(name, pa.string()) for name in (*stream.columns, "_extra", "_reject")])


class PageReader:
    """Reads the pages of one extraction.

    Args:
        extraction: says how rows should be shaped.
    """

    def __init__(self, extraction: Extraction) -> None:
        stream = self._stream = extraction.stream
        self._of = f"{stream.name} of {extraction.account}" if extraction.account else stream.name
        self._schema = landed_schema(stream)
        self._declared = frozenset(stream.columns)
        self._converters = {name: converter(stream, name) for name in stream.columns}

    def read(self, page: Page, number: int) -> tuple[list[pa.RecordBatch], set[str]]:
        """The page's rows as batches, and the names of fields that the stream does not declare.

        Args:
            page: the page.
            number: its place, from 1, for the error.

        Raises:
            SchemaDrift: a required column is missing or a value is not of the declared type.
        """
        where = f"{self._of}, page {number}"
        if isinstance(page.rows, pa.Table):
            return self._of_table(page.rows, where)
        batch, new = self._of_rows(page.rows, where)
        return [batch], new

    def _of_rows(self, rows: Rows, where: str) -> tuple[pa.RecordBatch, set[str]]:
        if any(kind is not dict for kind in set(map(type, rows))):
            raise self._drift(where, retyped={"a row": "something else than an object"})
        found: set[str] = set().union(*rows)
        new = found - self._declared
        missing = self._stream.missing(found) if rows else []
        columns: list[pa.Array] = []
        retyped: dict[str, str] = {}
        for name, convert in self._converters.items():
            try:
                columns.append(
                    convert([row.get(name) for row in rows]) if name in found else pa.nulls(len(rows), pa.string())
                )
            except WrongTypeError as wrong:
                retyped[name] = str(wrong)
        if missing or retyped:
            raise self._drift(where, missing=missing, retyped=retyped, unexpected=new)
        columns += (extras(rows, sorted(new)), pa.nulls(len(rows), pa.string()))
        return pa.record_batch(columns, schema=self._schema), new

    def _of_table(self, table: pa.Table, where: str) -> tuple[list[pa.RecordBatch], set[str]]:
        found = set(table.column_names)
        missing = self._stream.missing(found)
        retyped = {
            name: f"{table.schema.field(name).type}, not text"
            for name in self._schema.names
            if name in found and not _is_text(table.schema.field(name).type)
        }
        if missing or retyped:
            raise self._drift(where, missing=missing, retyped=retyped, unexpected=found - set(self._schema.names))
        nothing = pa.nulls(table.num_rows, pa.string())
        columns = [table.column(name).cast(pa.string()) if name in found else nothing for name in self._schema.names]
        whole = pa.table(columns, schema=self._schema)
        return whole.to_batches(max_chunksize=BATCH_ROWS), set(_names_in_extra(whole))

    def _drift(self, where: str, **faults: Any) -> SchemaDrift:
        return SchemaDrift(self._stream.source, where, **faults)


def days_of(column: pa.Array, days: frozenset[str]) -> Counter[str]:
    """How many values begin with each of ``days`` (ISO dates); ``20261103`` is read as a date too."""
    counted: Counter[str] = Counter()
    for entry in pc.value_counts(pc.utf8_slice_codeunits(column, 0, 10)):
        day = _iso(entry["values"].as_py())
        if day in days:
            counted[day] += entry["counts"].as_py()
    return counted


def _iso(text: str | None) -> str:
    if text is None:
        return ""
    for candidate in (text, text[:8]):
        try:
            return date.fromisoformat(candidate).isoformat()
        except ValueError:
            continue
    return ""


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def _names_in_extra(table: pa.Table) -> Iterator[str]:
    """Names of undeclared fields that a file's reader has put into ``_extra``; rejected lines hold no names."""
    read = table.filter(pc.and_(pc.is_valid(table["_extra"]), pc.is_null(table["_reject"])))
    for text in read["_extra"].to_pylist():
        yield from json.loads(text)
