"""The rows of an answer, whatever family it is of: for faults and dirt that spoil pages."""

import gzip
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

Rows = list[dict[str, Any]]
_WRAPPERS = ("data", "payload")
_SIGNATURE = frozenset({"sign", "timestamp", "access_token"})
_POSITIONS = _SIGNATURE | {"page", "cursor", "cursorid", "page_token", "nexttoken", "paginationtoken"}
"""Parameters that say where in a listing a page lies, or that differ from request to request."""
_REMEMBERED = 256


def plain(body: bytes) -> str:
    """A body as text; Latin-1 gives every byte back as it was, whatever the real encoding."""
    return (gzip.decompress(body) if is_zipped(body) else body).decode("latin-1")


def packed(text: str, like: bytes) -> bytes:
    """The reverse of ``plain``, compressed when the original was."""
    body = text.encode("latin-1")
    return gzip.compress(body, mtime=0) if is_zipped(like) else body


def is_zipped(body: bytes) -> bool:
    """Whether a body is a gzip file."""
    return body[:2] == b"\x1f\x8b"


def parsed(body: bytes) -> Any:
    """An answer's JSON; None when it is anything else."""
    if body[:1] not in (b"{", b"["):
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def rows_of(answer: Any) -> Rows | None:
    """The list of rows in an answer, itself and no copy; None when there is none or it is empty."""
    if _is_rows(answer):
        return list_of(answer)
    places = [answer, *(answer[name] for name in _WRAPPERS if name in answer)] if isinstance(answer, dict) else []
    for place in places:
        for value in place.values() if isinstance(place, dict) else ():
            if _is_rows(value):
                return list_of(value)
    return None


def list_of(value: Any) -> Rows:
    """A value that was found to be rows."""
    rows: Rows = value
    return rows


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def listing_of(path: str, query: bytes, body: bytes) -> str:
    """What all pages of one listing have in common: the request without its position."""
    kept = [pair for pair in parse_qsl(query.decode("latin-1")) if pair[0].lower() not in _POSITIONS]
    wanted = parsed(body)
    if isinstance(wanted, dict):
        kept += [(name, repr(value)) for name, value in wanted.items() if name.lower() not in _POSITIONS]
    return f"{path}?{urlencode(sorted(kept))}"


def request_of(path: str, query: bytes) -> str:
    """What a request asks for, without what differs each time the same is asked."""
    kept = [pair for pair in parse_qsl(query.decode("latin-1")) if pair[0].lower() not in _SIGNATURE]
    return f"{path}?{urlencode(kept)}"


@dataclass
class PageMemory:
    """The rows last served of each listing, for the few listings that are being read."""

    _rows: "OrderedDict[str, Rows]" = field(default_factory=OrderedDict)

    def swap(self, listing: str, rows: Rows) -> Rows | None:
        """Remember a page, and return the one before it of the same listing."""
        before = self._rows.pop(listing, None)
        self._rows[listing] = list(rows)
        while len(self._rows) > _REMEMBERED:
            self._rows.popitem(last=False)
        return before
