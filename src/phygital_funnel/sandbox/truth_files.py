"""The truth of a world as Parquet files: ``python -m phygital_funnel.sandbox.truth_files --out FOLDER``.

For scorecards, which must not ask the sandbox: no server reads or serves these tables.
"""

import argparse
import sys
from pathlib import Path

import pyarrow.parquet as pq

from phygital_funnel.errors import ConfigError, FunnelError
from phygital_funnel.sandbox.world import World, generate
from phygital_funnel.sandbox.world.world import TRUTH_TABLES

NAMES = ("truth_order_cause", *TRUTH_TABLES)


def write(world: World, folder: Path) -> list[Path]:
    """Write one file per truth table into a folder, which is made if need be; returns their paths.

    Raises:
        ConfigError: the folder cannot be written.
    """
    paths = [folder / f"{name}.parquet" for name in NAMES]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in zip(NAMES, paths, strict=True):
            pq.write_table(world[name], path)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written ({error.strerror}); choose another --out.") from error
    return paths


def main() -> int:
    """Write the truth of a world; 2 when an argument cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m phygital_funnel.sandbox.truth_files")
    parser.add_argument("--out", type=Path, required=True, help="a folder")
    parser.add_argument("--world", default="demo")
    parser.add_argument("--scenario", default="S1")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    try:
        write(generate(arguments.world, arguments.seed, arguments.scenario), arguments.out)
    except FunnelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
