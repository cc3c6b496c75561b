"""Compaction: many small files become few large ones, and files that nobody may read any more are removed.

No row and no entry of the log is touched, so what is known at a commit stays the same; readers choose rows by
manifest id.
"""

from dataclasses import dataclass
from typing import Any

from deltalake import DeltaTable

from phygital_funnel.errors import ConfigError

TARGET_BYTES = 128 * 2**20
"""Size that small files are put together to; a build reads a few of these as fast as one."""
SHORTEST_RETENTION_DAYS = 1.0
"""A build that has listed its files, or an extraction that has written but not committed its own, lasts minutes."""


@dataclass(frozen=True)
class Compaction:
    """What a compaction did.

    Args:
        merged: small files that were put together.
        made: files they became.
        removed: files that were removed: replaced, or left by a killed extraction, longer than the retention ago.
    """

    merged: int
    made: int
    removed: int


def compact(table: DeltaTable, retention_days: float) -> Compaction:
    """Compact one table.

    Args:
        table: an up-to-date table.
        retention_days: how long a replaced file is kept, by the storage's own clock.

    Raises:
        ConfigError: the retention is too short.
    """
    if not retention_days >= SHORTEST_RETENTION_DAYS:
        raise ConfigError(
            f"a retention of {retention_days} days is too short; use at least {SHORTEST_RETENTION_DAYS:g}, "
            "or files of extractions and builds under way would be removed."
        )
    done: dict[str, Any] = table.optimize.compact(target_size=TARGET_BYTES, max_concurrent_tasks=1)
    removed = table.vacuum(
        retention_hours=round(retention_days * 24), dry_run=False, enforce_retention_duration=False, full=True
    )
    return Compaction(done["numFilesRemoved"], done["numFilesAdded"], len(removed))
