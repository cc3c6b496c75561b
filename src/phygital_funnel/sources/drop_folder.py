"""The folder in which files are dropped, wherever it is: lists it, and fetches a file whole and unchanged."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import fsspec
from fsspec.implementations.local import LocalFileSystem

from phygital_funnel.errors import AuthError, RequestRefused, SourceError, SourceUnreachable
from phygital_funnel.sources.http import retrying
from phygital_funnel.sources.stream import Stream

logger = logging.getLogger(__name__)
# What filesystems call that by which two versions of a file differ.
VERSION_FIELDS = ("size", "ETag", "etag", "Content-MD5", "Last-Modified", "LastModified", "mtime", "generation")
REFUSED_STATUSES = (401, 403)
# aiohttp ends a download after five minutes in all by default, however well it goes.
CONNECT_SECONDS, READ_SECONDS = 10, 60
T = TypeVar("T")


class DropFolder:
    """A drop.

    Args:
        url: a path, or a URL of any filesystem that fsspec knows.
        scale: divides our waits between attempts.
    """

    def __init__(self, url: str, *, scale: float = 1.0) -> None:
        self._url = url.rstrip("/")
        self._scale = scale
        self._fs, self._root = fsspec.url_to_fs(self._url, **_options(self._url))
        self._is_local = isinstance(self._fs, LocalFileSystem)

    def files(self, stream: Stream, folder: str) -> list[str]:
        """Addresses of the files in a folder of the drop; none when there is no such folder.

        Raises:
            AuthError: we may not look into it.
            RequestRefused: there is no drop at all.
            SourceUnreachable: it cannot be listed.
        """
        return self._trying(stream, f"the folder {folder} of the drop", lambda: self._list(stream, folder))

    @contextmanager
    def fetched(self, stream: Stream, url: str) -> Iterator[Path]:
        """A file on disk: itself when it is there, else a copy for as long as the context lasts.

        Raises:
            SourceUnreachable: it cannot be fetched, or changes meanwhile.
        """
        if self._is_local:
            yield Path(url)
            return
        with TemporaryDirectory(prefix="phygital-") as folder:
            copy = Path(folder) / name_of(url)
            self._trying(stream, f"{stream.name}/{copy.name}", lambda: self._fetch(stream, url, copy))
            yield copy

    def _list(self, stream: Stream, folder: str) -> list[str]:
        self._fs.invalidate_cache()
        try:
            entries = self._fs.ls(f"{self._root}/{folder}", detail=True)
        except FileNotFoundError:
            self._check_root(stream)
            return []
        return [entry["name"] for entry in entries if entry["type"] != "directory"]

    def _check_root(self, stream: Stream) -> None:
        """A folder may be missing, a whole drop elsewhere may not: its address is wrong.

        A drop on this disk may be made later, with its first file.
        """
        if self._fs.exists(self._root):
            return
        shown = re.sub(r"//[^/@]*@", "//", self._url)
        if self._is_local:
            logger.warning(
                "there is no folder %s: nothing of %s was read; check PHYGITAL_DROP_URL", shown, stream.source
            )
            return
        raise RequestRefused(stream.source, f"there is no drop at {shown}; check PHYGITAL_DROP_URL.")

    def _fetch(self, stream: Stream, url: str, copy: Path) -> None:
        before = self._version(url)
        self._fs.get_file(url, str(copy))
        promised = before.get("size")
        if self._version(url) != before or promised not in (None, copy.stat().st_size):
            raise SourceUnreachable(
                stream.source,
                f"{stream.name}/{copy.name} changed while it was fetched, or not all of it came ({copy.stat().st_size} "
                f"of {promised} bytes). Nothing of it was landed: extract again when its writer has finished.",
            )

    def _version(self, url: str) -> dict[str, Any]:
        self._fs.invalidate_cache()
        found = self._fs.info(url)
        return {name: found[name] for name in VERSION_FIELDS if name in found}

    def _trying(self, stream: Stream, what: str, call: Callable[[], T]) -> T:
        def once() -> T:
            try:
                return call()
            except (SourceUnreachable, RequestRefused):
                raise
            except Exception as error:  # every filesystem has errors of its own
                raise _translated(stream, what, error) from error

        return once() if self._is_local else retrying(once, scale=self._scale)


def name_of(url: str) -> str:
    """The last part of an address."""
    return url.rstrip("/").rsplit("/", 1)[-1]


def _options(url: str) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")):
        return {}
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS)
    return {"client_kwargs": {"timeout": timeout}}


def _translated(stream: Stream, what: str, error: Exception) -> SourceError:
    """One of our own errors; the text of a stranger's may hold an address with credentials."""
    # fsspec's HTTP filesystem calls a file that it may not look at "not found", and keeps the answer as the cause.
    known = error.__cause__ if hasattr(error.__cause__, "status") else error
    status = getattr(known, "status", None)
    how = f"{type(known).__name__} {status}" if status else type(known).__name__
    if isinstance(error, PermissionError) or status in REFUSED_STATUSES or "Credentials" in how:
        advice = "check who may read the drop, and our credentials for it"
        return AuthError(stream.source, f"{what} may not be read ({how}); {advice}.")
    return SourceUnreachable(stream.source, f"{what} cannot be read ({how}); extract again later.")
