"""JSON Lines: one object a line; a line that is none is kept as it stood."""

import json
from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa

from phygital_funnel.landing.columns import texts
from phygital_funnel.sources.files.batch import Batch, page_of
from phygital_funnel.sources.files.document import Document
from phygital_funnel.sources.stream import snake_case

_PLAIN = {str, type(None)}


def read_json_lines(document: Document) -> Iterator[pa.Table]:
    """Pages of a JSON Lines file; the objects of the first page together must name every required column.

    Raises:
        SourceError: the file is refused.
    """
    batch, is_first = Batch({}), True
    for number, block in document.blocks():
        for place, line in enumerate(block.split(b"\n")):
            row = _row(line) if line else None
            if row is not None:
                batch.rows.append(row)
            elif line.strip():
                batch.reject(document.text(line, number + place).rstrip("\r"))
        batch.characters += len(block)
        if batch.is_full:
            page, batch = _page(document, batch, is_first), Batch({})
            yield page
            is_first = False
    if batch.rows:
        yield _page(document, batch, is_first)


def _row(line: bytes) -> dict[str, str | None] | None:
    """The object of a line with its values as text; None when there is none."""
    try:
        value = orjson.loads(line)
        if not isinstance(value, dict):
            return None
        types = set(map(type, value.values()))
        return value if types <= _PLAIN else _texts(value, _as_written(line) if float in types else {})
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # the latter: nested too deeply to be written again
        return None


def _texts(value: dict[str, Any], written: dict[str, Any]) -> dict[str, str | None]:
    return {
        name: field
        if type(field) in _PLAIN
        else written[name]
        if isinstance(field, float) and name in written
        else orjson.dumps(field).decode()
        for name, field in value.items()
    }


def _as_written(line: bytes) -> dict[str, Any]:
    """The object with its numbers as they stand, because a float rounds decimals and long identifiers."""
    try:
        return dict(json.loads(line, parse_float=str, parse_int=str))
    except (ValueError, RecursionError):  # one parser allows deeper nesting than the other
        return {}


def _page(document: Document, batch: Batch, is_first: bool) -> pa.Table:
    if is_first and batch.is_unreadable:
        is_array = next(iter(batch.malformed.values())).lstrip().startswith("[")
        raise document.refused(
            "holds no JSON object on any line" + (", but a JSON array" if is_array else ""),
            "write each row as one object on a line of its own",
        )
    names = sorted(set().union(*batch.rows))
    columns = [snake_case(name) for name in names]
    document.check_names(columns)
    if is_first:
        document.check_required(columns)
    declared = set(document.stream.columns)
    known = {
        column: texts([row.get(name) for row in batch.rows])
        for name, column in zip(names, columns, strict=True)
        if column in declared
    }
    others = [(name, column) for name, column in zip(names, columns, strict=True) if column not in declared]
    return page_of(document.stream, known, batch.beside(_others(batch.rows, others)), batch.rejects())


def _others(rows: list[dict[str, str | None]], columns: list[tuple[str, str]]) -> list[str | None] | None:
    if not columns:
        return None
    kept = ({column or name: row[name] for name, column in columns if name in row} for row in rows)
    return [orjson.dumps(extra).decode() if extra else None for extra in kept]
