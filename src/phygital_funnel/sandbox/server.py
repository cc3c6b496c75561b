"""Runs a sandbox: the platform servers on a port and the control app on the next one."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox import environment
from phygital_funnel.sandbox.api.app import (
    ADS_SOURCE,
    SELLER_SOURCE,
    TIKTOK_SOURCE,
    amazon_client,
    platform_app,
    secret,
)
from phygital_funnel.sandbox.api.clock import SandboxClock
from phygital_funnel.sandbox.api.control import Control
from phygital_funnel.sandbox.api.faults import ConnectionDropped, FaultBook, FaultyServer
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tokens import Tokens
from phygital_funnel.sandbox.world import generate
from phygital_funnel.sandbox.world.sizes import size_named

HOST = "127.0.0.1"
_PARENT_CHECK_SECONDS = 0.5
_SHUTDOWN_SECONDS = 2


def run(
    world: str, seed: int, port: int, home: Path, now: datetime | None = None, *, with_parent: bool = False
) -> None:
    """Serve a world until SIGTERM or SIGINT; see ``phygital_funnel.sandbox.serve``."""
    size = size_named(world)
    sockets = _listen(port)
    home = home.resolve()
    made = generate(size, seed)
    base_url = f"http://{HOST}:{port}"
    clock = SandboxClock(environment.clock_file(home), _aware(now) if now else made.size.settled_moment)
    clients = {
        client.client_id: client for client in (amazon_client(name, seed) for name in (ADS_SOURCE, SELLER_SOURCE))
    }
    sandbox = Sandbox(made, clock, base_url, secret(TIKTOK_SOURCE, seed), Tokens(clients))
    book = FaultBook()
    apps: list[ASGIApp] = [
        FaultyServer(platform_app(sandbox), sandbox, book),
        Control(clock, book, {"world": world, "seed": seed, "base_url": base_url}).app(),
    ]
    environment.write(home, base_url, seed)
    sys.stdout.write(
        f"sandbox ready: {base_url} (control {HOST}:{port + 1}), world {world}, seed {seed}, "
        f"clock {clock.now.isoformat()}, environment {environment.environment_file(home)}\n"
    )
    sys.stdout.flush()
    asyncio.run(_serve(apps, sockets, with_parent=with_parent))


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _listen(port: int) -> list[socket.socket]:
    """Sockets on the port and the next one, taken before any work is done."""
    if not 0 < port < 65535:
        raise ConfigError(f"Port {port} cannot be used; choose one between 1 and 65534.")
    sockets: list[socket.socket] = []
    for number in (port, port + 1):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, number))
        except OSError as error:
            for taken in (*sockets, listener):
                taken.close()
            raise ConfigError(f"Port {number} is taken ({error.strerror}); choose another with --port.") from error
        listener.listen()
        sockets.append(listener)
    return sockets


class _Server(uvicorn.Server):
    """A server that leaves signals to us, because two of them run in one process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(apps: list[ASGIApp], sockets: list[socket.socket], *, with_parent: bool) -> None:
    logging.getLogger("uvicorn.error").addFilter(_is_unexpected)
    servers = [
        _Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=_SHUTDOWN_SECONDS))
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
