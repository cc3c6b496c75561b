"""Landing is append-only, one commit per extraction, and its commit order is the knowledge order."""

import subprocess
import sys
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable

from phygital_funnel.errors import SchemaDrift
from phygital_funnel.landing import Landing
from phygital_funnel.sources.stream import Extraction, Page, Window
from phygital_funnel.sources.tiktok_ads.streams import AD_REPORT_DAILY, CAMPAIGNS

DAY = Window(date(2026, 11, 1), date(2026, 11, 1))


@pytest.fixture
def landing(tmp_path):
    return Landing(str(tmp_path / "landing"))


def report(ad_ids, window=DAY, account="7", **fields):
    rows = [
        {
            "advertiser_id": account,
            "ad_id": ad,
            "stat_time_day": f"{window.start} 00:00:00",
            "spend": "1.50",
            "impressions": "9",
        }
        | fields
        for ad in ad_ids
    ]
    return Extraction(AD_REPORT_DAILY, lambda cursor: iter((Page(rows, "r1"),)), account, window=window)


def rows_of(landing, stream, *, upto, after=-1):
    files = landing.files(stream, upto=upto, after=after)
    return (
        duckdb.sql(f"select * from read_parquet({files}) order by _extracted_at, _row").to_arrow_table().to_pylist()
        if files
        else []
    )


def test_an_extraction_is_one_commit_and_its_manifest_says_what_was_asked(landing):
    manifest = landing.append(report(["a", "b"]))

    (read_back,) = landing.manifests(AD_REPORT_DAILY)
    assert read_back == manifest
    assert (read_back.commit, read_back.row_count, read_back.account, read_back.request_ids) == (0, 2, "7", ("r1",))
    assert read_back.window == DAY


def test_values_are_landed_as_the_wire_gave_them(landing):
    manifest = landing.append(report(["a"], spend="0010.500", likes=None, new_metric={"k": [1]}))

    (row,) = rows_of(landing, AD_REPORT_DAILY, upto=0)
    assert (row["spend"], row["likes"]) == ("0010.500", None)
    assert row["_extra"] == '{"new_metric": {"k": [1]}}'
    assert manifest.new_fields == ("new_metric",)
    assert row["_extracted_at"] == manifest.committed_at


def test_an_empty_extraction_is_knowledge_too(landing):
    landing.append(report(["a"]))
    landing.append(report([]))

    assert [manifest.row_count for manifest in landing.manifests(AD_REPORT_DAILY)] == [1, 0]
    assert rows_of(landing, AD_REPORT_DAILY, upto=1, after=0) == []


def test_only_the_commits_asked_for_are_read(landing):
    for ad in "abc":
        landing.append(report([ad]))

    assert [row["ad_id"] for row in rows_of(landing, AD_REPORT_DAILY, upto=1, after=0)] == ["b"]
    assert [manifest.commit for manifest in landing.manifests(AD_REPORT_DAILY, after=1)] == [2]


def test_a_report_without_its_required_columns_is_refused_and_nothing_is_landed(landing):
    broken = Extraction.of_rows(AD_REPORT_DAILY, [{"ad_id": "a", "surprise": "1"}], "7", window=DAY)

    with pytest.raises(SchemaDrift, match=r"stat_time_day.*surprise"):
        landing.append(broken)
    assert landing.manifests(AD_REPORT_DAILY) == []


def test_a_stream_that_was_never_extracted_has_no_manifests(landing):
    assert landing.manifests(CAMPAIGNS) == []
    assert landing.known_at(CAMPAIGNS, datetime(2030, 1, 1, tzinfo=UTC)) == -1


