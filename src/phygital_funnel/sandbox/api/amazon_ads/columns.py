"""The world's columns as numpy arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world.columns import Flags
from phygital_funnel.sandbox.world.times import Ints


def ints_of(column: pa.ChunkedArray) -> Ints:
    """A column of integers or booleans; NULL is 0."""
    numbers: Ints = column.cast(pa.int64()).fill_null(0).to_numpy().astype(np.int64)
    return numbers


def flags_of(column: pa.ChunkedArray) -> Flags:
    """A column of booleans; NULL is False."""
    return ints_of(column).astype(np.bool_)


def codes_of(column: pa.ChunkedArray, names: Sequence[str]) -> Ints:
    """Position of each text in ``names``; -1 for NULL and for what is not there."""
    found = pc.index_in(column.cast(pa.string()), value_set=pa.array(names, pa.string()))
    codes: Ints = found.fill_null(-1).to_numpy().astype(np.int64)
    return codes


def sums(groups: Ints, values: npt.NDArray[Any], count: int) -> Ints:
    """Sum of integers by group."""
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, groups, values)
    return total
