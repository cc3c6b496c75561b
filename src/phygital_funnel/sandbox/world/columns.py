"""Columns of the world's tables: from numpy arrays to Arrow and back, without second copies of long ones."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world.times import NEVER, Ints

TIMESTAMP = pa.timestamp("us", tz="UTC")
Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


def timestamps(values: Any) -> pa.Array:
    """Timestamp column from microseconds; ``NEVER`` becomes NULL."""
    numbers = np.ascontiguousarray(values, dtype=np.int64)
    missing = numbers == NEVER
    return pa.array(numbers, mask=missing if missing.any() else None).view(TIMESTAMP)


def labels(rows: Any, names: Iterable[str]) -> pa.DictionaryArray:
    """Dictionary column of names by row number; a negative number is NULL. The numbers keep their width."""
    missing = rows < 0
    if not missing.any():
        return pa.DictionaryArray.from_arrays(pa.array(rows), pa.array(names, pa.string()))
    # From buffers, because an array built with a mask is a second copy of the numbers.
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    width = pa.from_numpy_dtype(rows.dtype)
    indices = pa.Array.from_buffers(width, len(rows), [valid, pa.py_buffer(rows)], int(missing.sum()))
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()), safe=False)


def texts(rows: Any, names: Iterable[str | None]) -> pa.Array:
    """Text column of names by row number; a negative number is NULL."""
    numbers = np.asarray(rows, dtype=np.int64)
    return pa.array(names, pa.string()).take(pa.array(numbers, mask=numbers < 0))


def one_chunk(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array, without a copy where it already is one."""
    if not column.num_chunks:
        return pa.array([], column.type)
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def micros_of(column: pa.ChunkedArray) -> Ints:
    """Microseconds of a timestamp column; NULL is ``NEVER``."""
    numbers = column.cast(pa.int64())
    moments: Ints = numbers.fill_null(NEVER).to_numpy().astype(np.int64, copy=False)
    return moments


def codes_of(column: pa.ChunkedArray) -> Ints:
    """Row numbers behind a label column; NULL is -1."""
    codes: Ints = one_chunk(column).indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64, copy=False)


def rows_in(column: Any, names: Iterable[str]) -> Ints:
    """For each text of a column its position among names; -1 where it is none of them."""
    found = pc.index_in(column, pa.array(names, pa.string()))
    combined = one_chunk(found) if isinstance(found, pa.ChunkedArray) else found
    rows: Ints = combined.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows


def hex_texts(prefix: str, *parts: tuple[Ints, int]) -> pa.Array:
    """Text of a prefix and of numbers as so many hexadecimal digits each (up to 16), without a loop over rows."""
    cells = []
    for numbers, width in parts:
        text = np.frombuffer(numbers.astype(">u8").tobytes().hex().encode(), np.uint8)
        cells.append(text.reshape(-1, 16)[:, 16 - width :])
    rows, head = len(cells[0]), np.frombuffer(prefix.encode(), np.uint8)
    text = np.hstack([np.broadcast_to(head, (rows, len(head))), *cells])
    offsets = np.arange(rows + 1, dtype=np.int32) * text.shape[1]
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(text))


def digits(numbers: Any, width: int) -> pa.Array:
    """Text of non-negative numbers, filled with zeros to a width."""
    return pc.utf8_lpad(pa.array(np.asarray(numbers, dtype=np.int64)).cast(pa.string()), width, "0")
