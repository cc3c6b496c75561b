"""A home of its own for each test, and no long waits."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina

from phygital_funnel.settings import Settings

from .home import environment, settings_of


@pytest.fixture(autouse=True)
def quick_retries() -> Iterator[None]:
    """Try again at once, and only so often."""
    with stamina.set_testing(True, attempts=4):
        yield


@pytest.fixture
def home_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Makes settings whose sources are served at a URL: ``home_of(url, now=..., PHYGITAL_X=...)``."""

    def made(url: str, now: str | None = None, **variables: Any) -> Settings:
        given = environment(tmp_path / "home", url, **({"now": now} if now else {}))
        return settings_of({**given, **variables}, monkeypatch)

    return made
