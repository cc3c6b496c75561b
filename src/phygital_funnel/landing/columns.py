"""Makes Arrow columns of text from lists of what JSON holds.

By hand, because ``pyarrow.array`` imports pandas at its first call: a second of time and tens of megabytes in a process
that has no other use for it.
"""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from phygital_funnel.sources.stream import Stream

Converter = Callable[[list[Any]], pa.Array]
_NOTHING = type(None)
_CALLED: dict[type, str] = {
    str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object",
}  # fmt: skip


class WrongTypeError(Exception):
    """A column holds something else than it should; the text says what."""


def converter(stream: Stream, name: str) -> Converter:
    """How a column of a stream becomes text."""
    kinds: dict[str, tuple[str, ...]] = {
        "numbers": stream.numbers, "flags": stream.flags, "nested": stream.nested, "untyped": stream.untyped,
    }  # fmt: skip
    return _CONVERTERS[next((kind for kind, names in kinds.items() if name in names), "text")]


def texts(values: list[Any]) -> pa.Array:
    """A column of text.

    Raises:
        WrongTypeError: a value is neither text nor null.
    """
    validity = None
    present = values
    if None in values:
        is_present = np.fromiter((value is not None for value in values), np.bool_, len(values))
        validity = pa.py_buffer(np.packbits(is_present, bitorder="little"))
        present = ["" if value is None else value for value in values]
    try:
        joined = "".join(present)
    except TypeError as error:
        raise WrongTypeError(_wrong(values, (str,), "text")) from error
    if joined.isascii():
        data, lengths = joined.encode(), map(len, present)
    else:
        # Half of a surrogate pair is no character; it is kept as JSON spells it.
        encoded = [value.encode("utf-8", "backslashreplace") for value in present]
        data, lengths = b"".join(encoded), map(len, encoded)
    offsets = np.zeros(len(present) + 1, np.int32)
    np.cumsum(np.fromiter(lengths, np.int32, len(present)), out=offsets[1:])
    return pa.Array.from_buffers(pa.string(), len(present), [validity, pa.py_buffer(offsets), pa.py_buffer(data)])


def constant(text: str, count: int) -> pa.Array:
    """One text, ``count`` times."""
    return pa.repeat(texts([text])[0], count)


def whole_numbers(values: "np.ndarray[Any, Any]", kind: pa.DataType) -> pa.Array:
    """64-bit values as a column of integers or times."""
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values.astype(np.int64))])


def as_json(value: Any) -> str:
    """The one spelling of a nested value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def extras(rows: Sequence[dict[str, Any]], names: list[str]) -> pa.Array:
    """The fields ``names`` of each row as one JSON object, null where a row has none of them."""
    if not names:
        return pa.nulls(len(rows), pa.string())
    found = [{name: row[name] for name in names if name in row} for row in rows]
    return texts([as_json(extra) if extra else None for extra in found])


def _numbers(values: list[Any]) -> pa.Array:
    if not set(map(type, values)) <= {int, float, _NOTHING}:
        raise WrongTypeError(_wrong(values, (int, float), "a number"))
    return texts([None if value is None else _digits(value) for value in values])


def _digits(value: float) -> str:
    """A number without an exponent, so that any reader of decimals understands it."""
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def _flags(values: list[Any]) -> pa.Array:
    if not set(map(type, values)) <= {bool, _NOTHING}:
        raise WrongTypeError(_wrong(values, (bool,), "true or false"))
    return texts([None if value is None else str(value).lower() for value in values])


def _nested(values: list[Any]) -> pa.Array:
    if not set(map(type, values)) <= {list, dict, _NOTHING}:
        raise WrongTypeError(_wrong(values, (list, dict), "a list or an object"))
    return _untyped(values)


def _untyped(values: list[Any]) -> pa.Array:
    return texts([value if value is None or type(value) is str else as_json(value) for value in values])


def _wrong(values: list[Any], allowed: tuple[type, ...], expected: str) -> str:
    found = next((value for value in values if value is not None and type(value) not in allowed), None)
    return f"{_CALLED.get(type(found), type(found).__name__)}, not {expected}"


_CONVERTERS: dict[str, Converter] = {
    "text": texts, "numbers": _numbers, "flags": _flags, "nested": _nested, "untyped": _untyped,
}  # fmt: skip
