"""Time comes from one place and can be set by a file."""

from datetime import UTC, datetime, timedelta

import pytest

from phygital_funnel import clock
from phygital_funnel.errors import ConfigError


def test_the_system_clock_is_the_default_and_is_in_utc(monkeypatch):
    monkeypatch.delenv("PHYGITAL_CLOCK", raising=False)

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)  # noqa: TID251 - the clock itself is under test


def test_a_clock_file_sets_the_time_and_is_read_every_time(tmp_path, monkeypatch):
    path = tmp_path / "clock"
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{path}")
    path.write_text("2026-11-03T14:00:00+01:00\n")
    first = clock.now()
    path.write_text("2026-11-04T00:30:00")

    assert first == datetime(2026, 11, 3, 13, tzinfo=UTC)
    assert clock.today().isoformat() == "2026-11-04"


@pytest.mark.parametrize("content", [None, "yesterday", ""])
def test_a_clock_file_that_cannot_be_read_is_refused(tmp_path, monkeypatch, content):
    path = tmp_path / "clock"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{path}")

    with pytest.raises(ConfigError, match="clock"):
        clock.now()


def test_an_unknown_kind_of_clock_is_refused(monkeypatch):
    monkeypatch.setenv("PHYGITAL_CLOCK", "sundial")

    with pytest.raises(ConfigError, match="sundial"):
        clock.now()
