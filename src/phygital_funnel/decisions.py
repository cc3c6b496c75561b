"""Decisions people take about landed data: append-only, replayed by every build."""

import getpass
import json
from datetime import datetime
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import all_streams

HOLD, RELEASE = "hold", "release"


def decide(settings: Settings, decision: str, manifest_id: str, reason: str) -> None:
    """Hold an extraction, so that builds treat it as incomplete, or release it again.

    Raises:
        ConfigError: no extraction has that id, or no reason is given.
    """
    if not reason.strip():
        raise ConfigError("A decision needs a reason; the next person will ask.")
    landing = Landing(settings.landing_url)
    known = {manifest.manifest_id for stream in all_streams() for manifest in landing.manifests(stream)}
    if manifest_id not in known:
        raise ConfigError(
            f"No extraction has the manifest id {manifest_id!r}; `phygital status --extractions` lists them."
        )
    entry = {
        "decision": decision,
        "manifest_id": manifest_id,
        "reason": reason.strip(),
        "decided_at": clock.now().isoformat(),
        "decided_by": getpass.getuser(),
    }
    path = settings.home / "state" / "decisions" / "extractions.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def held_manifests(settings: Settings, at: datetime | None = None) -> frozenset[str]:
    """Ids of the extractions that are held: the last decision on each counts, of those taken by ``at`` or of all."""
    latest = {
        entry["manifest_id"]: entry["decision"]
        for entry in _entries(settings)
        if at is None or datetime.fromisoformat(entry["decided_at"]) <= at
    }
    return frozenset(manifest_id for manifest_id, decision in latest.items() if decision == HOLD)


def _entries(settings: Settings) -> list[dict[str, Any]]:
    path = settings.home / "state" / "decisions" / "extractions.jsonl"
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
