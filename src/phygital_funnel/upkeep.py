"""What is done once a week so that a home does not fill up: compact landing, remove what nobody comes back for."""

import logging
import shutil
from pathlib import Path

from phygital_funnel.landing import Landing
from phygital_funnel.quality import history
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import all_streams

logger = logging.getLogger(__name__)

RETENTION_DAYS = 30
"""Files that compaction replaced stay readable for so long, so that a build of a past state of knowledge still finds
them, and a reader that started before is not disturbed."""
FORGOTTEN_AFTER_DAYS = 7
"""An attempt is taken up for a day at most, and platforms keep a report for hours to days; a week is past all of it."""
RESULTS_KEPT_DAYS = 90
"""Results of gates are read for three months back, which is what "since when" and the sparklines can tell."""
RESULTS_KEPT_RUNS = 30
"""The newest runs' results stay however old they are: a home that rests does not forget how it stood."""
_NOTES = ("extractions", "limits", "reports", "spool")
_DAY = 86_400.0


def compact(settings: Settings) -> int:
    """Compact every stream's table; the number of streams that have one.

    Raises:
        LandingError: a table cannot be read or written.
    """
    landing = Landing.of(settings)
    landed = [stream for stream in all_streams() if landing.newest(stream) >= 0]
    for stream in landed:
        landing.compact(stream, RETENTION_DAYS)
    logger.info("compacted %s streams", len(landed))
    return len(landed)


def sweep(settings: Settings) -> int:
    """Remove notes of extractions that were never taken up again, and old results of gates; how many were removed."""
    oldest = _now(settings) - FORGOTTEN_AFTER_DAYS * _DAY
    folders = [settings.home / "state" / name for name in _NOTES]
    left = [entry for folder in folders if folder.is_dir() for entry in folder.iterdir() if _newest(entry) < oldest]
    for entry in left:
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    forgotten = history.forget(settings, _now(settings) - RESULTS_KEPT_DAYS * _DAY, RESULTS_KEPT_RUNS)
    logger.info("removed %s forgotten notes and the results of %s runs", len(left), forgotten)
    return len(left) + forgotten


def _now(settings: Settings) -> float:
    """The file system's own time, since ages of files are meant, and the pipeline's clock may be a simulated one."""
    mark = settings.home / "state" / ".swept"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return mark.stat().st_mtime


def _newest(entry: Path) -> float:
    """When a file, or anything in a folder, was last written; never, if it has just gone."""
    try:
        inside = entry.rglob("*") if entry.is_dir() else ()
        written = [float(path.stat().st_mtime) for path in (entry, *inside)]
    except FileNotFoundError:
        return float("inf")
    return max(written)
