"""Collects rows until there are enough for a page, and makes the page: text columns, ``_extra`` and ``_reject``."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from phygital_funnel.landing.columns import texts
from phygital_funnel.sources.stream import Stream

MALFORMED = "malformed_line"
# A page is landed as a whole: large enough that its overhead does not count, small enough for 200 MB in all.
PAGE_ROWS = 10_000
PAGE_CHARACTERS = 2 << 20


class Batch:
    """Rows of one page in file order, among them the lines that could not be parsed.

    Args:
        blank: what stands for a line that could not be parsed among ``rows``.
    """

    def __init__(self, blank: Any) -> None:
        self.rows: list[Any] = []
        self.malformed: dict[int, str] = {}
        self.characters = 0
        self._blank = blank

    @property
    def is_full(self) -> bool:
        """Whether there is enough for a page."""
        return self.characters >= PAGE_CHARACTERS or len(self.rows) >= PAGE_ROWS

    def add(self, row: Any, characters: int) -> None:
        """Keep a row that was parsed out of so many characters."""
        self.rows.append(row)
        self.characters += characters

    def reject(self, text: str) -> None:
        """Keep a line as it stood."""
        self.malformed[len(self.rows)] = text
        self.rows.append(self._blank)
        self.characters += len(text)

    @property
    def is_unreadable(self) -> bool:
        """Whether there are lines, and none of them could be parsed."""
        return 0 < len(self.rows) == len(self.malformed)

    def rejects(self) -> pa.Array:
        """The column ``_reject``."""
        if not self.malformed:
            return pa.nulls(len(self.rows), pa.string())
        return texts([MALFORMED if row in self.malformed else None for row in range(len(self.rows))])

    def beside(self, kept: Sequence[str | None] | None) -> pa.Array:
        """The column ``_extra``: what was kept of parsed rows, and the text of the others."""
        if kept is None and not self.malformed:
            return pa.nulls(len(self.rows), pa.string())
        beside = list(kept) if kept is not None else [None] * len(self.rows)
        for row, text in self.malformed.items():
            beside[row] = text
        return texts(beside)


def null_where_empty(column: pa.Array) -> pa.Array:
    """The column with nulls for empty texts."""
    _, offsets, characters = column.buffers()
    is_filled = np.packbits(np.diff(np.frombuffer(offsets, np.int32)) > 0, bitorder="little")
    return pa.Array.from_buffers(pa.string(), len(column), [pa.py_buffer(is_filled), offsets, characters])


def page_of(stream: Stream, columns: dict[str, pa.Array], extra: pa.Array, rejects: pa.Array) -> pa.Table:
    """A page with every column of the stream, those that were not found as nulls."""
    nulls = pa.nulls(len(extra), pa.string())
    return pa.table(
        {**{name: columns.get(name, nulls) for name in stream.columns}, "_extra": extra, "_reject": rejects}
    )
