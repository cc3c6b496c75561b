"""Reads a JSON report object by object: its arrays may be of any size, only single rows must fit into memory."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from phygital_funnel.errors import SchemaDrift, TruncatedReport
from phygital_funnel.sources.amazon_seller.streams import SOURCE

CHUNK_CHARACTERS = 1 << 16
LONGEST_VALUE = 16 << 20
_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n]*")


def read_members(path: Path, arrays: tuple[str, ...], about: str) -> Iterator[tuple[str, Any]]:
    """Members of the object a file holds: of the named arrays element by element, of others the value.

    An array without elements is told once, with None.

    Args:
        path: a file in UTF-8.
        arrays: members that are arrays.
        about: what the file is, in the words of messages.

    Raises:
        TruncatedReport: the text ends before the object does.
        SchemaDrift: it is not such an object.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        text = _Text(file, f"the document of {about}")
        text.take("{")
        if text.peek() == "}":
            return
        while True:
            name = text.value()
            text.take(":")
            if name in arrays:
                yield from ((name, element) for element in _elements(text, name))
            else:
                yield name, text.value()
            if text.take(",}") == "}":
                return


def _elements(text: "_Text", name: str) -> Iterator[Any]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        yield None
        return
    while True:
        element = text.value()
        if not isinstance(element, dict):
            raise SchemaDrift(SOURCE, text.name, retyped={f"an element of {name}": "something else than an object"})
        yield element
        if text.take(",]") == "]":
            return


class _Text:
    """A text that is read as far as it is needed."""

    def __init__(self, file: IO[str], name: str) -> None:
        self.name = name
        self._file = file
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """The next character that is no blank."""
        while True:
            self._at = _BLANKS.match(self._text, self._at).end()  # type: ignore[union-attr]  # matches nothing too
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_more():
                raise self._broken_off()

    def take(self, expected: str) -> str:
        """The next character, which must be one of those expected."""
        character = self.peek()
        if character not in expected:
            raise self._unreadable()
        self._at += 1
        return character

    def value(self) -> Any:
        """The JSON value that begins here."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > LONGEST_VALUE:
                    raise self._unreadable() from error
                if not self._read_more():
                    raise self._broken_off() from error
                continue
            except RecursionError as error:
                raise self._unreadable() from error
            # A number at the end of what was read may go on.
            if end < len(self._text) or not self._read_more():
                self._at = end
                return value

    def _read_more(self) -> bool:
        rest = self._text[self._at :]
        more = self._file.read(max(CHUNK_CHARACTERS, len(rest)))
        self._text, self._at = rest + more, 0
        return bool(more)

    def _broken_off(self) -> TruncatedReport:
        return TruncatedReport(SOURCE, f"{self.name} ends in the middle. Nothing of it was landed: run again later.")

    def _unreadable(self) -> SchemaDrift:
        shown = self._text[self._at : self._at + 60]
        return SchemaDrift(SOURCE, self.name, retyped={"its text": f"{shown!r}, not the JSON of a report"})
