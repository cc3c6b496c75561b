"""Upkeep removes what nobody comes back for, and nothing else; compaction changes no row."""

import os

import pytest

from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.events.streams import TOUCHPOINTS
from phygital_funnel.sources.stream import Extraction
from phygital_funnel.upkeep import FORGOTTEN_AFTER_DAYS, compact, sweep

DAY = 86_400


@pytest.fixture
def settings(tmp_path):
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})


def note(settings, name, days_old):
    path = settings.home / "state" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    for entry in (path, path.parent):
        moment = entry.stat().st_mtime - days_old * DAY
        os.utime(entry, (moment, moment))
    return path


def test_old_notes_go_and_young_ones_stay(settings):
    old = [
        note(settings, f"{kind}/old.json", FORGOTTEN_AFTER_DAYS + 1) for kind in ("reports", "limits", "extractions")
    ]
    young = [note(settings, f"{kind}/young.json", FORGOTTEN_AFTER_DAYS - 1) for kind in ("reports", "extractions")]
    assert sweep(settings) == 3
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in young)


def test_a_spool_is_as_old_as_the_newest_thing_in_it(settings):
    abandoned = note(settings, "spool/abandoned/pages.arrow", FORGOTTEN_AFTER_DAYS + 1)
    busy = note(settings, "spool/busy/progress.json", FORGOTTEN_AFTER_DAYS + 1)
    (busy.parent / "pages.arrow").write_text("just now")
    assert sweep(settings) == 1
    assert not abandoned.parent.exists()
    assert busy.exists()


def test_runs_decisions_and_results_are_never_swept(settings):
    kept = [note(settings, f"{kind}/a.json", 1000) for kind in ("runs", "decisions", "quality", "models")]
    assert sweep(settings) == 0
    assert all(path.exists() for path in kept)


def test_an_empty_home_needs_no_upkeep(settings):
    assert sweep(settings) == 0
    assert compact(settings) == 0


def test_every_landed_stream_is_compacted_and_keeps_its_extractions(settings):
    for name in "abc":
        row = dict.fromkeys(TOUCHPOINTS.required, name)
        Landing.of(settings).append(Extraction.of_rows(TOUCHPOINTS, [row]))
    before = Landing.of(settings).manifests(TOUCHPOINTS)
    assert compact(settings) == 1
    after = Landing.of(settings)
    assert after.manifests(TOUCHPOINTS) == before
    assert len(after.files(TOUCHPOINTS, upto=2)) == 1
