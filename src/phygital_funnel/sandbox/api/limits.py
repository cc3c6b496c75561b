"""Throttling: token buckets with the platforms' rates, scaled so that a demo loses seconds and not hours.

The one place where rates are scaled. ``REQUEST_RATE_SCALE`` is also what the environment file tells the clients
(``PHYGITAL_REQUEST_RATE_SCALE``), so their own limiters go as much faster. Bursts are cut, because a demo sends few
requests and would otherwise never meet a throttle.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

REQUEST_RATE_SCALE = 20.0
BURST_SCALE = 0.4


@dataclass(frozen=True)
class Limit:
    """The platform's own figures.

    Args:
        rate: requests per second.
        burst: requests that may come at once.
        scale: what the sandbox multiplies the rate with.
    """

    rate: float
    burst: int
    scale: float = REQUEST_RATE_SCALE


LIMITS = {
    # The quota belongs to the app, and the sandbox plays an app that other users are busy with: we get less of it.
    "tiktok": Limit(10, 20, scale=3),
    "attribution": Limit(1, 10),
    "createReport": Limit(0.0167, 15),
    "getReport": Limit(2, 15),
    "getReportDocument": Limit(0.0167, 15),
}


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


@dataclass
class Throttle:
    """One token bucket per operation and account.

    Args:
        limits: by operation.
        monotonic: seconds; throttling lives in real time, not in the simulated world's.
    """

    limits: dict[str, Limit] = field(default_factory=lambda: dict(LIMITS))
    monotonic: Callable[[], float] = time.monotonic
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def admits(self, operation: str, account: str) -> bool:
        """Take a token; False when there is none."""
        with self._lock:
            return self._take(operation, account)

    def _take(self, operation: str, account: str) -> bool:
        limit = self.limits[operation]
        capacity = max(1.0, limit.burst * BURST_SCALE)
        now = self.monotonic()
        bucket = self._buckets.setdefault((operation, account), _Bucket(capacity, now))
        bucket.tokens = min(capacity, bucket.tokens + (now - bucket.filled_at) * limit.rate * limit.scale)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True
