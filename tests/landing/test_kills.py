"""Kill -9 at any moment: what is visible is whole, what was read is not lost, and nothing is current twice."""

import signal

import pyarrow.parquet as pq
import pytest

from phygital_funnel.landing import Landing

from .extractors import Extractors, Run, extractors
from .feed import PAGE_ROWS, REPORT, current, page_rows

PAGES = 8
KILLS = 20
# One kill in each twentieth of the run, at a place within it that looks random and is the same in every run.
GOLDEN = 0.6180339887


@pytest.fixture(scope="module")
def fleet():
    with extractors() as running:
        yield running


def rows_by_manifest(landing: Landing) -> dict[str, int]:
    """How many rows of each visible extraction can really be read."""
    found: dict[str, int] = {}
    for path in landing.files(REPORT, upto=landing.newest(REPORT)):
        with landing.storage.filesystem().open(path, "rb") as file:
            for manifest_id in pq.ParquetFile(file).read(["_manifest_id"])["_manifest_id"].to_pylist():
                found[manifest_id] = found.get(manifest_id, 0) + 1
    return found


def assert_whole(landing: Landing, rows: int = PAGES * PAGE_ROWS) -> None:
    manifests = landing.manifests(REPORT)
    assert [manifest.row_count for manifest in manifests] == [rows] * len(manifests)
    assert rows_by_manifest(landing) == {manifest.manifest_id: rows for manifest in manifests}


def expected(value: str) -> list[tuple[str, str, str]]:
    rows = [row for number in range(PAGES) for row in page_rows(number, value)]
    return sorted((row["stat_time_day"], row["ad_id"], row["spend"]) for row in rows)


def kill_once(fleet: Extractors, run: Run, after: float) -> float:
    """Kill an extraction after so many seconds; earlier, if it had ended by then. Gives when it was killed."""
    while True:
        (end,) = fleet.run(Run(**{**vars(run), "kill_after": after}))
        if end.status == -signal.SIGKILL:
            return after
        assert end.status == 0
        after /= 2


def test_an_extraction_that_is_killed_at_twenty_points_shows_no_part_and_loses_nothing(fleet, tmp_path):
    url, spool = str(tmp_path / "landing"), str(tmp_path / "spool")
    (first,) = fleet.run(Run(url, spool, PAGES, "first"))
    stages = {"before": 0, "reading": 0, "landed": 0}
    for number in range(KILLS):
        run = Run(url, spool, PAGES, value=f"round {number}")
        landed = len(Landing(url).manifests(REPORT))
        kill_once(fleet, run, first.seconds * (number + number * GOLDEN % 1) / KILLS)

        seen = Landing(url)
        assert_whole(seen)
        if len(seen.manifests(REPORT)) > landed:
            stages["landed"] += 1
        else:
            stages["reading" if list((tmp_path / "spool").glob("*/progress.json")) else "before"] += 1
        (end,) = fleet.run(run)

        assert end.status == 0
        assert_whole(Landing(url))
        assert current(Landing(url)) == expected(run.value)
    # The kills fell into every part of the run that takes time, or the test would show less than it says.
    assert stages["before"] > 0
    assert stages["reading"] > 4


def test_two_extractors_of_one_window_at_once_both_land(fleet, tmp_path):
    url, spool = str(tmp_path / "landing"), str(tmp_path / "spool")
    ends = fleet.run(Run(url, spool, PAGES, "a"), Run(url, spool, PAGES, "b"), Run(url, spool, PAGES, "c", account="8"))
    landing = Landing(url)

    assert [end.status for end in ends] == [0, 0, 0]
    assert [manifest.commit for manifest in landing.manifests(REPORT)] == [0, 1, 2]
    assert_whole(landing)
    values = {(row["_account"], row["spend"]) for row in landing.snapshot(REPORT).to_pylist()}
    assert values in ({("7", "a"), ("8", "c")}, {("7", "b"), ("8", "c")})
