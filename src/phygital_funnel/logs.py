"""How log lines look: plain text for people, one JSON object per line for machines."""

import json
import logging
import sys
from datetime import UTC, datetime

from phygital_funnel.terminal import printable_json, printable_lines

TEXT_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# What every record has; anything else was given by the caller as `extra`.
_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, and the record's own fields such as ``request_id``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _ORDINARY},
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return printable_json(json.dumps(entry, ensure_ascii=False, default=str))


class TextFormatter(logging.Formatter):
    """Lines for people; what a stranger wrote into them is shown and never acts."""

    def format(self, record: logging.LogRecord) -> str:
        """The lines of a record, with those of its exception."""
        return printable_lines(super().format(record))


def configure(*, verbose: bool, as_json: bool) -> None:
    """Send log lines to stderr.

    Args:
        verbose: from INFO on; else only warnings and errors.
        as_json: one object per line.
    """
    level = logging.INFO if verbose else logging.WARNING
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)  # libraries give their own loggers a level, which the root logger's does not lower
    handler.setFormatter(JsonFormatter() if as_json else TextFormatter(TEXT_FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
