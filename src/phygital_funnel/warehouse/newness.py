"""Whether there is anything to build: what is landed against what the published release was made of."""

import json
from typing import Any

from phygital_funnel import __version__
from phygital_funnel.decisions import held_manifests
from phygital_funnel.errors import ReleaseError
from phygital_funnel.landing import Landing
from phygital_funnel.quarantine import decisions
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.warehouse.release import Release, current


def published_already(settings: Settings) -> Release | None:
    """The published release, if a build would make the same one; None when something new is to be built.

    It would when nothing has been landed since, people have decided nothing else, and neither the settings nor the code
    are others. A release of a past state of knowledge never counts.

    Raises:
        LandingError: landing cannot be read.
    """
    try:
        release = current(settings)
    except ReleaseError:
        return None
    made_of = release.manifest()
    is_same = (
        made_of["as_of"] is None
        and made_of["code_version"] == __version__
        and made_of["settings"] == _as_json(settings.public())
        and made_of["held"] == sorted(held_manifests(settings))
        and made_of.get("row_decisions", 0) == decisions.known(settings).count
        and not _has_landed_since(settings, made_of["commits"])
    )
    return release if is_same else None


def _has_landed_since(settings: Settings, commits: dict[str, int]) -> bool:
    """Whether an extraction is newer than those of the release; compaction alone makes commits without one."""
    landing = Landing.of(settings)
    return any(landing.manifests(stream, after=commits.get(stream.relation, -1)) for stream in all_streams())


def _as_json(content: dict[str, Any]) -> Any:
    return json.loads(json.dumps(content, default=str))
