"""A simulated world with known truth, and servers that speak the platforms' wire formats about it."""

from datetime import datetime
from pathlib import Path


def serve(
    world: str, seed: int, port: int, home: Path, now: datetime | None = None, *, with_parent: bool = False
) -> None:
    """Serve a simulated world on 127.0.0.1 until SIGTERM or SIGINT.

    Writes ``sandbox/{environment,clock,credentials/}`` under the home and prints one line when it is ready.

    Args:
        world: ``tiny`` or ``demo``.
        seed: determines, with the world's size, every value.
        port: of the platform servers; the control app takes the next one.
        home: the project's home.
        now: where the clock starts; None means 13:00 UTC after the world's last day.
        with_parent: stop when the starting process ends, however it ends.

    Raises:
        ConfigError: there is no such world, or a port is taken.
    """
    from phygital_funnel.sandbox.server import run  # the servers are not needed to name this function

    run(world, seed, port, home, now, with_parent=with_parent)
