"""Reads file drops: a folder on disk, on object storage or behind a plain HTTP listing.

Layout: ``<drop>/<source>/<stream>/<any name>.<suffix>``, or ``<drop>/<source>/<stream>.<suffix>`` for a stream of one
file. A name that begins with an ISO date belongs to that day; any other file belongs to every window.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import fsspec

from phygital_funnel.errors import RequestRefused, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.files import SUFFIXES, read_file
from phygital_funnel.sources.stream import Coverage, Extraction, Stream, Window
from phygital_funnel.warehouse.database import connect

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]{0,199}")


class DropExtractor:
    """Reads any stream that arrives as files."""

    def __init__(self, settings: Settings) -> None:
        self._root = settings.drop_url.rstrip("/")
        self._fs, _ = fsspec.url_to_fs(self._root)
        self._open = ExitStack()
        self._con = self._open.enter_context(connect())

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read the files of one stream whose day lies in the window, oldest name first.

        Raises:
            SourceError: a file is refused; files before it have been read.
        """
        del account
        for url in sorted(self._files(stream), key=_name):
            day = _day(_name(url))
            if day is None or window.start <= day <= window.end:
                yield self._read(stream, url)

    def close(self) -> None:
        """Close the connection that reads files."""
        self._open.close()

    def _files(self, stream: Stream) -> list[str]:
        folder = f"{self._root}/{stream.source}"
        return [
            *(url for url in self._list(folder, stream) if Path(_name(url)).stem == stream.name),
            *self._list(f"{folder}/{stream.name}", stream),
        ]

    def _list(self, folder: str, stream: Stream) -> list[str]:
        try:
            self._fs.invalidate_cache()
            entries = self._fs.ls(folder, detail=True)
        except FileNotFoundError:
            return []
        except Exception as error:
            raise SourceUnreachable(stream.source, f"{folder} cannot be listed ({type(error).__name__}).") from error
        return [_checked(entry["name"], stream) for entry in entries if _name(entry["name"]).lower().endswith(SUFFIXES)]

    def _read(self, stream: Stream, url: str) -> Extraction:
        with TemporaryDirectory(prefix="phygital-") as folder:
            path = Path(folder) / _name(url)
            try:
                self._fs.get_file(url, str(path))
            except Exception as error:
                raise SourceUnreachable(
                    stream.source, f"{_name(url)} cannot be fetched ({type(error).__name__})."
                ) from error
            return read_drop(path, stream, self._con)


def read_drop(path: Path, stream: Stream, con: duckdb.DuckDBPyConnection | None = None) -> Extraction:
    """One file as one extraction.

    Raises:
        SourceError: the file is refused as a whole.
    """
    if not path.is_file():
        raise RequestRefused(stream.source, f"{path} is not a file.")
    rows = read_file(path, stream, con=con)
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    # A snapshot is replaced by the next drop of its table, whatever the file is called.
    account = "" if stream.coverage is Coverage.SNAPSHOT else path.name
    return Extraction(stream, rows, account, checksum=checksum)


def _name(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1]


def _checked(url: str, stream: Stream) -> str:
    if not SAFE_NAME.fullmatch(_name(url)):
        raise RequestRefused(
            stream.source, f"a file is called {_name(url)!r}; use letters, digits, dots, dashes, underscores and '='."
        )
    return url


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name[:10])
    except ValueError:
        return None
