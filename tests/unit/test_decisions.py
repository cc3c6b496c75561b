"""Decisions are append-only, the last one counts, and a past state of knowledge knows only those taken by then."""

from datetime import UTC, datetime

import pytest

from phygital_funnel.decisions import HOLD, RELEASE, decide, held_manifests
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.links.streams import CLICKS
from phygital_funnel.sources.stream import Extraction


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Settings of a home with one extraction, and a way to set its clock."""
    clock = tmp_path / "clock"
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{clock}")
    clock.write_text("2026-11-01T00:00:00+00:00")
    settings = Settings.from_env({"PHYGITAL_HOME": str(tmp_path / "home")})
    row = dict.fromkeys(CLICKS.required, "x")
    manifest = Landing(settings.landing_url).append(Extraction.of_rows(CLICKS, [row], "a.csv"))
    return settings, manifest.manifest_id, clock


def test_the_last_decision_on_an_extraction_counts(home):
    settings, manifest_id, _ = home
    decide(settings, HOLD, manifest_id, "looks wrong")
    held = held_manifests(settings)
    decide(settings, RELEASE, manifest_id, "it was right")

    assert held == {manifest_id}
    assert held_manifests(settings) == frozenset()


def test_a_past_state_knows_only_the_decisions_taken_by_then(home):
    settings, manifest_id, clock = home
    clock.write_text("2026-11-02T00:00:00+00:00")
    decide(settings, HOLD, manifest_id, "looks wrong")

    assert held_manifests(settings, datetime(2026, 11, 1, 12, tzinfo=UTC)) == frozenset()
    assert held_manifests(settings, datetime(2026, 11, 2, tzinfo=UTC)) == {manifest_id}


@pytest.mark.parametrize(("manifest", "reason"), [("unknown", "why not"), (None, "  ")])
def test_a_decision_needs_a_known_extraction_and_a_reason(home, manifest, reason):
    settings, manifest_id, _ = home

    with pytest.raises(ConfigError):
        decide(settings, HOLD, manifest or manifest_id, reason)
    assert held_manifests(settings) == frozenset()
