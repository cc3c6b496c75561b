"""Row numbers and sums across the world's tables, for the processes that read what others made."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world.columns import Flags, one_chunk
from phygital_funnel.sandbox.world.times import Ints

Tables = Mapping[str, pa.Table]

_FEW_IN_TURN = 8
"""Orders have fewer lines than this in the mean, so longer runs are not worth a look."""


def plain(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece, dictionaries decoded."""
    return one_chunk(column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column)


def rows_of(keys: Any, column: pa.ChunkedArray) -> Ints:
    """Row number in ``column`` of each key; -1 for NULL and for what is not there."""
    names = plain(column)
    in_turn = _in_turn(one_chunk(keys) if isinstance(keys, pa.ChunkedArray) else keys, names)
    if in_turn is not None:
        return in_turn
    found = pc.index_in(keys, names, skip_nulls=True)
    rows: Ints = pc.fill_null(found.cast(pa.int64()), -1).to_numpy()
    return rows


def _in_turn(keys: pa.Array, column: pa.Array) -> Ints | None:
    """Row numbers where the keys are the whole column, each some times in turn; else None.

    So stand the lines of orders; telling that costs a fraction of looking up a million order ids.
    """
    is_alike = 0 < len(column) <= len(keys) < _FEW_IN_TURN * len(column) and keys.type == column.type
    if not is_alike or keys.null_count or keys[0] != column[0] or keys[-1] != column[-1]:
        return None
    is_new = np.append(True, pc.not_equal(keys[1:], keys[:-1]).to_numpy(zero_copy_only=False))
    return np.cumsum(is_new) - 1 if keys.filter(pa.array(is_new)).equals(column) else None


def codes_in(column: pa.ChunkedArray, labels: Sequence[str]) -> Ints:
    """Position of each value in ``labels``, -1 for NULL and for what is not there; narrow for dictionary columns."""
    if not pa.types.is_dictionary(column.type):
        return rows_of(column, pa.chunked_array([labels], pa.string()))
    codes: Ints = np.concatenate([_codes(chunk, labels) for chunk in column.chunks] or [np.empty(0, np.int64)])
    return codes


def _codes(chunk: pa.DictionaryArray, labels: Sequence[str]) -> Ints:
    names = rows_of(chunk.dictionary, pa.chunked_array([labels], pa.string()))
    indices = pc.fill_null(chunk.indices, len(names)) if chunk.null_count else chunk.indices
    # As narrow as the labels allow: a long table has tens of millions of rows.
    width = np.int16 if len(labels) < 2**15 else np.int32
    codes: Ints = np.append(names, -1).astype(width)[indices.to_numpy()]
    return codes


def net_amounts(tables: Tables) -> Ints:
    """Per order the items less seller-funded discounts, in minor units."""
    lines = tables["order_lines"]
    amount = lines["item_price_minor"].to_numpy() - lines["discount_minor"].to_numpy()
    total = np.zeros(tables["orders"].num_rows, dtype=np.int64)
    np.add.at(total, rows_of(lines["order_id"], tables["orders"]["order_id"]), amount)
    return total


def is_amazon_sale(orders: pa.Table) -> Flags:
    """Which orders Amazon's customers placed: neither the Shop's nor what Amazon's warehouse ships for others."""
    on_amazon = codes_in(orders["platform"], ["amazon"]) == 0
    sales: Flags = on_amazon & orders["fulfils_order_id"].is_null().to_numpy()
    return sales
