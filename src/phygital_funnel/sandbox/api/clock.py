"""The sandbox's clock: it stands still until it is set, and never goes back."""

import os
from datetime import UTC, datetime
from pathlib import Path


class SandboxClock:
    """What time it is in the simulated world; every change is written to the file that ``PHYGITAL_CLOCK`` names.

    Args:
        path: the file.
        now: aware time to start at.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._now = now.astimezone(UTC)
        self._write()

    @property
    def now(self) -> datetime:
        """Aware UTC time."""
        return self._now

    def advance(self, moment: datetime) -> bool:
        """Move forward; False, and nothing happens, when ``moment`` is in the past."""
        moment = moment.astimezone(UTC)
        if moment < self._now:
            return False
        self._now = moment
        self._write()
        return True

    def _write(self) -> None:
        write_atomically(self._path, self._now.isoformat())


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old or the new text, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    draft.replace(path)
