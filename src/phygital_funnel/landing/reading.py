"""Brings the pages of an extraction into its spool; goes on from an earlier attempt's pages where that is safe."""

import logging
from collections.abc import Iterable
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.errors import SourceError, TransientSourceError
from phygital_funnel.landing.rows import PageReader, days_of
from phygital_funnel.landing.spool import Spool
from phygital_funnel.sources.stream import Coverage, Extraction, Stream

logger = logging.getLogger(__name__)


def read(extraction: Extraction, spool: Spool) -> None:
    """Bring the pages that are not in the spool yet.

    Sources notice that a listing moved while they read it, because a row comes twice; but a source that goes on from a
    cursor has not seen the rows of the attempt before. When pages moved in between, a row of theirs may come again and
    push another one out, and the number of rows is still the number announced. So a read that was gone on with counts
    only if no key comes twice in it. A platform may also refuse the cursor, and would each time. In both cases what was
    spooled is dropped and the whole is read once more from its first page, under the source's own checks alone.

    Args:
        extraction: what to read.
        spool: where its pages are kept; it holds all of them afterwards.

    Raises:
        SchemaDrift: a page is not shaped as the stream declares.
        SourceError: a page could not be read.
        LandingError: a page cannot be kept.
    """
    fault = _fault_of_resumed(extraction, spool)
    if fault is None:
        return
    stream = extraction.stream
    logger.warning(
        "%s %s: the pages of an earlier attempt are dropped and all are read again: %s",
        stream.relation, extraction.account, fault,
    )  # fmt: skip
    spool.restart()
    _read_pages(extraction, spool)


def repeats_a_key(stream: Stream, batches: Iterable[pa.RecordBatch]) -> bool:
    """Whether two rows have the same key; 8 bytes are kept of each row, and rejected rows have no key.

    Keys are compared by their hashes: of a million rows, two different ones are taken for the same once in
    thirty million times, which costs a second read and no row.
    """
    hashed = [_hashes(stream, batch.filter(pc.is_null(batch.column("_reject")))) for batch in batches]
    if not hashed:
        return False
    every = np.sort(np.concatenate(hashed))
    return bool((every[1:] == every[:-1]).any())


def _hashes(stream: Stream, batch: pa.RecordBatch) -> "np.ndarray[Any, np.dtype[np.int64]]":
    columns = [batch.column(name).to_pylist() for name in stream.key]
    return np.fromiter(map(hash, zip(*columns, strict=True)), np.int64, batch.num_rows)


def _fault_of_resumed(extraction: Extraction, spool: Spool) -> str | None:
    """Read to the end; why that is of no use if it went on from an earlier attempt's pages, None when all is well."""
    try:
        if not spool.progress.is_whole:
            _read_pages(extraction, spool)
    except TransientSourceError:
        raise
    except SourceError as error:
        if not spool.progress.is_resumed:
            raise
        return str(error)
    if spool.progress.is_resumed and repeats_a_key(extraction.stream, spool.batches()):
        return "rows came twice, so the listing moved between the attempts."
    return None


def _read_pages(extraction: Extraction, spool: Spool) -> None:
    stream, progress = extraction.stream, spool.progress
    reader = PageReader(extraction)
    days = frozenset(day.isoformat() for day in extraction.window.days()) if extraction.window else frozenset()
    date_column = stream.scope[0] if stream.coverage is Coverage.WINDOW and stream.scope else ""
    new_fields = set(progress.new_fields)
    with closing(_closable(extraction.pages(progress.cursor))) as pages:
        for page in pages:
            batches, new = reader.read(page, progress.pages + 1)
            new_fields |= new
            progress.pages += 1
            progress.rows += sum(batch.num_rows for batch in batches)
            progress.request_ids += [page.request_id] if page.request_id else []
            progress.new_fields = sorted(new_fields)
            for batch in batches if date_column and days else ():
                for day, count in days_of(batch.column(date_column), days).items():
                    progress.rows_by_day[day] = progress.rows_by_day.get(day, 0) + count
            spool.add(page, batches)
    spool.finish()


def _closable(pages: Iterable[Any]) -> Any:
    """A generator, which can be closed when a page is refused, whatever the source gave."""
    return pages if hasattr(pages, "close") else (page for page in pages)
