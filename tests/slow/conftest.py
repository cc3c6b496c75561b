"""What the slow proofs share: a tiny sandbox at the platforms' own pace or faster, and ``phygital`` as a process."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from phygital_funnel.sandbox.process import RunningSandbox, running
from phygital_funnel.settings import Settings

PHYGITAL = Path(sys.executable).with_name("phygital")
AFTER_57_DAYS = datetime(2026, 11, 3, 13, tzinfo=UTC)
UNHURRIED = 1000.0

Start = Callable[..., "subprocess.Popen[str]"]


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """All that is here is slow."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tiny world that answers as fast as it is asked."""
    with running("tiny", 7, tmp_path_factory.mktemp("sandbox"), now=AFTER_57_DAYS, rate_scale=UNHURRIED) as server:
        yield server


def variables(sandbox: RunningSandbox, home: Path) -> dict[str, str]:
    """The environment of a process that reads the sandbox into a home; nothing of this machine's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PHYGITAL_")}
    return {**kept, **sandbox.environment, "PHYGITAL_HOME": str(home), "PHYGITAL_LANDING_URL": str(home / "landing")}


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Settings of those variables."""
    return Settings.from_env(environment)


def start(environment: Mapping[str, str], *arguments: str) -> "subprocess.Popen[str]":
    """``phygital`` in a process of its own."""
    return subprocess.Popen(
        [PHYGITAL, *arguments], env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finish(environment: Mapping[str, str], *arguments: str) -> str:
    """Run ``phygital`` to its end, which must be a good one."""
    process = start(environment, *arguments)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return said
