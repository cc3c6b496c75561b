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
    "tiktok_report_task": Limit(1, 1),
    "tiktok_accounts": Limit(10, 20),
    "tiktok_shop": Limit(50, 50),
    "attribution": Limit(1, 10),
    # Amazon does not publish these two.
    "createAdsReport": Limit(1, 10),
    "getAdsReport": Limit(2, 15),
    "searchOrders": Limit(0.0056, 20),
    "getOrder": Limit(0.5, 30),
    "getOrdersV0": Limit(0.0167, 20),
    "getOrderV0": Limit(0.5, 30),
    "getOrderItemsV0": Limit(0.5, 30),
    "getOrderAddressV0": Limit(0.5, 30),
    "getOrderBuyerInfoV0": Limit(0.5, 30),
    "getOrderItemsBuyerInfoV0": Limit(0.5, 30),
    "getOrderMetrics": Limit(0.5, 15),
    "getMarketplaceParticipations": Limit(0.016, 15),
    "createReport": Limit(0.0167, 15),
    "getReports": Limit(0.0222, 10),
    "getReport": Limit(2, 15),
    "cancelReport": Limit(0.0222, 10),
    "getReportDocument": Limit(0.0167, 15),
    "createRestrictedDataToken": Limit(1, 10),
}


@dataclass
class _Bucket:
    tokens: float
    filled_at: float
    first_at: float
    admitted: int = 0
    refused: int = 0
    second: int = 0
    in_second: int = 0
    most_in_second: int = 0

    def count(self, now: float, *, is_admitted: bool) -> None:
        """Note one request."""
        self.admitted += is_admitted
        self.refused += not is_admitted
        self.in_second = 1 if int(now) != self.second else self.in_second + 1
        self.second = int(now)
        self.most_in_second = max(self.most_in_second, self.in_second)


@dataclass
class Throttle:
    """One token bucket per operation and account, which also counts what it saw.

    Args:
        limits: by operation.
        monotonic: seconds; throttling lives in real time, not in the simulated world's.
        scale: what the platforms' own rates and bursts are multiplied with; None stands for the demo's scaling.
    """

    limits: dict[str, Limit] = field(default_factory=lambda: dict(LIMITS))
    monotonic: Callable[[], float] = time.monotonic
    scale: float | None = None
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def admits(self, operation: str, account: str) -> bool:
        """Take a token; False when there is none."""
        with self._lock:
            return self._take(operation, account)

    def usage(self) -> list[dict[str, object]]:
        """Per operation and account: requests, how many were admitted and refused, and the platform's own limit."""
        with self._lock:
            return [self._usage(*key, bucket) for key, bucket in sorted(self._buckets.items())]

    def forget(self) -> None:
        """Fill all buckets and count from nought."""
        with self._lock:
            self._buckets.clear()

    def _take(self, operation: str, account: str) -> bool:
        rate, capacity = self._allowed(self.limits[operation])
        now = self.monotonic()
        bucket = self._buckets.setdefault((operation, account), _Bucket(capacity, now, now))
        bucket.tokens = min(capacity, bucket.tokens + (now - bucket.filled_at) * rate)
        bucket.filled_at = now
        is_admitted = bucket.tokens >= 1
        bucket.tokens -= is_admitted
        bucket.count(now, is_admitted=is_admitted)
        return is_admitted

    def _allowed(self, limit: Limit) -> tuple[float, float]:
        """Requests per second, and how many at once."""
        if self.scale is None:
            return limit.rate * limit.scale, max(1.0, limit.burst * BURST_SCALE)
        return limit.rate * self.scale, max(1.0, limit.burst * self.scale)

    def _usage(self, operation: str, account: str, bucket: _Bucket) -> dict[str, object]:
        rate, capacity = self._allowed(self.limits[operation])
        return {
            "operation": operation,
            "account": account,
            "requests": bucket.admitted + bucket.refused,
            "admitted": bucket.admitted,
            "refused": bucket.refused,
            "most_in_a_second": bucket.most_in_second,
            "seconds": round(bucket.filled_at - bucket.first_at, 3),
            "rate": self.limits[operation].rate,
            "allowed_rate": rate,
            "allowed_burst": capacity,
        }
