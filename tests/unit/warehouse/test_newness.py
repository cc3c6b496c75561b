"""A build is left out exactly when it would make the published release again."""

import json

import pytest

from phygital_funnel import __version__
from phygital_funnel.decisions import decide
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.events.streams import CONVERSIONS, TOUCHPOINTS
from phygital_funnel.sources.stream import Extraction
from phygital_funnel.warehouse.newness import published_already


@pytest.fixture
def settings(tmp_path):
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})


@pytest.fixture
def landing(settings):
    return Landing.of(settings)


def land(landing, name, stream=TOUCHPOINTS):
    return landing.append(Extraction.of_rows(stream, [dict.fromkeys(stream.required, name)]))


def publish(made_by, **others):
    """A release's manifest as ``warehouse.release`` writes it."""
    folder = made_by.home / "releases" / "20261105T130000Z-1"
    folder.mkdir(parents=True)
    content = {
        "run_id": folder.name,
        "as_of": None,
        "code_version": __version__,
        "settings": made_by.public(),
        "held": [],
        "commits": {"events__touchpoints": 0},
    }
    (folder / "manifest.json").write_text(json.dumps(content | others, default=str))
    (folder.parent / "current").symlink_to(folder.name)


def test_without_a_release_there_is_something_to_build(settings, landing):
    assert published_already(settings) is None
    land(landing, "a")
    assert published_already(settings) is None


def test_the_release_that_holds_everything_is_named(settings, landing):
    land(landing, "a")
    publish(settings)
    assert published_already(settings).run_id == "20261105T130000Z-1"


@pytest.mark.parametrize("stream", [TOUCHPOINTS, CONVERSIONS], ids=["known stream", "new stream"])
def test_anything_that_has_landed_since_is_new(settings, landing, stream):
    land(landing, "a")
    publish(settings)
    land(landing, "b", stream)
    assert published_already(settings) is None


def test_compaction_alone_is_nothing_new(settings, landing):
    for name in "ab":
        land(landing, name)
    publish(settings, commits={"events__touchpoints": 1})
    assert landing.compact(TOUCHPOINTS, 1).merged == 2
    assert published_already(settings) is not None


@pytest.mark.parametrize(
    "others",
    [{"as_of": "2026-11-03T13:00:00+00:00"}, {"code_version": "0.0.1"}, {"settings": {}}, {"held": ["x"]}],
    ids=["a past state", "other code", "other settings", "a hold that was lifted"],
)
def test_a_release_of_anything_else_does_not_count(settings, landing, others):
    land(landing, "a")
    publish(settings, **others)
    assert published_already(settings) is None


def test_a_decision_since_then_is_new(settings, landing):
    manifest = land(landing, "a")
    publish(settings)
    decide(settings, "hold", manifest.manifest_id, "the export was cut off")
    assert published_already(settings) is None
