"""``python -m phygital_funnel.sandbox``: what ``process.running`` starts."""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from phygital_funnel.errors import FunnelError
from phygital_funnel.sandbox import serve


def main() -> int:
    """Serve until stopped; 2 when an argument cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m phygital_funnel.sandbox")
    parser.add_argument("--world", default="demo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--now", type=datetime.fromisoformat)
    parser.add_argument("--scenario", default="S1")
    parser.add_argument("--dirt", type=names, default=(), help="knobs, separated by commas")
    parser.add_argument("--token-seconds", type=float, default=3600.0)
    parser.add_argument("--rate-scale", type=float, help="1 is the platforms' own pace")
    parser.add_argument("--with-parent", action="store_true", help="stop when the starting process ends")
    try:
        serve(**vars(parser.parse_args()))
    except FunnelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def names(text: str) -> tuple[str, ...]:
    """The names in a list that is separated by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


if __name__ == "__main__":
    raise SystemExit(main())
