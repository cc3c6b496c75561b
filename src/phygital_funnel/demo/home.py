"""The demo's home: emptied at each start, and only if all that is in it was made by an earlier demo."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.sources.registry import all_streams

MARKER = ".phygital-demo"
_LOCAL = "127.0.0.1,localhost"


def prepare(home: Path) -> None:
    """Make ``home`` an empty folder with our marker in it.

    Raises:
        ConfigError: it holds something that no demo made, or that was landed in it after a demo.
    """
    if home.exists():
        if any(home.iterdir()):
            _check_is_ours(home)
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / MARKER).write_text(json.dumps({"made_by": "phygital demo, which empties this folder at its next start"}))


def finish(home: Path) -> None:
    """Note what the demo landed, so that the next one can tell its own data from a user's."""
    (home / MARKER).write_text(json.dumps({"made_by": "phygital demo", "commits": _commits(home)}))


def _check_is_ours(home: Path) -> None:
    marker = home / MARKER
    if not marker.is_file():
        raise ConfigError(
            f"{home} is not empty and no demo made it; move it away, or set PHYGITAL_HOME to another folder."
        )
    landed = json.loads(marker.read_text()).get("commits")
    if landed is not None and landed != _commits(home):
        raise ConfigError(
            f"{home} holds data that was landed after the last demo, which this one would delete; "
            "move the folder away, or set PHYGITAL_HOME to another one."
        )


def _commits(home: Path) -> dict[str, int]:
    landing = Landing(str(home / "landing"))
    return {stream.relation: landing.newest(stream) for stream in all_streams()}


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the lock beside ``home``; the system frees it when this process ends, however it ends.

    Raises:
        ConfigError: another demo runs in this home.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_name(f"{home.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(
                f"another demo is running in {home}; wait for it to end, or set PHYGITAL_HOME."
            ) from error
        yield


def environment(home: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables the demo's processes start from: the caller's own, without what would point them elsewhere."""
    inherited = os.environ if base is None else base
    kept = {name: value for name, value in inherited.items() if not name.startswith(("AIRFLOW", "PHYGITAL_"))}
    if project := inherited.get("PHYGITAL_PROJECT_DIR"):
        kept["PHYGITAL_PROJECT_DIR"] = project
    # Compiled bytecode halves the start of Airflow; a proxy must not be asked for this machine.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **kept,
        "PHYGITAL_HOME": str(home),
        "PHYGITAL_SCHEDULES": "off",
        # Longer than any report of the sandbox takes: no task defers, and no triggerer has to be started.
        "PHYGITAL_REPORT_PATIENCE_SECONDS": "900",
        "GX_ANALYTICS_ENABLED": "False",
        "NO_PROXY": _LOCAL,
        "no_proxy": _LOCAL,
    }
