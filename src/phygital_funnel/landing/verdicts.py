"""What people have decided about extractions: an append-only file, of which the last line on each extraction counts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from phygital_funnel import decision_file
from phygital_funnel.landing.manifest import Manifest
from phygital_funnel.settings import Settings

HOLD, RELEASE = "hold", "release"


def path_in(settings: Settings) -> Path:
    """The file of a home."""
    return settings.home / "state" / "decisions" / "extractions.jsonl"


def record(path: Path, entry: Mapping[str, Any]) -> None:
    """Add one decision."""
    decision_file.append(path, entry)


def latest(path: Path | None, at: datetime | None = None) -> dict[str, dict[str, Any]]:
    """The last decision on each extraction by manifest id, of those taken by ``at`` or of all."""
    return {
        entry["manifest_id"]: entry
        for entry in decision_file.entries(path)
        if at is None or datetime.fromisoformat(entry["decided_at"]) <= at
    }


def held(manifests: Iterable[Manifest], decisions: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Ids of the extractions that builds must not use: held by a person, or doubted and not accepted by one."""
    by_people = {manifest_id for manifest_id, entry in decisions.items() if entry["decision"] == HOLD}
    doubted = {
        manifest.manifest_id for manifest in manifests if manifest.doubt and manifest.manifest_id not in decisions
    }
    return frozenset(by_people | doubted)
