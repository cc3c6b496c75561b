"""Tab-separated flat files, written column by column."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

Columns = dict[str, pa.Array | pa.ChunkedArray]


def flat_file(names: Sequence[str], columns: Columns, count: int) -> str:
    """A file with a header line; empty when it has no rows.

    Args:
        names: of all columns in order.
        columns: the content by name; a column that is missing, and every null, is written as nothing.
        count: number of rows.
    """
    if count == 0:
        return ""
    blank = pa.array([""]).take(pa.array([0] * count))
    texts = [_text(columns[name]) if name in columns else blank for name in names]
    lines = pc.binary_join_element_wise(*texts, "\t", null_handling="replace", null_replacement="")
    return "\n".join(["\t".join(names), *lines.to_pylist(), ""])


def _text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.string())
