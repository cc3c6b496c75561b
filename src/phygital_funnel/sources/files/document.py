"""A file as it was dropped: its format, its bytes, and the words in which it is refused."""

import gzip
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from phygital_funnel.errors import SchemaDrift, SourceError
from phygital_funnel.sources.stream import Stream

DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
JSON_LINES = (".jsonl", ".ndjson")
PARQUET = ".parquet"
_PLAIN = (*DELIMITERS, *JSON_LINES)
SUFFIXES = (*_PLAIN, *(f"{suffix}.gz" for suffix in _PLAIN), PARQUET)
# Bounds the memory that one line takes; what is longer is no table of ours.
LONGEST_LINE = 8 << 20
# Read at a time: small, because a page ends with the block that fills it.
BLOCK = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NAMES_SHOWN, _NAME_LENGTH = 20, 60
_OTHER_FORMATS = {
    b"PAR1": "is a Parquet file; name it .parquet",
    b"\x1f\x8b": "is compressed with gzip; end its name in .gz",
    b"PK\x03\x04": "is a workbook or a ZIP archive; export the sheet as CSV in UTF-8",
    b"\xff\xfe": "is written in UTF-16; save it as UTF-8",
    b"\xfe\xff": "is written in UTF-16; save it as UTF-8",
}


def suffix_of(name: str) -> str:
    """The suffix that tells the format, lower case, ``.gz`` included; empty when it is none of ours."""
    return max((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), key=len, default="")


@dataclass(frozen=True)
class Document:
    """One file and what it should hold.

    Args:
        path: the file.
        stream: what it should hold.
        quoted: False where a quotation mark is an ordinary character.
        encoding: of its text.
    """

    path: Path
    stream: Stream
    quoted: bool = True
    encoding: str = "utf-8"

    @property
    def name(self) -> str:
        """Stream and file, as the drop lays them out."""
        return f"{self.stream.name}/{self.path.name}"

    @property
    def format(self) -> str:
        """The suffix without ``.gz``; empty when it is none of ours."""
        return suffix_of(self.path.name).removesuffix(".gz")

    def refused(self, reason: str, advice: str) -> SourceError:
        """What to raise when the whole file is refused."""
        return SourceError(self.stream.source, f"{self.name} {reason}. Nothing of it was landed: {advice}.")

    def check_names(self, columns: list[str]) -> None:
        """Refuse a heading that names a column twice; an empty name is no column.

        Raises:
            SourceError: a name occurs twice.
        """
        twice = [_cut(name) for name, times in Counter(columns).items() if name and times > 1]
        if twice:
            raise self.refused(
                f"names a column twice ({', '.join(twice[:_NAMES_SHOWN])})", "leave one of each, and drop it again"
            )

    def check_required(self, columns: list[str]) -> None:
        """Refuse a heading without the columns that the stream requires.

        Raises:
            SchemaDrift: required columns are missing.
        """
        if missing := self.stream.missing(columns):
            unexpected = [_cut(name) for name in columns if name and name not in self.stream.columns]
            raise SchemaDrift(self.stream.source, self.name, missing=missing, unexpected=unexpected[:_NAMES_SHOWN])

    def text(self, line: bytes, number: int) -> str:
        """Lines decoded.

        Args:
            line: one line, or several.
            number: of the first of them, for the error.

        Raises:
            SourceError: they are not in the encoding that the file should have.
        """
        try:
            return line.decode(self.encoding)
        except UnicodeDecodeError as error:
            encoding, before = self.encoding.upper(), line[: error.start]
            raise self.refused(
                f"is not {encoding}: line {number + before.count(10)} holds the byte 0x{line[error.start]:02X} at "
                f"position {error.start - before.rfind(10)}",
                f"save it as {encoding}, and drop it again",
            ) from error

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Whole lines of a text file, many at a time, after the number of the first; without a byte order mark.

        Raises:
            SourceError: the bytes are those of another format, or a line has no end.
        """
        number, rest = 1, b""
        with self._open() as file:
            self._check_start(file.peek(len(_BYTE_ORDER_MARK))[:4])
            if file.peek(len(_BYTE_ORDER_MARK)).startswith(_BYTE_ORDER_MARK):
                file.read(len(_BYTE_ORDER_MARK))
            while chunk := file.read(BLOCK):
                end = chunk.rfind(b"\n") + 1
                block, rest = (rest + chunk[:end], chunk[end:]) if end else (b"", rest + chunk)
                if len(rest) >= LONGEST_LINE:
                    number += block.count(b"\n")
                    advice = "write one row a line"
                    raise self.refused(f"has no end of line {number} within {LONGEST_LINE >> 20} MB", advice)
                if block:
                    yield number, block
                    number += block.count(b"\n")
        if rest:
            yield number, rest

    def _open(self) -> io.BufferedReader:
        is_compressed = self.path.name.lower().endswith(".gz")
        raw = gzip.GzipFile(self.path) if is_compressed else self.path.open("rb", buffering=0)
        return io.BufferedReader(cast("io.RawIOBase", raw), BLOCK)

    def _check_start(self, start: bytes) -> None:
        for magic, reason in _OTHER_FORMATS.items():
            if start.startswith(magic):
                what, _, advice = reason.partition("; ")
                raise self.refused(what, f"{advice}, and drop it again")


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[:_NAME_LENGTH]}..."
