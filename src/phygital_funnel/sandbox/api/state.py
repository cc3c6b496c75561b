"""What all servers of one sandbox share, and the shapes of the platforms' refusals."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

import orjson
from starlette.responses import JSONResponse, Response

from phygital_funnel.sandbox.api.clock import SandboxClock
from phygital_funnel.sandbox.api.credentials import Credentials
from phygital_funnel.sandbox.api.fault_book import FaultBook
from phygital_funnel.sandbox.api.limits import Throttle
from phygital_funnel.sandbox.api.tokens import Tokens
from phygital_funnel.sandbox.world import World

TYPO_SHARE = 0.1


@dataclass
class Sandbox:
    """One world under one clock.

    Args:
        world: the simulated world.
        clock: the time that the servers report at.
        base_url: where the servers are reached; used in the urls they hand out.
        credentials: the applications and accounts that exist.
        tokens: Login with Amazon tokens.
        throttle: token buckets.
        faults: faults that are still due.
        dirt: names of the dirt knobs that are on (``sandbox.api.dirt``); none means that reports are as clean as
            the platforms' are.
        typo_share: share of the answers that ``currency_typo`` strikes.
        soiled: answers that dirt was played on, by knob, for the knobs that are played on answers.
        answers: how many were given, by the first part of the path and the HTTP status.
        monotonic: seconds of real time, in which tokens and document urls expire.
    """

    world: World
    clock: SandboxClock
    base_url: str
    credentials: Credentials
    tokens: Tokens
    throttle: Throttle = field(default_factory=Throttle)
    faults: FaultBook = field(default_factory=FaultBook)
    dirt: frozenset[str] = frozenset()
    typo_share: float = TYPO_SHARE
    soiled: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    monotonic: Callable[[], float] = time.monotonic
    _requests: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        """Aware UTC time of the simulated world."""
        return self.clock.now

    def request_id(self) -> str:
        """A request id in TikTok's form."""
        return f"{self.now:%Y%m%d%H%M%S}{next(self._requests):018X}"

    def tiktok(self, data: dict[str, Any], code: int = 0, message: str = "OK") -> Response:
        """TikTok's envelope, which comes with HTTP 200 whatever it holds."""
        request_id = self.request_id()
        body = {"code": code, "message": message, "request_id": request_id, "data": data}
        return Response(orjson.dumps(body), media_type="application/json", headers={"X-Tt-Logid": request_id})


def ads_error(status: int, details: str, headers: dict[str, str] | None = None) -> Response:
    """An error of the Amazon Ads API; its code is the HTTP status as text."""
    return JSONResponse({"code": str(status), "details": details}, status_code=status, headers=headers)


def seller_error(status: int, code: str, message: str, details: str = "") -> Response:
    """An error of the Selling Partner API."""
    body = {"errors": [{"code": code, "message": message, "details": details}]}
    return JSONResponse(body, status_code=status, headers={"x-amzn-RequestId": f"sbx-{code}"})
