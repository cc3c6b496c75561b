"""CSV and TSV: the strict grammar of RFC 4180, in which one broken line does not take its neighbours with it."""

import csv
from collections import deque
from collections.abc import Iterator

import orjson
import pyarrow as pa

from phygital_funnel.errors import SourceError
from phygital_funnel.landing.columns import texts
from phygital_funnel.sources.files.batch import Batch, null_where_empty, page_of
from phygital_funnel.sources.files.document import DELIMITERS, Document
from phygital_funnel.sources.stream import snake_case

# An opened quotation mark that is never closed must not swallow the rest of the file.
LONGEST_RECORD = 1 << 20
LONGEST_FIELD = 131_072


class _RecordTooLong(Exception):
    """A record that goes on for longer than any real one."""


class _Feeder:
    """Hands lines to the parser, remembers those of the record at hand, and takes back what was not part of it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._blocks = document.blocks()
        self.ahead: deque[str] = deque()
        self.taken: list[str] = []
        self.characters = 0

    def __iter__(self) -> "_Feeder":
        return self

    def __next__(self) -> str:
        if not self.ahead:
            self.look_ahead(self.next_block())
        line = self.ahead.popleft()
        self.taken.append(line)
        self.characters += len(line)
        if self.characters > LONGEST_RECORD and len(self.taken) > 1:
            raise _RecordTooLong
        return line

    def next_block(self) -> str:
        """The text of the next lines; StopIteration when there are none."""
        number, block = next(self._blocks)
        return self._document.text(block, number)

    def look_ahead(self, text: str) -> None:
        """Hand out the lines of a text, with their ends, before all others."""
        self.ahead.extend(line + "\n" for line in text.removesuffix("\n").split("\n"))

    def keep_first(self) -> None:
        """Give back all lines of the record at hand but its first."""
        self.ahead.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def text(self) -> str:
        """The record at hand as it stands in the file."""
        return "".join(self.taken).rstrip("\r\n")

    def next_record(self) -> None:
        self.taken.clear()
        self.characters = 0


class _Records:
    """The records of a file, one after the other."""

    def __init__(self, document: Document) -> None:
        self._delimiter = DELIMITERS[document.format]
        self._quoted = document.quoted
        self._feeder = _Feeder(document)
        self._parser = csv.reader(
            self._feeder,
            delimiter=self._delimiter,
            quoting=csv.QUOTE_MINIMAL if document.quoted else csv.QUOTE_NONE,
            quotechar='"' if document.quoted else None,
            strict=True,
        )

    def next(self) -> list[str] | None:
        """The next record that is not blank; None when it cannot be parsed, and is left to its first line.

        Raises:
            StopIteration: there is none.
        """
        while True:
            self._feeder.next_record()
            try:
                if record := next(self._parser):
                    return record
            except (csv.Error, _RecordTooLong):
                self._feeder.keep_first()
                return None

    def fill(self, batch: Batch, width: int) -> bool:
        """Read until the batch makes a page; False at the end of the file."""
        try:
            while not batch.is_full:
                if self._feeder.ahead:
                    self._take_record(batch, width)
                else:
                    self._take_block(batch, width, self._feeder.next_block())
        except StopIteration:
            return False
        return True

    def _take_record(self, batch: Batch, width: int) -> None:
        record = self.next()
        if record is not None and len(record) == width:
            batch.add(record, self._feeder.characters)
        else:
            batch.reject(self._feeder.text())

    def _take_block(self, batch: Batch, width: int, text: str) -> None:
        """Lines without any quotation mark need no parser, which makes the common file five times as fast."""
        plain = text.replace("\r\n", "\n")
        if (self._quoted and '"' in text) or "\r" in plain:
            self._feeder.look_ahead(text)
            return
        for line in filter(None, plain.split("\n")):
            record = line.split(self._delimiter)
            if len(record) == width and len(line) <= LONGEST_FIELD:
                batch.rows.append(record)
            else:
                batch.reject(line)
        batch.characters += len(text)


def read_delimited(document: Document) -> Iterator[pa.Table]:
    """Pages of a CSV or TSV file; its first line that is not blank is the heading.

    Raises:
        SourceError: the file is refused.
    """
    records = _Records(document)
    columns = _heading(document, records)
    goes_on, is_first = True, True
    while goes_on:
        batch = Batch([""] * len(columns))
        goes_on = records.fill(batch, len(columns))
        if is_first and batch.is_unreadable:
            raise document.refused(
                f"has no line with the {len(columns)} fields that its heading names",
                "write as many fields on each line as the heading has, and drop it again",
            )
        page = _page(document, columns, batch) if batch.rows else None
        del batch  # not held while the page is landed
        if page is not None:
            yield page
        is_first = False


def _heading(document: Document, records: _Records) -> list[str]:
    try:
        names = records.next()
    except StopIteration:
        raise document.refused("is empty", "write a heading even when there are no rows, and drop it again") from None
    if names is None:
        raise document.refused(
            "begins with a line that cannot be parsed",
            "begin with the names of the columns, and end each line with a line feed",
        )
    columns = [snake_case(name) for name in names]
    if not set(columns) & set(document.stream.columns):
        raise _no_heading(document, names)
    document.check_names(columns)
    document.check_required(columns)
    return columns


def _no_heading(document: Document, names: list[str]) -> SourceError:
    """Why a first line names none of the columns; it may hold data, so it is not shown."""
    others = sorted(set(",;\t|") & set(names[0])) if len(names) == 1 else []
    if others:
        expected = f"separate the fields of a {document.format} file by {DELIMITERS[document.format]!r}"
        return document.refused(f"seems to be separated by {others[0]!r}", expected)
    columns = ", ".join(document.stream.required or document.stream.key)
    return document.refused(
        f"begins with a line that names no column of {document.stream.name}", f"begin with a heading that has {columns}"
    )


def _page(document: Document, columns: list[str], batch: Batch) -> pa.Table:
    fields = [list(field) for field in zip(*batch.rows, strict=True)]
    declared = set(document.stream.columns)
    known = {
        name: null_where_empty(texts(values)) for name, values in zip(columns, fields, strict=True) if name in declared
    }
    others = {
        name or f"_unnamed_{position}": fields[position]
        for position, name in enumerate(columns)
        if name not in declared and (name or any(fields[position]))  # what nobody named and nobody filled is no column
    }
    return page_of(document.stream, known, batch.beside(_others(others)), batch.rejects())


def _others(columns: dict[str, list[str]]) -> list[str | None] | None:
    if not columns:
        return None
    return [
        orjson.dumps({name: value or None for name, value in zip(columns, row, strict=True)}).decode()
        for row in zip(*columns.values(), strict=True)
    ]
