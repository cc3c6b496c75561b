"""The control app: the sandbox's clock and its faults. It has its own port; extractors never call it."""

from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.clock import SandboxClock
from phygital_funnel.sandbox.api.faults import KINDS, Fault, FaultBook


class Control:
    """Health, clock and faults of one sandbox."""

    def __init__(self, clock: SandboxClock, book: FaultBook, about: dict[str, Any]) -> None:
        self._clock = clock
        self._book = book
        self._about = about

    def app(self) -> Starlette:
        """The control app."""
        return Starlette(
            routes=[
                Route("/healthz", self._health),
                Route("/clock", self._read_clock, methods=["GET"]),
                Route("/clock", self._set_clock, methods=["POST"]),
                Route("/faults", self._list_faults, methods=["GET"]),
                Route("/faults", self._add_faults, methods=["POST"]),
                Route("/faults", self._clear_faults, methods=["DELETE"]),
            ]
        )

    async def _health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok", "now": self._clock.now.isoformat(), **self._about})

    async def _read_clock(self, request: Request) -> Response:
        return JSONResponse({"now": self._clock.now.isoformat()})

    async def _set_clock(self, request: Request) -> Response:
        try:
            wanted = datetime.fromisoformat(str((await request.json())["now"]))
        except (ValueError, KeyError, TypeError):
            return _refused(400, 'Send {"now": "<ISO 8601 time>"}.')
        wanted = wanted.replace(tzinfo=UTC) if wanted.tzinfo is None else wanted
        if not self._clock.advance(wanted):
            return _refused(409, f"The clock shows {self._clock.now.isoformat()} and does not go back.")
        return JSONResponse({"now": self._clock.now.isoformat()})

    async def _list_faults(self, request: Request) -> Response:
        return JSONResponse({"faults": [vars(fault) for fault in self._book.faults]})

    async def _add_faults(self, request: Request) -> Response:
        try:
            wanted = await request.json()
            faults = [_fault(entry) for entry in (wanted if isinstance(wanted, list) else [wanted])]
        except (ValueError, KeyError, TypeError) as error:
            return _refused(400, f"Send a fault or a list of faults: match, kind, times. {error}")
        self._book.faults.extend(faults)
        return JSONResponse({"faults": [vars(fault) for fault in self._book.faults]})

    async def _clear_faults(self, request: Request) -> Response:
        self._book.faults.clear()
        return JSONResponse({"faults": []})


def _fault(entry: dict[str, Any]) -> Fault:
    fault = Fault(str(entry["match"]), str(entry["kind"]), int(entry.get("times", 1)))
    if fault.kind not in KINDS or fault.times < 1 or not fault.match.startswith("/"):
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}, match a path, times at least 1.")
    return fault


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status_code=status)
