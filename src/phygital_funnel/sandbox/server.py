"""Runs a sandbox: the platform servers on a port and the control app on the next one."""

import asyncio
import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.progress import Progress
from starlette.types import ASGIApp

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox import environment
from phygital_funnel.sandbox.api import dirt as dirt_knobs
from phygital_funnel.sandbox.api.app import sandbox_app
from phygital_funnel.sandbox.api.clock import SandboxClock
from phygital_funnel.sandbox.api.control import Control
from phygital_funnel.sandbox.api.credentials import Credentials
from phygital_funnel.sandbox.api.faults import ConnectionDropped
from phygital_funnel.sandbox.api.limits import Throttle
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tokens import TOKEN_SECONDS, Tokens
from phygital_funnel.sandbox.world import World, generate
from phygital_funnel.sandbox.world.scenario import scenario_named
from phygital_funnel.sandbox.world.sizes import size_named

HOST = "127.0.0.1"
_PARENT_CHECK_SECONDS = 0.5
_SHUTDOWN_SECONDS = 2
_PORT_ATTEMPTS = 50


def run(
    world: str,
    seed: int,
    port: int,
    home: Path,
    now: datetime | None = None,
    scenario: str = "S1",
    dirt: Collection[str] = (),
    host: str = HOST,
    *,
    token_seconds: float = TOKEN_SECONDS,
    rate_scale: float | None = None,
    with_parent: bool = False,
) -> None:
    """Serve a world until SIGTERM or SIGINT; see ``phygital_funnel.sandbox.serve``."""
    size_named(world)
    chosen = scenario_named(scenario)
    knobs = dirt_knobs.named(dirt) | chosen.dirt
    _check_positive(token_seconds=token_seconds, rate_scale=rate_scale or 1.0)
    sockets = _listen(_loopback(host), port)
    port = sockets[0].getsockname()[1]
    home = home.resolve()
    made = _generated(world, seed, scenario)
    base_url = f"http://{host}:{port}"
    clock = SandboxClock(environment.clock_file(home), _aware(now) if now else made.size.settled_moment)
    credentials = Credentials(seed)
    tokens = Tokens(credentials.amazon_clients, token_seconds)
    throttle = Throttle(scale=rate_scale)
    sandbox = Sandbox(made, clock, base_url, credentials, tokens, throttle, dirt=knobs)
    about = {"world": world, "seed": seed, "scenario": scenario, "base_url": base_url}
    apps = [sandbox_app(sandbox, is_prepared=True), Control(sandbox, about).app()]
    environment.write(home, base_url, credentials, made, rate_scale)
    sys.stdout.write(
        f"sandbox ready: {base_url} (control {host}:{port + 1}), world {world}, seed {seed}, scenario {scenario}, "
        f"clock {clock.now.isoformat()}, environment {environment.environment_file(home)}\n"
    )
    sys.stdout.flush()
    with asyncio.Runner(loop_factory=uvicorn.Config(apps[0]).get_loop_factory()) as runner:
        runner.run(_serve(apps, sockets, with_parent=with_parent))


def _generated(world: str, seed: int, scenario: str) -> World:
    """The world; a terminal sees how far it is."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"world {world}", total=1.0)

        def show(phase: str, share: float) -> None:
            progress.update(task, description=f"world {world}: {phase}", completed=share)

        return generate(world, seed, scenario, progress=show)


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < 1e9:
            raise ConfigError(f"{name} must be above 0, not {value:g}.")


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _loopback(host: str) -> str:
    # Every secret of a sandbox can be guessed, so nobody but this machine may reach it.
    try:
        if ipaddress.IPv4Address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise ConfigError(f"{host!r} is not a loopback address; the sandbox listens on 127.0.0.1 only.")


def _listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on the port and the next one, taken before any work is done; port 0 is any that is free."""
    if not 0 <= port < 65535:
        raise ConfigError(f"Port {port} cannot be used; choose one between 1 and 65534, or 0 for any.")
    if port:
        return _pair(host, port)
    for attempt in range(_PORT_ATTEMPTS):
        with socket.socket() as probe:
            probe.bind((host, 0))
            free = probe.getsockname()[1]
        try:
            return _pair(host, free)
        except (ConfigError, OverflowError):
            if attempt == _PORT_ATTEMPTS - 1:
                raise
    raise AssertionError


def _pair(host: str, port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for number in (port, port + 1):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sockets.append(listener)
        try:
            listener.bind((host, number))
        except OSError as error:
            for taken in sockets:
                taken.close()
            raise ConfigError(f"Port {number} is taken ({error.strerror}); choose another with --port.") from error
        listener.listen()
    return sockets


class _Server(uvicorn.Server):
    """A server that leaves signals to us, because two of them run in one process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(apps: list[ASGIApp], sockets: list[socket.socket], *, with_parent: bool) -> None:
    logging.getLogger("uvicorn.error").addFilter(_is_unexpected)
    servers = [
        _Server(
            uvicorn.Config(
                app,
                log_config=None,
                lifespan="off",
                access_log=logging.getLogger("uvicorn.access").isEnabledFor(logging.INFO),
                timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            )
        )
        for app in apps
    ]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    watch = asyncio.create_task(_stop_with_parent(stop)) if with_parent else None
    await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in zip(servers, sockets, strict=True)))
    if watch:
        watch.cancel()


def _is_unexpected(record: logging.LogRecord) -> bool:
    # A dropped connection is ordered by a fault, so its traceback would only mislead.
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionDropped))


async def _stop_with_parent(stop: Callable[[], None]) -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(_PARENT_CHECK_SECONDS)
    stop()
