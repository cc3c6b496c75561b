"""The releases that are kept, and which of them readers see."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phygital_funnel.errors import ConfigError, ReleaseError
from phygital_funnel.settings import Settings

DATABASE_NAME = "phygital.duckdb"
MANIFEST_NAME = "manifest.json"
CURRENT = "current"


@dataclass(frozen=True)
class Release:
    """A published release."""

    run_id: str
    path: Path

    @property
    def database(self) -> Path:
        """Its DuckDB file."""
        return self.path / DATABASE_NAME

    @property
    def page(self) -> Path:
        """Its self-contained page."""
        return self.path / "report.html"

    def manifest(self) -> dict[str, Any]:
        """What it was made of."""
        content: dict[str, Any] = json.loads((self.path / MANIFEST_NAME).read_text(encoding="utf-8"))
        return content


def resolve_current(settings: Settings) -> Path:
    """Folder of the published release; the link is resolved once, so all reads see the same release.

    Raises:
        ReleaseError: nothing is published.
    """
    link = folder_of(settings) / CURRENT
    if not link.is_symlink() or not link.exists():
        raise ReleaseError("nothing is published yet; run `phygital run`, or `phygital build` and `phygital publish`.")
    return link.resolve()


def current(settings: Settings) -> Release:
    """The published release.

    Raises:
        ReleaseError: nothing is published.
    """
    path = resolve_current(settings)
    return Release(path.name, path)


def named(settings: Settings, run_id: str) -> Release:
    """The kept release of a run.

    Raises:
        ReleaseError: there is none.
    """
    folder = folder_of(settings)
    path = folder / run_id
    if not _is_release(path):
        raise ReleaseError(f"there is no release {run_id!r} in {folder}.")
    return Release(run_id, path)


def kept(settings: Settings) -> list[Release]:
    """All finished releases, in the order in which they were published."""
    folder = folder_of(settings)
    found = [Release(path.name, path) for path in folder.iterdir() if _is_release(path)] if folder.is_dir() else []
    return sorted(found, key=lambda release: (release.manifest()["published_at"], release.run_id))


def _is_release(path: Path) -> bool:
    """Whether a folder is a finished release under its own name: no link, and no publication that was broken off."""
    manifest = path / MANIFEST_NAME
    return not path.is_symlink() and manifest.is_file() and Release(path.name, path).manifest()["run_id"] == path.name


def folder_of(settings: Settings) -> Path:
    """Folder that holds the releases.

    Raises:
        ConfigError: it is not local.
    """
    if "://" in settings.releases_url:
        raise ConfigError(
            f"PHYGITAL_RELEASES_URL={settings.releases_url} is not a local folder; this version publishes to one."
        )
    return Path(settings.releases_url)
