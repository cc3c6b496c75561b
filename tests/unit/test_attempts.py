"""The same command given again takes up where an unfinished one stopped."""

import pytest

from phygital_funnel.attempts import attempt
from phygital_funnel.errors import AuthError, SourceUnreachable
from phygital_funnel.settings import Settings


@pytest.fixture
def settings(tmp_path, monkeypatch):
    clock = tmp_path / "clock"
    clock.write_text("2026-11-03T13:00:00+00:00")
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{clock}")
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})


def fail(settings, *what):
    """An attempt that ends in an error."""
    with pytest.raises(OSError, match="killed"), attempt(settings, *what) as this:
        raise OSError("killed")
    return this


def test_an_unfinished_attempt_is_taken_up_under_its_name(settings):
    first = fail(settings, "tiktok_ads", "2026-11-01")
    with attempt(settings, "tiktok_ads", "2026-11-01") as second:
        assert second.is_resumed
        assert second.run == first.run
    assert not first.is_resumed


def test_a_finished_attempt_is_not(settings):
    with attempt(settings, "a") as first:
        pass
    with attempt(settings, "a") as second:
        assert not second.is_resumed
    assert first.run != second.run


def test_another_command_or_a_restart_begins_anew(settings):
    first = fail(settings, "a", "b")
    with attempt(settings, "ab") as other:
        assert not other.is_resumed
    with attempt(settings, "a", "b", restart=True) as again:
        assert not again.is_resumed
        assert again.run != first.run


def test_an_attempt_of_the_day_before_is_left_alone(settings, tmp_path):
    fail(settings, "a")
    (tmp_path / "clock").write_text("2026-11-04T13:00:01+00:00")

    with attempt(settings, "a") as second:
        assert not second.is_resumed


def test_a_note_that_was_cut_off_begins_anew(settings, tmp_path):
    fail(settings, "a")
    (note,) = (tmp_path / "state" / "extractions").glob("*.json")
    note.write_text(note.read_text()[:20])

    with attempt(settings, "a") as second:
        assert not second.is_resumed


@pytest.mark.parametrize(("error", "is_resumed"), [(AuthError, False), (SourceUnreachable, True)])
def test_what_was_refused_for_good_is_taken_up_for_an_hour_only(settings, tmp_path, error, is_resumed):
    with pytest.raises(error), attempt(settings, "a"):
        raise error("x", "no")
    (tmp_path / "clock").write_text("2026-11-03T13:59:59+00:00")
    with pytest.raises(error), attempt(settings, "a") as renewed:
        raise error("x", "still no")
    assert renewed.is_resumed

    (tmp_path / "clock").write_text("2026-11-03T14:00:00+00:00")
    with attempt(settings, "a") as later:
        assert later.is_resumed == is_resumed
