"""The truncation guard asks a person when most rows are gone, and only then."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from phygital_funnel.landing.guard import doubt
from phygital_funnel.landing.manifest import MANIFEST_KEY, Manifest, parsed
from phygital_funnel.sources.stream import Coverage

MONDAY = date(2026, 11, 2)
OLD = """{"manifest_id": "m", "source": "links", "stream": "clicks", "account": "a.csv", "part": "",
"coverage": "changes", "window_from": null, "window_to": null, "is_complete": true, "row_count": 3, "pages": 1,
"request_ids": [], "checksum": "c", "committed_at": "2026-11-01T00:00:00+00:00", "code_version": "0.1.0"}"""


def window(rows, start=MONDAY, **fields):
    """An extraction of consecutive days with so many rows each."""
    days = [start + timedelta(days=number) for number in range(len(rows))]
    return manifest(
        coverage=Coverage.WINDOW,
        window_from=days[0],
        window_to=days[-1],
        row_count=sum(rows),
        rows_by_day={day.isoformat(): count for day, count in zip(days, rows, strict=True) if count},
        **fields,
    )


def snapshot(rows, **fields):
    return manifest(coverage=Coverage.SNAPSHOT, row_count=rows, **fields)


def manifest(**fields):
    plain = replace(parsed({MANIFEST_KEY: OLD, "version": 0}), account="7")
    return replace(plain, **fields)


@pytest.mark.parametrize(
    ("before", "now", "is_doubted"),
    [
        ([40, 40], [40, 40], False),
        ([40, 40], [21, 21], False),
        ([40, 40], [20, 20], True),  # exactly half, as of a file that was cut in the middle
        ([40, 40], [40, 0], True),  # one day is gone, though the sum is half
        ([40, 40, 40], [40, 40, 19], True),
        ([9, 10], [1, 0], False),  # too few to judge
        ([1, 2], [0, 0], True),  # nothing at all
        ([1, 1], [0, 0], False),
        ([10, 10], [4, 5], True),
        ([40, 40], [400, 400], False),
    ],
)
def test_a_window_that_lost_most_rows_of_a_day_or_of_all_is_doubted(before, now, is_doubted):
    assert bool(doubt(window(now), [window(before)])) is is_doubted


def test_the_reason_names_days_and_rows():
    assert doubt(window([40, 0, 40]), [window([40, 60, 40])]) == (
        "0 rows for 2026-11-03, of which an earlier extraction brought 60."
    )


def test_only_days_that_both_cover_are_compared():
    earlier = window([100, 100, 30], start=MONDAY - timedelta(days=2))

    assert doubt(window([30, 1]), [earlier]) == ""
    assert doubt(window([14, 100]), [earlier]) != ""


def test_each_day_is_compared_with_the_newest_extraction_that_covers_it():
    first, restated = window([100, 100]), window([30, 30])

    assert doubt(window([30, 30]), [first, restated]) == ""
    assert doubt(window([30, 30]), [restated, first]) != ""


def test_an_accepted_empty_extraction_is_a_measure_too():
    assert doubt(window([0, 0]), [window([100, 100]), window([0, 0])]) == ""


def test_a_window_whose_rows_have_no_readable_day_is_compared_as_a_whole():
    before = replace(window([50, 50]), rows_by_day={})

    assert "the same window" in doubt(replace(window([10, 10]), rows_by_day={}), [before])


@pytest.mark.parametrize(
    ("before", "now", "is_doubted"),
    [(100, 51, False), (100, 50, True), (19, 1, False), (3, 0, True), (2, 0, False)],
)
def test_a_snapshot_that_lost_most_rows_is_doubted(before, now, is_doubted):
    assert bool(doubt(snapshot(now), [snapshot(500), snapshot(before)])) is is_doubted


@pytest.mark.parametrize("other", [{"account": "8"}, {"part": "CREATIVE"}, {"is_complete": False}])
def test_another_account_or_part_and_a_partial_extraction_are_no_measure(other):
    assert doubt(window([0, 0]), [window([100, 100], **other)]) == ""


def test_a_partial_extraction_replaces_nothing_and_is_not_judged():
    assert doubt(window([0, 0], is_complete=False), [window([100, 100])]) == ""


def test_a_feed_of_changes_may_shrink():
    changes = manifest(coverage=Coverage.CHANGES, window_from=MONDAY, window_to=MONDAY, row_count=0)

    assert doubt(changes, [replace(changes, row_count=500)]) == ""


def test_a_manifest_of_an_older_version_is_understood():
    read = parsed({MANIFEST_KEY: OLD, "version": 4})

    assert (read.run, read.new_fields, read.rows_by_day, read.doubt, read.commit) == ("", (), {}, "", 4)
    assert read.committed_at == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_manifest_survives_being_written():
    written = window([1, 2], run="r", new_fields=("a", "b"), doubt="why", request_ids=("1",))

    assert parsed({MANIFEST_KEY: written.to_text(), "version": 0}) == written


def test_a_manifest_of_a_newer_version_is_understood():
    newer = OLD.replace('"manifest_id"', '"invented_later": 1, "manifest_id"')

    assert isinstance(parsed({MANIFEST_KEY: newer, "version": 0}), Manifest)
