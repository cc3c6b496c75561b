"""A sandbox in its own process, for tests and the demo."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox import environment

START_SECONDS = 180.0
_STOP_SECONDS = 5.0
_ATTEMPTS = 5
# A proxy of the environment must not see requests to this machine.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that answers.

    Args:
        base_url: of the platform servers and the file drop.
        control_url: of clock and faults.
        home: the home whose ``sandbox/`` folder it wrote.
        environment: the ``PHYGITAL_*`` variables a client needs; without ``PHYGITAL_HOME``.
        process: the server's process.
    """

    base_url: str
    control_url: str
    home: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"

    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromisoformat(_request(f"{self.control_url}/clock")["now"])

    def set_clock(self, moment: datetime) -> None:
        """Move the clock forward.

        Raises:
            ConfigError: the time lies before the clock's.
        """
        _request(f"{self.control_url}/clock", {"now": moment.isoformat()})

    def fault(
        self,
        kind: str,
        match: str = "/",
        times: int | None = 1,
        rate: float = 1.0,
        seed: int = 0,
        seconds: float = 1.0,
    ) -> None:
        """Spoil the next ``times`` responses under the path ``match``; see ``sandbox.api.fault_book.Fault``.

        Raises:
            ConfigError: there is no such kind, or a figure cannot be.
        """
        order = {"match": match, "kind": kind, "times": times, "rate": rate, "seed": seed, "seconds": seconds}
        _request(f"{self.control_url}/faults", order)

    def clear_faults(self) -> None:
        """Forget the faults that are still due."""
        _request(f"{self.control_url}/faults", method="DELETE")

    def pending_faults(self) -> list[dict[str, Any]]:
        """The faults that are still due."""
        faults: list[dict[str, Any]] = _request(f"{self.control_url}/faults")["faults"]
        return faults

    def set_dirt(self, *knobs: str, typo_share: float = 0.1) -> None:
        """Switch these kinds of dirt on and all others off, and count soiled answers from nought.

        Args:
            knobs: see ``sandbox.api.dirt.DIRT``.
            typo_share: share of the answers that ``currency_typo`` strikes.

        Raises:
            ConfigError: there is no such knob.
        """
        _request(f"{self.control_url}/dirt", {"dirt": list(knobs), "typo_share": typo_share})

    def soiled(self) -> dict[str, int]:
        """Answers that dirt was played on since it was set, by knob."""
        counts: dict[str, int] = _request(f"{self.control_url}/dirt")["soiled"]
        return counts

    def struck(self) -> dict[str, int]:
        """Answers that faults were played on, by kind."""
        counts: dict[str, int] = _request(f"{self.control_url}/faults")["struck"]
        return counts

    def counters(self) -> dict[str, Any]:
        """What clients asked for: ``operations`` with what was admitted and refused, and ``answers`` by status."""
        return _request(f"{self.control_url}/counters")

    def reset_counters(self) -> None:
        """Count from nought, and fill the token buckets."""
        _request(f"{self.control_url}/counters", method="DELETE")


@contextmanager
def running(
    world: str,
    seed: int,
    home: Path,
    now: datetime | None = None,
    scenario: str = "S1",
    dirt: Collection[str] = (),
    *,
    token_seconds: float | None = None,
    rate_scale: float | None = None,
) -> Iterator[RunningSandbox]:
    """A sandbox on free ports; it is stopped when the block ends, and also when this process dies.

    The arguments are those of ``sandbox.serve``.

    Raises:
        ConfigError: the sandbox did not start.
    """
    options = {
        "--world": world,
        "--seed": seed,
        "--home": home,
        "--scenario": scenario,
        "--now": now.isoformat() if now else None,
        "--dirt": ",".join(sorted(dirt)) or None,
        "--token-seconds": token_seconds,
        "--rate-scale": rate_scale,
    }
    arguments = [str(part) for option in options.items() if option[1] is not None for part in option]
    process, port = _start(home, arguments)
    try:
        yield RunningSandbox(
            base_url=f"http://127.0.0.1:{port}",
            control_url=f"http://127.0.0.1:{port + 1}",
            home=home,
            environment=environment.read(home.resolve()),
            process=process,
        )
    finally:
        _stop(process)


def _start(home: Path, arguments: list[str]) -> tuple["subprocess.Popen[bytes]", int]:
    # Between finding a free port and taking it another process may have it.
    for _ in range(_ATTEMPTS):
        port = _free_port()
        process = _spawn(home, [*arguments, "--port", str(port)])
        if _is_healthy(process, port):
            return process, port
        _stop(process)
        log = _log(home).read_text()
        if "is taken" not in log:
            break
    raise ConfigError(f"The sandbox did not start: {log.strip() or 'no answer'}.")


def _log(home: Path) -> Path:
    return environment.sandbox_dir(home) / "server.log"


def _spawn(home: Path, arguments: list[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "phygital_funnel.sandbox", "--with-parent", *arguments]
    _log(home).parent.mkdir(parents=True, exist_ok=True)
    with _log(home).open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603  our own module


def _free_port() -> int:
    """A port that is free together with the one after it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def _is_healthy(process: "subprocess.Popen[bytes]", port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            health = _request(f"http://127.0.0.1:{port + 1}/healthz")
        except (OSError, ValueError, ConfigError, HTTPException):  # even its own port answers while nobody listens
            time.sleep(0.05)
            continue
        return bool(health.get("base_url") == f"http://127.0.0.1:{port}")
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _request(url: str, body: dict[str, Any] | None = None, method: str | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310  loopback only
    try:
        with _DIRECT.open(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        raise ConfigError(f"The sandbox refused {url}: {error.read().decode()}") from error
    return answer
