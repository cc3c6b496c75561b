"""Faults inside an answer: what each does to its bytes, and in which answers it can be seen."""

from collections.abc import Callable
from typing import Any

import orjson

from phygital_funnel.sandbox.api.exchange import Answer
from phygital_funnel.sandbox.api.pages import packed, parsed, plain, rows_of

ABSURD_SPEND = "-999999.00"
UNKNOWN_CURRENCY = "XXQ"
TRUNCATION_HEADER = (
    b"x-tt-ads-throttle",
    b"The number of ads exceeds 20000, only the 20000 most recently created ads are returned.",
)
_REPORTS = "/open_api/v1.3/report/"


def _tear_line(text: str) -> str:
    """Break the second data line, or the only one: half of its fields are missing."""
    lines = text.split("\n")
    row = 2 if len(lines) > 3 else 1
    separator = "\t" if "\t" in lines[row] else ","
    fields = lines[row].split(separator)
    lines[row] = separator.join(fields[: len(fields) // 2])
    return "\n".join(lines)


def _spoil_currency(text: str) -> str:
    """Write a currency that does not exist into the first line that has one."""
    lines = text.split("\n")
    position = lines[0].split("\t").index("currency")
    for row, line in enumerate(lines[1:], start=1):
        fields = line.split("\t")
        if len(fields) > position and fields[position]:
            fields[position] = UNKNOWN_CURRENCY
            lines[row] = "\t".join(fields)
            break
    return "\n".join(lines)


def _spoil_spend(text: str) -> str:
    """Make every report row's spend absurdly negative."""
    envelope = orjson.loads(text)
    for row in envelope["data"]["list"]:
        row["metrics"]["spend"] = ABSURD_SPEND
    return orjson.dumps(envelope).decode()


_EDITS: dict[str, Callable[[str], str]] = {
    "malformed_row": _tear_line,
    "unknown_currency": _spoil_currency,
    "negative_spend": _spoil_spend,
}
KINDS = frozenset({"truncate", "drop_connection", "duplicate_page", "missing_page", "truncation_header", *_EDITS})
"""Faults that are played on an answer's body or headers."""


def can_show(kind: str, path: str, answer: Answer, before: Any) -> bool:
    """Whether a fault can be seen in an answer, so that it is not spent on one that has no such rows.

    Args:
        kind: one of ``KINDS``.
        path: of the request.
        answer: as the platform would give it.
        before: rows of the listing's page before this one, if it is known.
    """
    if kind == "truncation_header":
        return path.startswith(_REPORTS)
    if kind in ("duplicate_page", "missing_page"):
        rows = rows_of(parsed(answer.body))
        return rows is not None and (kind == "missing_page" or (bool(before) and before != rows))
    return _shows_in_text(kind, plain(answer.body)) if kind in _EDITS else True


def _shows_in_text(kind: str, text: str) -> bool:
    if kind == "malformed_row":
        return text.count("\n") >= 2 and not text.startswith(("{", "<", "["))
    if kind == "unknown_currency":
        return text.startswith("amazon-order-id")
    return '"stat_time_day"' in text and '"spend"' in text and text.startswith("{")


def spoil(kind: str, answer: Answer, before: Any) -> int | None:
    """Play a fault on an answer.

    Returns:
        The content-length to promise when it is not that of the body.
    """
    promised = None
    if kind in _EDITS:
        answer.body = packed(_EDITS[kind](plain(answer.body)), answer.body)
    elif kind == "truncation_header":
        answer.headers.append(TRUNCATION_HEADER)
    elif kind in ("duplicate_page", "missing_page"):
        _replace_rows(answer, before if kind == "duplicate_page" else [])
    else:
        promised = len(answer.body) if kind == "drop_connection" else None
        answer.body = answer.body[: len(answer.body) // 2]
    return promised


def _replace_rows(answer: Answer, rows: Any) -> None:
    envelope = parsed(answer.body)
    found = rows_of(envelope)
    if found is not None:
        found[:] = rows
        answer.body = orjson.dumps(envelope)
