"""How the brand writes its files: CSV with line feeds, and JSON Lines."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def to_csv(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> str:
    """RFC 4180 with line feeds; NULL is an empty field."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return sink.getvalue()


def to_jsonl(rows: Iterable[dict[str, Any]]) -> bytes:
    """One object per line."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def iso_micros(moment: datetime | None) -> str:
    """UTC time with microseconds and a Z; empty for no time."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z" if moment else ""
