"""Reads a gzip file that holds one JSON array of objects, in batches, however large it is."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from phygital_funnel.errors import SchemaDrift, TruncatedReport
from phygital_funnel.sources.amazon_ads.streams import SOURCE
from phygital_funnel.sources.amazon_ads_api import AGAIN

CHUNK_BYTES = 1024 * 1024
LONGEST_OBJECT_BYTES = 16 * 1024 * 1024
TRIES = 64
_BLANKS = b" \t\r\n"

Rows = list[dict[str, Any]]


def read_rows(path: Path, where: str, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Rows]:
    """The objects of the file, some thousands at a time.

    Args:
        path: of the gzip file.
        where: for messages.
        chunk_bytes: how much text is taken at a time.

    Raises:
        TruncatedReport: the file ends before the array does, or is damaged.
        SchemaDrift: it is no array of objects.
    """
    try:
        with gzip.open(path) as file:
            yield from _batches(file, where, chunk_bytes)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TruncatedReport(SOURCE, f"{where} is cut off or damaged ({error}). {AGAIN}") from error


def _batches(file: gzip.GzipFile, where: str, chunk_bytes: int) -> Iterator[Rows]:
    rest = chunk = file.read(chunk_bytes)
    while chunk and not rest.lstrip(_BLANKS):
        rest = chunk = file.read(chunk_bytes)
    rest = rest.lstrip(_BLANKS)
    if not rest.startswith(b"["):
        raise _no_array(where, rest)
    rest = rest[1:]
    while True:
        rows, rest = _whole_objects(rest)
        if rows:
            _check(rows, where)
            yield rows
        # What is left is either the array's end or the beginning of an object.
        if rest.lstrip(_BLANKS).startswith(b"]"):
            _check_end(rest.lstrip(_BLANKS)[1:] + file.read(chunk_bytes), where)
            return
        if len(rest) > LONGEST_OBJECT_BYTES:
            raise _no_array(where, rest)
        more = file.read(chunk_bytes)
        if not more:
            raise TruncatedReport(SOURCE, f"{where} ends in the middle of its rows. {AGAIN}")
        rest += more


def _whole_objects(text: bytes) -> tuple[Rows, bytes]:
    """The objects that end within a text that begins between two objects, and what follows them.

    The text is cut behind one of its last closing braces. A cut inside a string leaves the string open and a cut inside
    an object leaves the object open, and neither is valid JSON: what can be read was cut between two objects.
    """
    end = len(text)
    for _ in range(TRIES):
        end = text.rfind(b"}", 0, end)
        if end < 0:
            break
        try:
            rows = orjson.loads(b"[" + text[: end + 1].lstrip(_BLANKS).removeprefix(b",") + b"]")
        except orjson.JSONDecodeError:
            continue
        return rows, text[end + 1 :]
    return [], text


def _check(rows: Rows, where: str) -> None:
    if set(map(type, rows)) != {dict}:
        raise _no_array(where, orjson.dumps(next(row for row in rows if not isinstance(row, dict))))


def _check_end(rest: bytes, where: str) -> None:
    if rest.strip(_BLANKS):
        raise _no_array(where, rest)


def _no_array(where: str, text: bytes) -> SchemaDrift:
    shown = text[:60].decode(errors="replace")
    return SchemaDrift(SOURCE, where, retyped={"its text": f"{shown!r} where a JSON array of objects should be"})