def test_knowledge_at_a_moment_is_a_run_of_commits_from_the_first(landing, tmp_path, monkeypatch):
    clock = tmp_path / "clock"
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{clock}")
    for moment in ("2026-11-01T10:00:00+00:00", "2026-11-03T10:00:00+00:00", "2026-11-02T10:00:00+00:00"):
        clock.write_text(moment)
        landing.append(report(["a"]))

    known = [landing.known_at(AD_REPORT_DAILY, datetime(2026, 11, day, 12, tzinfo=UTC)) for day in (1, 2, 3)]
    assert known == [0, 0, 2]  # a commit after a later one is not known before it


def test_a_wider_complete_extraction_overtakes_an_older_one_and_not_the_reverse(landing):
    narrow = landing.append(report(["a"]))
    wide = landing.append(report(["a"], window=Window(date(2026, 10, 1), date(2026, 11, 1))))
    other = landing.append(report(["a"], account="8"))

    assert wide.overtakes(narrow)
    assert not narrow.overtakes(wide)
    assert not other.overtakes(narrow)


def test_hostile_text_is_landed_unchanged(landing):
    text = "'; drop table x; -- <script>\u202e\x00\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")
    landing.append(Extraction.of_rows(CAMPAIGNS, [{"campaign_id": "1", "campaign_name": text}], "7"))

    (row,) = rows_of(landing, CAMPAIGNS, upto=0)
    assert row["campaign_name"] == text


APPEND_MANY = """
import sys
from datetime import date
from phygital_funnel.landing import Landing
from phygital_funnel.sources.stream import Extraction, Page, Window
from phygital_funnel.sources.tiktok_ads.streams import AD_REPORT_DAILY

url, account = sys.argv[1:]
day = Window(date(2026, 11, 1), date(2026, 11, 1))
for number in range(5):
    row = {"advertiser_id": account, "ad_id": str(number), "stat_time_day": "x", "spend": "1", "impressions": "1"}
    Landing(url).append(Extraction.of_rows(AD_REPORT_DAILY, [row], account, window=day))
"""


def test_writers_in_several_processes_get_strictly_ordered_commits_and_lose_nothing(tmp_path):
    url = str(tmp_path / "landing")
    writers = [subprocess.Popen([sys.executable, "-c", APPEND_MANY, url, account]) for account in ("1", "2", "3")]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    manifests = Landing(url).manifests(AD_REPORT_DAILY)
    assert [manifest.commit for manifest in manifests] == list(range(15))
    assert len(rows_of(Landing(url), AD_REPORT_DAILY, upto=14)) == 15


def test_a_commit_of_another_writer_in_the_middle_of_a_read_does_not_shift_the_numbers(landing, tmp_path, monkeypatch):
    """delta-rs numbers log entries down from the version the table was opened at."""
    url = str(tmp_path / "landing")
    landing.append(report(["a"]))
    reader = Landing(url)
    reader.newest(AD_REPORT_DAILY)
    landing.append(report(["b"]))
    history = DeltaTable.history
    others = [Landing(url)]

    def history_while_another_writes(table, limit=None):
        if others:
            others.pop().append(report(["c"]))
        return history(table, limit)

    monkeypatch.setattr(DeltaTable, "history", history_while_another_writes)
    commits = {manifest.manifest_id: manifest.commit for manifest in reader.manifests(AD_REPORT_DAILY)}
    monkeypatch.undo()

    assert commits == {manifest.manifest_id: manifest.commit for manifest in Landing(url).manifests(AD_REPORT_DAILY)}
    assert sorted(commits.values()) == [0, 1, 2]


def test_a_table_from_a_file_keeps_its_rejected_lines(landing):
    columns = {name: pa.array([None], pa.string()) for name in CAMPAIGNS.columns}
    rows = pa.table(columns | {"_extra": pa.array(["1,2"]), "_reject": pa.array(["malformed_line"])})
    landing.append(Extraction.of_rows(CAMPAIGNS, rows, "7"))

    (row,) = rows_of(landing, CAMPAIGNS, upto=0)
    assert (row["_reject"], row["_extra"], row["campaign_id"]) == ("malformed_line", "1,2", None)
