"""Token buckets that all processes of a home share, so that together they stay below the platforms' rates."""

import fcntl
import hashlib
import json
import logging
import os
import time
from math import ceil
from pathlib import Path

from pyrate_limiter import GCRA, Rate

from phygital_funnel.settings import Settings

logger = logging.getLogger(__name__)

WORTH_TELLING_SECONDS = 10.0
# Requests leave evenly and arrive unevenly; one request fewer at once keeps the platform's own bucket from overflowing.
MARGIN = 1
_ALGORITHM = GCRA()


class RateLimits:
    """The buckets of one source.

    Args:
        settings: whose home keeps the buckets' state, and how much faster than the platform a sandbox lets us go.
        source: name of the source.
    """

    def __init__(self, settings: Settings, source: str) -> None:
        self._folder = settings.home / "state" / "limits"
        self._scale = settings.request_rate_scale
        self._source = source

    def of(self, operation: str, account: str, per_second: float, burst: int) -> "RateLimit":
        """The bucket of one operation and account.

        Args:
            operation: endpoint or group of endpoints that the platform counts together.
            account: whose quota it is: an app, a seller, an advertiser. Only its digest is kept.
            per_second: sustained rate the platform allows.
            burst: requests the platform lets through at once.
        """
        digest = hashlib.sha256(f"{operation}|{account}".encode()).hexdigest()[:16]
        path = self._folder / f"{self._source}-{operation}-{digest}.json"
        return RateLimit(path, f"{self._source} {operation}", per_second * self._scale, burst)


class RateLimit:
    """Blocks until a request may be sent; state is one number in a locked file.

    Args:
        path: file of the bucket.
        name: for messages.
        per_second: sustained rate.
        burst: requests that may go at once.
    """

    def __init__(self, path: Path, name: str, per_second: float, burst: int) -> None:
        self._path = path
        self._name = name
        size = max(1, burst - MARGIN)
        self._rates = [Rate(size, max(1, ceil(size * 1000 / per_second)))]
        path.parent.mkdir(parents=True, exist_ok=True)

    def wait(self) -> None:
        """Take one token, waiting for it if none is left."""
        while seconds := self._seconds_until_free():
            if seconds > WORTH_TELLING_SECONDS:
                logger.info("%s: waiting %.0f s for the platform's rate limit", self._name, seconds)
            time.sleep(seconds)

    def _seconds_until_free(self) -> float:
        """Take a token and give 0, or give how long to wait for one."""
        with self._path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            now = time.time_ns() // 1_000_000
            state, decision = _ALGORITHM.step(self._rates, self._state(file.read(), now), now, 1)
            if not decision.allowed:
                return (decision.retry_after_ms or 1) / 1000
            file.seek(0)
            file.truncate()
            file.write(json.dumps(state))
            file.flush()
            return 0.0

    def _state(self, text: str, now: int) -> tuple[int, ...]:
        """The bucket's state; empty when it is new, when its writer was killed, or when the clock was set back."""
        try:
            (busy_until,) = json.loads(text)
        except ValueError:
            return (0,)
        furthest = (now + self._rates[0].interval) * 1000
        return (int(busy_until),) if int(busy_until) <= furthest else (0,)


def account_digest(*secrets: str) -> str:
    """A name for whoever owns the credentials, which tells nothing of them."""
    return hashlib.sha256(os.fsencode("\0".join(secrets))).hexdigest()[:16]
