"""A simulated world with known truth, and servers that speak the platforms' wire formats about it."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path


def serve(
    world: str,
    seed: int,
    port: int,
    home: Path,
    now: datetime | None = None,
    scenario: str = "S1",
    dirt: Collection[str] = (),
    host: str = "127.0.0.1",
    *,
    token_seconds: float = 3600.0,
    rate_scale: float | None = None,
    with_parent: bool = False,
) -> None:
    """Serve a simulated world on a loopback address until SIGTERM or SIGINT.

    Writes ``sandbox/{environment,clock,credentials/}`` under the home and prints one line when it is ready. A
    terminal sees on stderr how far the world is.

    Args:
        world: ``tiny``, ``demo`` or ``large``.
        seed: determines, with the world's size and scenario, every value.
        port: of the platform servers; the control app takes the next one. 0 takes any that is free.
        home: the project's home.
        now: where the clock starts; None means 13:00 UTC after the world's last day.
        scenario: by what the world differs from the base; ``sandbox.world.scenario``.
        dirt: knobs of ``sandbox.api.dirt`` that are on besides the scenario's own.
        host: a loopback address.
        token_seconds: how long a Login with Amazon token lives.
        rate_scale: how much faster than the platforms the servers let clients go; 1 is the platforms' own pace. None
            means the demo's scaling (``sandbox.api.limits``).
        with_parent: stop when the starting process ends, however it ends.

    Raises:
        ConfigError: there is no such world, scenario or dirt, or a port is taken.
    """
    from phygital_funnel.sandbox.server import run  # the servers are not needed to name this function

    run(
        world,
        seed,
        port,
        home,
        now,
        scenario,
        dirt,
        host,
        token_seconds=token_seconds,
        rate_scale=rate_scale,
        with_parent=with_parent,
    )
