"""``python -m phygital_funnel.sandbox.bench world|server``: how fast the generator and the servers are."""

import argparse
import sys

from rich.console import Console
from rich.table import Table

from phygital_funnel.errors import FunnelError
from phygital_funnel.sandbox import bench_server, bench_world

_CAPTION = (
    "Targets: but for the last row, every endpoint gives at least as many answers per second of the server's own "
    "processor time as that column says ('per s' is by the wall clock, which whoever shares the machine lowers); a "
    "page of TikTok's daily report takes less than the milliseconds that its column says, except the first, which "
    "works out the figures. The last row, without a target, is what writing the orders costs the first who asks."
)


def main() -> int:
    """Measure and print; 2 when an argument cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m phygital_funnel.sandbox.bench", description=__doc__)
    parser.add_argument("part", choices=("world", "server"))
    parser.add_argument("--size", default="demo", help="of the world: tiny, demo or large")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each endpoint is kept busy")
    given = parser.parse_args()
    console = Console()
    try:
        if given.part == "world":
            _print_world(console, given.size)
        else:
            _print_server(console, bench_server.run(given.size, given.seconds))
    except FunnelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _print_world(console: Console, size: str) -> None:
    table = Table(title=f"Generating the {size} world")
    table.add_column("measure")
    table.add_column("value", justify="right")
    for name, value in bench_world.run(size).items():
        table.add_row(name, f"{value:,.2f}" if isinstance(value, float) else f"{value}")
    console.print(table)


def _print_server(console: Console, figures: list[bench_server.Figures]) -> None:
    table = Table(title="Answers over HTTP by a server on one core", caption=_CAPTION)
    daily, per_core = (
        f"p95 ms\ndaily < {bench_server.TARGET_DAILY_MS}",
        f"per core s\n>= {bench_server.TARGET_PER_CORE}",
    )
    for name in ("endpoint", "rows", "KB", "first ms", "median ms", daily, "per s", per_core):
        table.add_column(name, justify="left" if name == "endpoint" else "right")
    for row in figures:
        times = (f"{value:.1f}" for value in (row.first_ms, row.median_ms, row.p95_ms))
        sizes = (f"{value:.0f}" for value in (row.rows, row.kilobytes))
        table.add_row(row.endpoint, *sizes, *times, f"{row.per_second:.0f}", f"{row.per_core:.0f}")
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
