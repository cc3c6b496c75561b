"""Decisions people take about landed data: append-only, replayed by every build."""

import getpass
from datetime import datetime

from phygital_funnel import clock
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing, Manifest, verdicts
from phygital_funnel.landing.verdicts import HOLD, RELEASE
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import all_streams

__all__ = ["HOLD", "RELEASE", "decide", "held_extractions", "held_manifests"]


def decide(settings: Settings, decision: str, manifest_id: str, reason: str) -> Manifest:
    """Hold an extraction, so that builds treat it as incomplete, or release it: accept it, if the guard holds it.

    Raises:
        ConfigError: no extraction has that id, or no reason is given.
    """
    if not reason.strip():
        raise ConfigError("A decision needs a reason; the next person will ask.")
    landing = Landing.of(settings)
    known = {manifest.manifest_id: manifest for stream in all_streams() for manifest in landing.manifests(stream)}
    if manifest_id not in known:
        raise ConfigError(f"No extraction has the manifest id {manifest_id!r}; `phygital landing list` lists them.")
    entry = {
        "decision": decision,
        "manifest_id": manifest_id,
        "reason": reason.strip(),
        "decided_at": clock.now().isoformat(),
        "decided_by": getpass.getuser(),
    }
    verdicts.record(verdicts.path_in(settings), entry)
    return known[manifest_id]


def held_manifests(settings: Settings, at: datetime | None = None, *, landing: Landing | None = None) -> frozenset[str]:
    """Ids of the extractions that builds must not use: held by a person, or doubted and not accepted by one.

    Args:
        settings: where decisions and landing are.
        at: count the decisions taken by then; all when None.
        landing: the landing zone, if it is open already.
    """
    zone = landing or Landing.of(settings)
    manifests = (manifest for stream in all_streams() for manifest in zone.manifests(stream))
    return verdicts.held(manifests, verdicts.latest(verdicts.path_in(settings), at))


def held_extractions(settings: Settings) -> list[tuple[Manifest, str]]:
    """What is held now, oldest first, each with the reason a person gave, or the guard."""
    landing = Landing.of(settings)
    decisions = verdicts.latest(verdicts.path_in(settings))
    manifests = [manifest for stream in all_streams() for manifest in landing.manifests(stream)]
    held = verdicts.held(manifests, decisions)
    found = [manifest for manifest in manifests if manifest.manifest_id in held]
    return [
        (manifest, str(decisions.get(manifest.manifest_id, {}).get("reason", manifest.doubt)))
        for manifest in sorted(found, key=lambda manifest: manifest.committed_at)
    ]
