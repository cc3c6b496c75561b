"""An append-only file of decisions, one JSON object per line; what a kill cut off was never taken."""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phygital_funnel.errors import ConfigError


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Add one decision; when this returns, it is on the disk.

    Two processes may add at once. A line without its end was left by a process that was killed while it wrote: nobody
    was told that the decision stands, and it is removed before the next one is written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate(_whole(file.read()))
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def entries(path: Path | None) -> list[dict[str, Any]]:
    """Every decision, oldest first; none when there is no file.

    Raises:
        ConfigError: a line is no decision.
    """
    if path is None or not path.is_file():
        return []
    content = path.read_bytes()
    lines = content[: _whole(content)].decode("utf-8").split("\n")
    return [_parsed(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _whole(content: bytes) -> int:
    """Where the last line that was written whole ends."""
    return content.rfind(b"\n") + 1


def _parsed(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(line)
    except ValueError as error:
        raise ConfigError(
            f"{path}, line {number}, is not a decision; restore the file: decisions are added, never edited."
        ) from error
    return entry
