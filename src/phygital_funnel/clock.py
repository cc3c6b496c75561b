"""The only source of time, so that tests and the sandbox can live on a day of their choosing."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

from phygital_funnel.errors import ConfigError

CLOCK_VARIABLE = "PHYGITAL_CLOCK"


def now() -> datetime:
    """Current UTC time: the system's, or what the file named by ``PHYGITAL_CLOCK=file:<path>`` holds (ISO 8601)."""
    spec = os.environ.get(CLOCK_VARIABLE, "system")
    if spec == "system":
        return datetime.now(UTC)
    if not spec.startswith("file:"):
        raise ConfigError(f"{CLOCK_VARIABLE}={spec!r} is neither 'system' nor 'file:<path>'.")
    return _read(Path(spec.removeprefix("file:")))


def today() -> date:
    """Current UTC date."""
    return now().date()


def _read(path: Path) -> datetime:
    try:
        moment = datetime.fromisoformat(path.read_text().strip())
    except FileNotFoundError as error:
        raise ConfigError(f"{CLOCK_VARIABLE} names {path}, which does not exist. Is the sandbox running?") from error
    except ValueError as error:
        raise ConfigError(f"{path} does not hold an ISO 8601 time.") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
