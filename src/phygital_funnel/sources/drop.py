"""Reads file drops: a folder on disk, on object storage or behind a plain HTTP listing.

Layout: ``<drop>/<source>/<stream>/<any name>.<suffix>``, or ``<drop>/<source>/<stream>.<suffix>`` for a stream of one
file. A name that begins with an ISO date belongs to that day; any other file belongs to every window.
"""

import hashlib
import logging
import re
from collections import deque
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import RequestRefused, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.drop_folder import DropFolder, name_of
from phygital_funnel.sources.files import SUFFIXES, read_pages, suffix_of
from phygital_funnel.sources.stream import Coverage, Extraction, Page, Stream, Window

logger = logging.getLogger(__name__)
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]{0,199}")


class DropExtractor:
    """Reads any stream that arrives as files."""

    def __init__(self, settings: Settings) -> None:
        self._folder = DropFolder(settings.drop_url, scale=settings.request_rate_scale)

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read the files of one stream whose day lies in the window, oldest name first.

        A file from elsewhere is fetched before it is handed out, because its digest tells whether it is landed
        already; the copy is gone when the next one is asked for.

        Raises:
            SourceError: a file is refused; files before it have been read.
        """
        del account
        files = {url: _day(name_of(url)) for url in sorted(self._files(stream), key=name_of)}
        _warn_of_missing_days(stream, window, {day for day in files.values() if day is not None})
        for url, day in files.items():
            if day is None or window.start <= day <= window.end:
                with self._folder.fetched(stream, url) as path:
                    yield _extraction(path, stream)

    def close(self) -> None:
        """Nothing stays open between two files."""

    def _files(self, stream: Stream) -> list[str]:
        alone = [url for url in self._folder.files(stream, stream.source) if _stem(name_of(url)) == stream.name]
        among = self._folder.files(stream, f"{stream.source}/{stream.name}")
        return [url for url in (*alone, *among) if _is_read(stream, name_of(url))]


def read_drop(path: Path, stream: Stream) -> Extraction:
    """One file as one extraction. It is read through at once, so that a bad one is refused before anything is landed.

    Raises:
        SourceError: the file is refused as a whole.
    """
    if not path.is_file():
        raise RequestRefused(stream.source, f"{path} is not a file; name one that holds {stream.name}.")
    extraction = _extraction(path, stream)
    deque(extraction.pages(None), maxlen=0)
    return extraction


def _extraction(path: Path, stream: Stream) -> Extraction:
    found = _identity(path)

    def pages(cursor: Any) -> Iterator[Page]:
        del cursor  # files are read from the beginning: that costs less than keeping half of one
        for rows in read_pages(path, stream):
            yield Page(rows)
        if _identity(path) != found:
            raise SourceUnreachable(
                stream.source,
                f"{stream.name}/{path.name} changed while it was read. Nothing of it was landed: extract again when "
                "its writer has finished; writing under another name and renaming avoids this.",
            )

    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    # A snapshot is replaced by the next drop of its table, whatever the file is called.
    account = "" if stream.coverage is Coverage.SNAPSHOT else path.name
    return Extraction(stream, pages, account, checksum=checksum)


def _identity(path: Path) -> tuple[int, int, int]:
    """Changes whenever somebody writes to the file or puts another in its place."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _stem(name: str) -> str:
    return name[: -len(suffix_of(name))] if suffix_of(name) else name


def _is_read(stream: Stream, name: str) -> bool:
    """Whether a file of the folder is one of ours; markers and files that are being written begin with a dot or bar."""
    if not suffix_of(name):
        if not name.startswith((".", "_")):
            logger.warning("%s %s is not read: its name ends in none of %s", stream.relation, name, ", ".join(SUFFIXES))
        return False
    if not SAFE_NAME.fullmatch(name):
        raise RequestRefused(
            stream.source,
            f"a file of {stream.name} is called {name[:200]!r}; rename it with letters, digits, dots, dashes, "
            "underscores and '=' only.",
        )
    return True


def _warn_of_missing_days(stream: Stream, window: Window, found: set[date]) -> None:
    """Daily files end up complete: a day without one since the first, and before today, is somebody's mistake."""
    first = min(found, default=date.max)
    missing = [day for day in window.days() if first < day < clock.today() and day not in found]
    if missing:
        logger.warning(
            "%s: %s days of the window %s to %s have no file, the first %s",
            stream.relation, len(missing), window.start, window.end, missing[0],
        )  # fmt: skip


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name[:10])
    except ValueError:
        return None
