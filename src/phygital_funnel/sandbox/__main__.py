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
    parser.add_argument("--with-parent", action="store_true", help="stop when the starting process ends")
    given = parser.parse_args()
    try:
        serve(given.world, given.seed, given.port, given.home, given.now, with_parent=given.with_parent)
    except FunnelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
