"""Compaction makes few files of many and changes nothing that anybody can read."""

import os
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing, compaction
from phygital_funnel.sources.stream import Extraction
from phygital_funnel.sources.tiktok_ads.streams import CAMPAIGNS
from phygital_funnel.warehouse import raw
from phygital_funnel.warehouse.database import connect

from .extractors import Run, extractors
from .feed import PAGE_ROWS, REPORT, WEEK, Feed, page_rows
from .test_kills import assert_whole

COMMITS = 5


@pytest.fixture(autouse=True)
def nothing_is_retained(monkeypatch):
    """So that what compaction replaces is gone at once."""
    monkeypatch.setattr(compaction, "SHORTEST_RETENTION_DAYS", 0)


@pytest.fixture
def landing(tmp_path):
    return Landing(str(tmp_path / "landing"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "landing" / "tiktok_ads" / "ad_report_daily"


@pytest.fixture
def filled(landing):
    """A table of five commits, one of them empty."""
    for number in range(COMMITS):
        landing.append(Feed(0 if number == 2 else 1, value=str(number)).extraction(f"account {number}"))
    return landing


def campaign(number):
    return Extraction.of_rows(CAMPAIGNS, [{"campaign_id": f"{number}", "campaign_name": "n"}], "7")


def version(path, number):
    """All rows of a Delta version, read by Delta's own list of files."""
    files = sorted(DeltaTable(str(path), version=number).file_uris())
    rows = [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
    return sorted(rows, key=lambda row: (row["_manifest_id"], row["_row"]))


def known_at(landing, commit):
    """The rows of the commits up to one, as a reader of today finds them."""
    known = {one.manifest_id for one in landing.manifests(REPORT) if one.commit <= commit}
    files = landing.files(REPORT, upto=commit)
    rows = [row for file in files for row in pq.ParquetFile(file).read().to_pylist() if row["_manifest_id"] in known]
    return sorted(rows, key=lambda row: (row["_manifest_id"], row["_row"]))


def raw_rows(landing, stream, *, upto=None):
    """What a fresh build would load."""
    with connect() as con:
        newest = landing.newest(stream) if upto is None else upto
        raw.stage_incoming(con, landing, {stream.relation: newest}, frozenset())
        raw.accept(con, frozenset())
        return con.sql(f"select * from raw.{stream.relation} order by _commit, _row").fetchall()


def test_every_version_is_readable_until_retention_drops_it(filled, path):
    before = {number: version(path, number) for number in range(COMMITS)}
    done = filled.compact(REPORT, 7)

    assert (done.merged, done.made, done.removed) == (4, 1, 0)
    assert {number: version(path, number) for number in range(COMMITS)} == before
    assert version(path, COMMITS) == before[COMMITS - 1]


def test_what_was_known_at_each_commit_outlives_the_files(filled, path):
    before = {number: known_at(filled, number) for number in range(COMMITS)}
    manifests = filled.manifests(REPORT)
    assert filled.compact(REPORT, 0).removed == 4

    again = Landing(filled.storage.url)
    assert len(list(path.glob("*.parquet"))) == 1
    assert {number: known_at(again, number) for number in range(COMMITS)} == before
    assert again.manifests(REPORT) == manifests
    assert again.newest(REPORT) == COMMITS - 1


def test_rebuilds_of_today_and_of_the_past_are_the_same_after_compaction(landing):
    for number in range(COMMITS):
        landing.append(campaign(number))
    before = {upto: raw_rows(landing, CAMPAIGNS, upto=upto) for upto in (0, 2, 4)}
    assert [len(rows) for rows in before.values()] == [1, 3, 5]
    landing.compact(CAMPAIGNS, 0)

    assert {upto: raw_rows(Landing(landing.storage.url), CAMPAIGNS, upto=upto) for upto in (0, 2, 4)} == before


def test_a_build_that_goes_on_after_compaction_loads_each_commit_once(landing):
    with connect() as con:
        for number in range(COMMITS):
            landing.append(campaign(number))
            if number in (1, 3):
                landing.compact(CAMPAIGNS, 0)
            if number in (1, 4):
                raw.stage_incoming(con, landing, {CAMPAIGNS.relation: landing.newest(CAMPAIGNS)}, frozenset())
                raw.accept(con, frozenset())
        loaded = con.sql(f"select * from raw.{CAMPAIGNS.relation} order by _commit, _row").fetchall()

    assert [row[1] for row in loaded] == ["0", "1", "2", "3", "4"]
    assert loaded == raw_rows(landing, CAMPAIGNS)


def test_extraction_goes_on_after_compaction(filled):
    filled.compact(REPORT, 0)
    manifest = filled.append(Feed(1, value="later").extraction("account 1"))

    assert filled.newest(REPORT) == manifest.commit > COMMITS
    accounts = {(row["_account"], row["spend"]) for row in filled.snapshot(REPORT).to_pylist()}
    assert accounts == {("account 0", "0"), ("account 1", "later"), ("account 3", "3"), ("account 4", "4")}
    # Only the new extraction's own file is read for it.
    assert len(filled.files(REPORT, upto=manifest.commit, after=COMMITS - 1)) == 1


def test_a_column_that_the_stream_gained_outlives_compaction(landing):
    """Delta rewrites the columns that the table declares, and only those."""
    older = replace(REPORT, columns=REPORT.columns[:-1])
    landing.append(Extraction.of_rows(older, [dict.fromkeys(older.columns, "1")], "old", window=WEEK))
    landing.append(Extraction.of_rows(REPORT, [dict.fromkeys(REPORT.columns, "2")], "new", window=WEEK))
    landing.compact(REPORT, 0)

    assert [(row["_account"], row["spend"]) for row in landing.snapshot(REPORT).to_pylist()] == [
        ("new", "2"),
        ("old", None),
    ]


def test_extractors_and_compaction_at_once_all_succeed(landing, tmp_path):
    url, spool = landing.storage.url, str(tmp_path / "spool")
    with extractors() as fleet:
        runs = [Run(url, spool, 2, "1", account=str(number)) for number in range(4)]
        landing.append(Feed(2).extraction("first"))
        landing.append(Feed(2).extraction("second"))
        started = fleet.start(*runs)
        while not started.is_over():
            landing.compact(REPORT, 1)
        assert [end.status for end in started.ends()] == [0, 0, 0, 0]

    assert len(landing.manifests(REPORT)) == 6
    assert_whole(Landing(url), 2 * PAGE_ROWS)


def test_what_a_killed_writer_left_is_removed_only_when_it_is_old(filled, path):
    """A file without a commit may be that of an extraction which is about to commit it."""
    fresh, old = path / f"extraction-{'a' * 32}-0.parquet", path / f"extraction-{'b' * 32}-0.parquet"
    for orphan in (fresh, old):
        orphan.write_bytes(b"half a file")
    eight_days_ago = fresh.stat().st_mtime - 8 * 86_400
    os.utime(old, (eight_days_ago, eight_days_ago))
    filled.compact(REPORT, 7)

    assert fresh.exists()
    assert not old.exists()


def test_a_retention_that_would_endanger_running_work_is_refused(filled, monkeypatch):
    monkeypatch.setattr(compaction, "SHORTEST_RETENTION_DAYS", 1)

    for days in (0.5, float("nan")):
        with pytest.raises(ConfigError, match="use at least 1"):
            filled.compact(REPORT, days)


def test_a_stream_that_was_never_landed_has_nothing_to_compact(landing):
    assert landing.compact(REPORT, 7) is None


def test_a_large_extraction_becomes_several_files_and_reads_as_one(landing, monkeypatch):
    from phygital_funnel.landing import files

    monkeypatch.setattr(files, "LARGEST_FILE", 1)
    monkeypatch.setattr(files, "BATCH_ROWS", PAGE_ROWS)
    landing.append(Feed(3).extraction())

    assert len(landing.files(REPORT, upto=0)) == 3
    rows = landing.snapshot(REPORT).to_pylist()
    assert [row["_row"] for row in rows] == list(range(3 * PAGE_ROWS))
    assert [row["ad_id"] for row in rows] == [row["ad_id"] for number in range(3) for row in page_rows(number)]
