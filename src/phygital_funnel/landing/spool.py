"""Keeps the pages of an extraction on disk until they are landed, so that a killed one goes on where it stopped.

``<spool>/<relation>-<digest>/`` holds ``pages.arrow`` (batches one after the other) and ``progress.json``, which says
how much of it counts and where the next page begins. One process at a time: the lock goes with the process, however it
ends.
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from phygital_funnel import clock
from phygital_funnel.errors import LandingError, TransientSourceError
from phygital_funnel.landing.rows import landed_schema
from phygital_funnel.sources.stream import Extraction, Page

logger = logging.getLogger(__name__)

RESUMABLE_FOR = timedelta(hours=1)
"""Later, the platform may have restated what was read, and the extraction would mix two states."""
SWEPT_AFTER = timedelta(days=1)
"""What nobody took up again by then is removed by the next extraction that spools."""
LOCK_ATTEMPTS = 20
READ_BYTES = 2**20


@dataclass
class Progress:
    """How far an extraction has come.

    Args:
        manifest_id: the name it will be landed under.
        at: when the last page came, ISO 8601.
        pages: pages read.
        rows: rows read.
        size: bytes of ``pages.arrow`` that count.
        checksum: CRC-32 of these bytes.
        cursor: where the next page begins; None when reading cannot be taken up again.
        is_whole: whether all pages have been read.
        is_resumed: whether reading was gone on with in another attempt than it was begun in.
        request_ids: the platform's ids of the requests.
        new_fields: undeclared fields seen.
        rows_by_day: rows of each day of the window.
    """

    manifest_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    at: str = ""
    pages: int = 0
    rows: int = 0
    size: int = 0
    checksum: int = 0
    cursor: Any = None
    is_whole: bool = False
    is_resumed: bool = False
    request_ids: list[str] = field(default_factory=list)
    new_fields: list[str] = field(default_factory=list)
    rows_by_day: dict[str, int] = field(default_factory=dict)


class Spool:
    """The pages of one extraction. The first one stays in memory; a second one brings both to disk.

    Args:
        root: folder of all spools; None for a temporary one, which nobody takes up again.
        extraction: whose pages.
        run: the run that reads; pages of another one are not taken up.
        is_landed: tells whether a manifest id is committed already.
    """

    def __init__(self, root: Path | None, extraction: Extraction, run: str, is_landed: Callable[[str], bool]) -> None:
        self._root = root
        self._name = _name(extraction, run)
        self._schema = landed_schema(extraction.stream)
        self._first: list[pa.RecordBatch] = []
        self._folder = Path()
        self._is_on_disk = False
        self._lock: BinaryIO | None = None
        self._file: BinaryIO | None = None
        self.progress = Progress()
        self._take_up(is_landed)

    def add(self, page: Page, batches: list[pa.RecordBatch]) -> None:
        """Keep one page; the caller has brought the counts of ``progress`` up to date."""
        try:
            # A folder that is there already must never hold a progress without the rows that it counts.
            if self.progress.pages == 1 and not self._is_on_disk:
                self._first = batches
            else:
                self._append([*self._first, *batches])
                self._first = []
            self.progress.cursor = page.cursor
            self._record()
        except OSError as error:
            raise LandingError(
                f"page {self.progress.pages} cannot be kept in {self._folder} ({error.strerror}); "
                "free space on the disk or move PHYGITAL_HOME, then extract again."
            ) from error

    def finish(self) -> None:
        """State that all pages are there."""
        self.progress.is_whole = True
        self._record()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, page by page."""
        yield from self._first
        if self._file is not None:
            self._file.flush()
            with self._path("pages.arrow").open("rb") as file:
                while file.tell() < self.progress.size:
                    yield pa.ipc.read_record_batch(pa.ipc.read_message(file), self._schema)

    def restart(self) -> None:
        """Forget all pages; the next one added is the first."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._first = []
        self.progress = Progress()
        if self._is_on_disk:
            self._clear()

    def close(self, *, keep: bool) -> None:
        """Give the folder free; its pages stay for the next attempt if they are worth keeping.

        Args:
            keep: whether the next attempt should go on from here.
        """
        if self._file is not None:
            self._file.close()
        if self._is_on_disk and not (keep and self._root is not None):
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def _take_up(self, is_landed: Callable[[str], bool]) -> None:
        if self._root is None or not (self._root / self._name).is_dir():
            return
        self._lock = _locked(self._root / self._name)
        if self._lock is None:
            return
        self._folder, self._is_on_disk = self._root / self._name, True
        progress = _read(self._path("progress.json"), self._path("lock"))
        if progress is None or not self._holds(progress) or is_landed(progress.manifest_id):
            self._clear()
            return
        logger.info("%s: going on after page %s, which an earlier attempt has read", self._name, progress.pages)
        progress.is_resumed |= not progress.is_whole
        self.progress = progress
        self._file = self._path("pages.arrow").open("r+b")
        self._file.truncate(progress.size)
        self._file.seek(progress.size)

    def _holds(self, progress: Progress) -> bool:
        """Whether the pages are as they were written; a power cut may leave zeros where they should be."""
        checksum, left = 0, progress.size
        with self._path("pages.arrow").open("rb") as file:
            while left and (part := file.read(min(left, READ_BYTES))):
                checksum = zlib.crc32(part, checksum)
                left -= len(part)
        return not left and checksum == progress.checksum

    def _clear(self) -> None:
        for name in ("progress.json", "pages.arrow"):
            self._path(name).unlink(missing_ok=True)

    def _append(self, batches: Iterable[pa.RecordBatch]) -> None:
        if not self._is_on_disk:
            self._settle()
        if self._file is None:
            self._file = self._path("pages.arrow").open("w+b")
        for batch in batches:
            message = batch.serialize()
            self._file.write(message)
            self.progress.checksum = zlib.crc32(message, self.progress.checksum)
        self._file.flush()
        self.progress.size = self._file.tell()

    def _settle(self) -> None:
        """Find a folder: that of this extraction, or one of its own when another process reads the same."""
        self._is_on_disk = True
        if self._root is None:
            self._folder = Path(tempfile.mkdtemp(prefix="phygital-spool-"))
            return
        folder = self._root / self._name
        self._lock = _locked(folder)
        if self._lock is None:
            folder = self._root / f"{self._name}-{uuid.uuid4().hex}"
            self._lock = _locked(folder)
        self._folder = folder
        self._clear()
        _sweep(self._root)

    def _record(self) -> None:
        if self._is_on_disk:
            self.progress.at = clock.now().isoformat()
            draft = self._path("progress.draft")
            draft.write_text(json.dumps(vars(self.progress)), encoding="utf-8")
            draft.replace(self._path("progress.json"))

    def _path(self, name: str) -> Path:
        return self._folder / name


@contextmanager
def spooled(root: Path | None, extraction: Extraction, run: str, is_landed: Callable[[str], bool]) -> Iterator[Spool]:
    """The spool of an extraction; kept when the attempt may succeed later, else removed."""
    spool = Spool(root, extraction, run, is_landed)
    try:
        yield spool
    except (TransientSourceError, LandingError):
        spool.close(keep=True)
        raise
    except Exception:
        # An answer that was refused would be refused again from the same cursor; pages that are all there were not.
        spool.close(keep=spool.progress.is_whole)
        raise
    except BaseException:
        spool.close(keep=True)
        raise
    spool.close(keep=False)


def _name(extraction: Extraction, run: str) -> str:
    stream = extraction.stream
    # A file that was written again under its name has another checksum, and its earlier pages are not its own.
    asked = (extraction.account, extraction.part, str(extraction.window), extraction.checksum, run)
    identity = [stream.relation, stream.columns, *asked]
    digest = hashlib.sha256(json.dumps(identity).encode()).hexdigest()
    return f"{stream.relation}-{digest[:32]}"


def _locked(folder: Path) -> BinaryIO | None:
    """The folder's lock, or None when another process has it."""
    for _ in range(LOCK_ATTEMPTS):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            file = (folder / "lock").open("ab")
        except FileNotFoundError:  # its owner has just removed the folder
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.utime(file.fileno())
            if os.path.samestat(os.fstat(file.fileno()), (folder / "lock").stat()):
                return file
        except BlockingIOError:
            file.close()
            return None
        except FileNotFoundError:
            pass
        file.close()
    return None


def _read(path: Path, lock: Path) -> Progress | None:
    """What an earlier attempt recorded, if it can be gone on from; ``lock`` was touched just now."""
    try:
        progress = Progress(**json.loads(path.read_text(encoding="utf-8")))
        age = max(
            abs(clock.now() - datetime.fromisoformat(progress.at)),
            timedelta(seconds=lock.stat().st_mtime - path.stat().st_mtime),
        )
    except (OSError, ValueError, TypeError):
        return None
    is_resumable = progress.is_whole or progress.cursor is not None
    return progress if is_resumable and age < RESUMABLE_FOR and path.with_name("pages.arrow").is_file() else None


def _sweep(root: Path) -> None:
    for folder in root.iterdir() if root.is_dir() else ():
        lock = _locked(folder) if _is_old(folder, root) else None
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            lock.close()


def _is_old(folder: Path, root: Path) -> bool:
    """Whether nothing was written to a spool for long; the folder above it was touched when one last came or went."""
    try:
        newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
        return root.stat().st_mtime - newest > SWEPT_AFTER.total_seconds()
    except OSError:
        return False
