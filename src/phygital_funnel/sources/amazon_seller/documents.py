"""Fetches the documents of reports as UTF-8 text files, of any size, and tells whether they arrived whole."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from phygital_funnel.errors import SourceError, SourceUnreachable, TruncatedReport
from phygital_funnel.sources.amazon_seller.client import SellerClient
from phygital_funnel.sources.amazon_seller.streams import SOURCE
from phygital_funnel.sources.http import HttpClient, retrying

ATTEMPTS = 3
CHUNK_BYTES = 1 << 20
MOST_BYTES = 32 << 30
"""Larger than any report; a few compressed kilobytes can claim to be petabytes."""
EUROPEAN = "cp1252"
# Flat files of some European and Japanese marketplaces come in the code pages of Windows.
_ENCODINGS = {
    **dict.fromkeys(("cp1252", "windows-1252", "iso-8859-1", "latin-1"), EUROPEAN),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "windows-31j", "cp932", "ms932"), "cp932"),
}
_CHARSET = re.compile(r"charset=\"?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Fetched:
    """A document on disk: its text in UTF-8, and the platform's id of the request."""

    path: Path
    request_id: str


class Documents:
    """Downloads documents.

    Args:
        client: tells where a document is.
    """

    def __init__(self, client: SellerClient) -> None:
        self._client = client
        self._http = HttpClient(SOURCE, client.base_url)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def fetch(self, document_id: str, path: Path, about: str) -> Fetched:
        """Write a document's text to ``path``; one that breaks off is fetched again.

        Args:
            document_id: the platform's id of it.
            path: where to write it.
            about: what it holds, in the words of messages.

        Raises:
            TruncatedReport: it broke off every time.
            SourceError: it cannot be had, or is larger than any report.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                # An address lives five minutes, so every attempt asks for a new one.
                return retrying(lambda: self._fetch(document_id, path, about), scale=self._client.scale)
            except TruncatedReport:
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("every attempt returns or raises")

    def _fetch(self, document_id: str, path: Path, about: str) -> Fetched:
        url, is_compressed, request_id = self._client.document(document_id, about)
        raw = path.with_suffix(".raw")
        try:
            with self._http.download(url) as response, raw.open("wb") as file:
                for chunk in response.iter_bytes(CHUNK_BYTES):
                    file.write(chunk)
                stated = _stated_encoding(response)
        except SourceUnreachable as error:
            reason = str(error).removeprefix(f"{SOURCE}: ").rstrip(".")
            raise SourceUnreachable(
                SOURCE, f"the document of {about} cannot be had: {reason}; run again later.", request_id=request_id
            ) from error
        try:
            _write_text(raw, path, is_compressed, stated)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise TruncatedReport(
                SOURCE,
                f"the document of {about} broke off or is damaged ({error}), {ATTEMPTS} times. Nothing of it was "
                "landed: run again later.",
                request_id=request_id,
            ) from error
        finally:
            raw.unlink()
        return Fetched(path, request_id)


def _stated_encoding(response: httpx.Response) -> str:
    charset = _CHARSET.search(response.headers.get("content-type", ""))
    return _ENCODINGS.get(charset[1].lower(), "utf-8") if charset else "utf-8"


def _write_text(raw: Path, path: Path, is_compressed: bool, encoding: str) -> None:
    try:
        _decode(raw, path, is_compressed, codecs.getincrementaldecoder(encoding)("strict"))
    except UnicodeDecodeError:
        # Not what it says it is. The European code page has a character for nearly every byte.
        _decode(raw, path, is_compressed, codecs.getincrementaldecoder(EUROPEAN)("replace"))


def _decode(raw: Path, path: Path, is_compressed: bool, decoder: codecs.IncrementalDecoder) -> None:
    with raw.open("rb") as file, path.open("w", encoding="utf-8", newline="") as target:
        source = gzip.GzipFile(fileobj=file) if is_compressed else file
        for chunk in _chunks(source):
            target.write(decoder.decode(chunk))
        target.write(decoder.decode(b"", final=True))


def _chunks(file: gzip.GzipFile | IO[bytes]) -> Iterator[bytes]:
    read = 0
    while chunk := file.read(CHUNK_BYTES):
        read += len(chunk)
        if read > MOST_BYTES:
            raise SourceError(SOURCE, f"a document is larger than {MOST_BYTES >> 30} GiB, which no report is.")
        yield chunk
