"""Reads CSV, TSV, JSON Lines (also compressed) and Parquet of any size, page by page, as text columns.

A line that cannot be parsed is kept as it stood, in its place: ``_reject`` is set and ``_extra`` holds its text.
"""

import logging
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from phygital_funnel.errors import TruncatedReport
from phygital_funnel.sources.files.batch import MALFORMED
from phygital_funnel.sources.files.delimited import read_delimited
from phygital_funnel.sources.files.document import DELIMITERS, JSON_LINES, PARQUET, SUFFIXES, Document, suffix_of
from phygital_funnel.sources.files.json_lines import read_json_lines
from phygital_funnel.sources.files.parquet import read_parquet
from phygital_funnel.sources.stream import Stream

__all__ = ["MALFORMED", "SUFFIXES", "read_file", "read_pages", "suffix_of"]

logger = logging.getLogger(__name__)
_READERS = {
    **dict.fromkeys(DELIMITERS, read_delimited),
    **dict.fromkeys(JSON_LINES, read_json_lines),
    PARQUET: read_parquet,
}


def read_pages(path: Path, stream: Stream, *, quoted: bool = True, encoding: str = "utf-8") -> Iterator[pa.Table]:
    """Rows of a file, page by page in their order, as the stream's columns, ``_extra`` and ``_reject``, all text.

    Columns are found by name, in any order; those the stream does not declare are kept in ``_extra`` as a JSON object.
    Memory does not grow with the file.

    Args:
        path: the file; its suffix tells the format.
        stream: what the file should hold.
        quoted: False for Amazon's flat files, in which a quotation mark is an ordinary character.
        encoding: of CSV and TSV.

    Raises:
        SchemaDrift: required columns are missing.
        TruncatedReport: the compressed file ends too early.
        SourceError: the file cannot be read as what its name says.
    """
    document = Document(path, stream, quoted, encoding)
    read = _READERS.get(document.format)
    if read is None:
        raise document.refused("has an unknown format", f"use one of {', '.join(SUFFIXES)}")
    rows = malformed = 0
    try:
        for page in read(document):
            rows += page.num_rows
            malformed += page.num_rows - page["_reject"].null_count
            yield page
    except EOFError as error:
        raise TruncatedReport(
            stream.source,
            f"{document.name} ends before its compressed data does. Nothing of it was landed: write it again, whole.",
        ) from error
    except (OSError, zlib.error) as error:
        raise document.refused(
            f"cannot be read ({getattr(error, 'strerror', None) or error})", "check the file, and drop it again"
        ) from error
    if malformed:
        logger.warning("%s %s: %s of %s lines cannot be parsed", stream.source, document.name, malformed, rows)


def read_file(path: Path, stream: Stream, *, quoted: bool = True) -> pa.Table:
    """All pages of a file at once, for files that are known to be small.

    Raises:
        SourceError: as ``read_pages``.
    """
    pages = list(read_pages(path, stream, quoted=quoted))
    columns = (*stream.columns, "_extra", "_reject")
    return pa.concat_tables(pages) if pages else pa.table({name: pa.nulls(0, pa.string()) for name in columns})
