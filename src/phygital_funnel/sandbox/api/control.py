"""The control app: the sandbox's clock, faults, dirt and counters. It has its own port; extractors never call it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.api.dirt import DIRT, named
from phygital_funnel.sandbox.api.fault_book import MAX_SECONDS, Fault
from phygital_funnel.sandbox.api.faults import KINDS
from phygital_funnel.sandbox.api.guard import Guard
from phygital_funnel.sandbox.api.state import TYPO_SHARE, Sandbox

MAX_TIMES = 1_000_000
MAX_FAULTS = 10_000
_CLOCK_HELP = 'Send {"now": "<ISO 8601 time>"} or {"advance_seconds": <number>}.'
_REFUSALS = {"bad_request": 400, "too_large": 413, "server_error": 500}


class Control:
    """Health, clock, faults, dirt and counters of one sandbox."""

    def __init__(self, sandbox: Sandbox, about: dict[str, Any]) -> None:
        self._sandbox = sandbox
        self._clock = sandbox.clock
        self._book = sandbox.faults
        self._about = about

    def app(self) -> ASGIApp:
        """The control app."""
        routes = [
            Route("/healthz", self._health),
            Route("/clock", self._read_clock, methods=["GET"]),
            Route("/clock", self._set_clock, methods=["POST"]),
            Route("/faults", self._list_faults, methods=["GET"]),
            Route("/faults", self._add_faults, methods=["POST"]),
            Route("/faults", self._clear_faults, methods=["DELETE"]),
            Route("/dirt", self._read_dirt, methods=["GET"]),
            Route("/dirt", self._set_dirt, methods=["POST"]),
            Route("/counters", self._read_counters, methods=["GET"]),
            Route("/counters", self._reset_counters, methods=["DELETE"]),
        ]
        return Guard(Starlette(routes=routes), lambda path, kind: _refused(_REFUSALS[kind], kind))

    async def _health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok", "now": self._clock.now.isoformat(), **self._about, "dirt": self._dirt()})

    async def _read_clock(self, request: Request) -> Response:
        return JSONResponse({"now": self._clock.now.isoformat()})

    async def _set_clock(self, request: Request) -> Response:
        try:
            wanted = self._wanted(await _json(request))
        except (ValueError, KeyError, TypeError, OverflowError):
            return _refused(400, _CLOCK_HELP)
        if not self._clock.advance(wanted):
            return _refused(409, f"The clock shows {self._clock.now.isoformat()} and does not go back.")
        return JSONResponse({"now": self._clock.now.isoformat()})

    def _wanted(self, order: Any) -> datetime:
        if "advance_seconds" in order:
            return self._clock.now + timedelta(seconds=float(order["advance_seconds"]))
        moment = datetime.fromisoformat(str(order["now"]))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    async def _list_faults(self, request: Request) -> Response:
        faults = [fault.as_dict() for fault in self._book.faults]
        return JSONResponse({"faults": faults, "struck": self._book.struck, "kinds": KINDS})

    async def _add_faults(self, request: Request) -> Response:
        try:
            wanted = await _json(request)
            faults = [_fault(entry) for entry in (wanted if isinstance(wanted, list) else [wanted])]
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            return _refused(400, f"Send a fault or a list of faults: match, kind, times, rate, seed, seconds. {error}")
        if len(self._book.faults) + len(faults) > MAX_FAULTS:
            return _refused(400, f"At most {MAX_FAULTS} faults can be due at once.")
        self._book.faults.extend(faults)
        return await self._list_faults(request)

    async def _clear_faults(self, request: Request) -> Response:
        self._book.clear()
        return await self._list_faults(request)

    async def _read_dirt(self, request: Request) -> Response:
        """Which knobs are on, and how many answers were soiled since they were set."""
        return JSONResponse({"dirt": self._dirt(), "soiled": self._sandbox.soiled, "knobs": DIRT})

    async def _set_dirt(self, request: Request) -> Response:
        try:
            wanted = await _json(request)
            knobs, share = named([str(name) for name in wanted["dirt"]]), _share(wanted.get("typo_share", TYPO_SHARE))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, ConfigError) as error:
            return _refused(400, f'Send {{"dirt": [<knobs>]}}. {error}')
        self._sandbox.dirt, self._sandbox.typo_share = knobs, share
        self._sandbox.soiled.clear()
        return await self._read_dirt(request)

    def _dirt(self) -> list[str]:
        return sorted(self._sandbox.dirt)

    async def _read_counters(self, request: Request) -> Response:
        """What extractors asked for, so that their pace can be held against the platforms' rates."""
        sandbox = self._sandbox
        return JSONResponse({"operations": sandbox.throttle.usage(), "answers": sandbox.answers})

    async def _reset_counters(self, request: Request) -> Response:
        self._sandbox.throttle.forget()
        self._sandbox.answers.clear()
        return await self._read_counters(request)


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply.") from error


def _share(value: Any) -> float:
    share = float(value)
    if not 0 < share <= 1:
        raise ValueError("typo_share must be above 0 and at most 1.")
    return share


def _fault(entry: dict[str, Any]) -> Fault:
    times = entry.get("times", 1)
    fault = Fault(
        match=str(entry["match"]),
        kind=str(entry["kind"]),
        times=None if times is None else int(times),
        rate=float(entry.get("rate", 1)),
        seed=int(entry.get("seed", 0)),
        seconds=float(entry.get("seconds", 1)),
    )
    if fault.kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}.")
    if not fault.match.startswith("/"):
        raise ValueError("match must be the beginning of a path.")
    if fault.times is not None and not 1 <= fault.times <= MAX_TIMES:
        raise ValueError(f"times must be between 1 and {MAX_TIMES}, or null for as long as it takes.")
    if not (0 < fault.rate <= 1 and 0 <= fault.seconds <= MAX_SECONDS):
        raise ValueError(f"rate must be above 0 and at most 1, seconds between 0 and {MAX_SECONDS:g}.")
    return fault


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status_code=status)
