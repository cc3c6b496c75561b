"""Decisions about rows: who stands after which, what a past state knew, and that a release repeats its own."""

import json
from datetime import UTC, datetime

import pytest

from phygital_funnel import __version__
from phygital_funnel.errors import ConfigError
from phygital_funnel.quarantine import decisions
from phygital_funnel.quarantine.decisions import RELEASE, WITHDRAW, ReleasedRow, known, record
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse import raw
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.knowledge import known as known_to_build
from phygital_funnel.warehouse.knowledge import past
from phygital_funnel.warehouse.newness import published_already

FIRST, SECOND, OTHER = (
    ReleasedRow("links__clicks", "m1", 0, "duplicate_key"),
    ReleasedRow("links__clicks", "m1", 7, "duplicate_key"),
    ReleasedRow("reference__fees", "m2", 0, "unusable_rate"),
)


@pytest.fixture
def clock(tmp_path, monkeypatch):
    file = tmp_path / "clock"
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{file}")
    return lambda day: file.write_text(f"2026-11-{day:02d}T00:00:00+00:00")


@pytest.fixture
def settings(tmp_path, clock):
    clock(1)
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path / "home")})


def publish(settings, **others):
    """A release's manifest as ``warehouse.release`` writes it, with the run id 2026-1."""
    folder = settings.home / "releases" / "2026-1"
    folder.mkdir(parents=True)
    content = {
        "run_id": folder.name,
        "as_of": None,
        "known_at": "2026-11-02T00:00:00+00:00",
        "published_at": "2026-11-02T00:00:00+00:00",
        "code_version": __version__,
        "settings": settings.public(),
        "held": [],
        "commits": {},
    }
    (folder / "manifest.json").write_text(json.dumps(content | others, default=str))
    (folder.parent / "current").symlink_to(folder.name)


def standing(settings, at=None):
    return list(known(settings, at).standing())


def test_the_last_decision_on_a_row_counts_and_rows_stand_in_the_order_of_their_releases(settings):
    record(settings, RELEASE, [FIRST, OTHER], "right")
    record(settings, RELEASE, [SECOND, FIRST], "again: changes nothing for the first")
    assert standing(settings) == [FIRST, OTHER, SECOND]
    record(settings, WITHDRAW, [FIRST], "wrong")
    assert standing(settings) == [OTHER, SECOND]
    record(settings, RELEASE, [FIRST], "right after all")
    assert standing(settings) == [OTHER, SECOND, FIRST]


def test_a_past_state_knows_the_decisions_before_the_first_that_is_dated_later(settings, clock):
    record(settings, RELEASE, [FIRST], "right")
    clock(5)
    record(settings, RELEASE, [SECOND], "right")
    clock(3)  # a clock that was put back does not change the order of what became known
    record(settings, RELEASE, [OTHER], "right")

    assert standing(settings, datetime(2026, 11, 4, tzinfo=UTC)) == [FIRST]
    assert standing(settings, datetime(2026, 11, 5, tzinfo=UTC)) == [FIRST, SECOND, OTHER]


def test_a_release_is_rebuilt_with_the_decisions_it_was_made_of(settings, clock):
    record(settings, RELEASE, [FIRST], "right")
    publish(settings, row_decisions=1)
    record(settings, RELEASE, [SECOND], "later, at the same moment")

    assert list(known_to_build(settings, past(settings, "2026-1")).rows.standing()) == [FIRST]
    assert list(known_to_build(settings, None).rows.standing()) == [FIRST, SECOND]
    decisions.path_in(settings).unlink()
    with pytest.raises(ConfigError, match=r"restore state/decisions/rows\.jsonl"):
        known_to_build(settings, past(settings, "2026-1"))


def test_a_release_of_an_older_version_knew_of_no_decision(settings):
    publish(settings)
    record(settings, RELEASE, [FIRST], "right")

    assert known_to_build(settings, past(settings, "2026-1")).rows.count == 0


def test_a_decision_is_something_new_to_build(settings):
    publish(settings)
    assert published_already(settings) is not None
    record(settings, RELEASE, [FIRST], "right")
    assert published_already(settings) is None


def test_a_decision_without_a_row_is_not_recorded_and_one_without_a_reason_is_refused(settings):
    record(settings, RELEASE, [], "right")
    with pytest.raises(ConfigError, match="needs a reason"):
        record(settings, RELEASE, [FIRST], " ")
    assert not decisions.path_in(settings).exists()


def test_each_build_replays_all_decisions_anew(settings):
    with connect() as con:
        raw.prepare(con)
        both = [FIRST, ReleasedRow("links__clicks", "m1", 0, "outside_window"), OTHER]
        raw.accept(con, frozenset(), both)
        found = con.sql("select * from raw.released_rows order by all").fetchall()
        raw.accept(con, frozenset(), [SECOND])
        then = con.sql("select * from raw.released_rows").fetchall()
        raw.accept(con, frozenset())
        assert con.sql("select count(*) from raw.released_rows").fetchall() == [(0,)]

    assert found == [
        ("links", "clicks", "m1", 0, "|duplicate_key|outside_window|", 2),
        ("reference", "fees", "m2", 0, "|unusable_rate|", 3),
    ]
    assert then == [("links", "clicks", "m1", 7, "|duplicate_key|", 1)]
