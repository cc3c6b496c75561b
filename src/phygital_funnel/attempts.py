"""Names an extraction, so that the same command given again takes up where a killed one stopped."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from phygital_funnel import clock
from phygital_funnel.errors import SourceError, TransientSourceError
from phygital_funnel.settings import Settings
from phygital_funnel.state import write_json

RESUMABLE = timedelta(hours=24)
"""Older attempts are not taken up: what they landed may have been restated since."""
REFUSED = timedelta(hours=1)
"""How long an attempt that was refused for good can be taken up: time to renew a token, and less than it takes for the
next scheduled command, which must read anew what was not refused."""


@dataclass(frozen=True)
class Attempt:
    """One attempt at an extraction.

    Args:
        run: the name its extractions are landed under.
        is_resumed: whether an earlier attempt of that name was not finished.
    """

    run: str
    is_resumed: bool


@contextmanager
def attempt(settings: Settings, *what: object, restart: bool = False, prefix: str = "cli") -> Iterator[Attempt]:
    """Keep the name of an unfinished extraction until the block ends without an error.

    Args:
        settings: whose home keeps the names.
        what: what is extracted; equal commands share a name.
        restart: forget an unfinished attempt.
        prefix: how the name begins, so that everything landed on behalf of one caller can be found.
    """
    digest = hashlib.sha256(json.dumps([str(part) for part in what]).encode()).hexdigest()[:32]
    path = settings.home / "state" / "extractions" / f"{digest}.json"
    unfinished = None if restart else _unfinished(path.read_text(encoding="utf-8") if path.is_file() else "")
    run = unfinished or f"{prefix}-{secrets.token_hex(8)}"
    note = {"run": run, "what": [str(part) for part in what]}
    if unfinished is None:
        write_json(path, note | {"until": (clock.now() + RESUMABLE).isoformat()})
    try:
        yield Attempt(run, is_resumed=unfinished is not None)
    except TransientSourceError:
        raise
    except SourceError:
        if unfinished is None:
            write_json(path, note | {"until": (clock.now() + REFUSED).isoformat()})
        raise
    path.unlink(missing_ok=True)


def _unfinished(text: str) -> str | None:
    try:
        content = json.loads(text)
        return str(content["run"]) if clock.now() < datetime.fromisoformat(content["until"]) else None
    except (ValueError, KeyError, TypeError):  # no attempt, or one whose note was cut off
        return None
