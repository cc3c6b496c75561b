"""Landing in a bucket behaves as landing in a folder, over real HTTP against another implementation of S3."""

import signal

import pytest
import s3fs

from phygital_funnel.errors import ConfigError, LandingError
from phygital_funnel.landing import Landing, compaction
from phygital_funnel.landing.storage import Storage
from phygital_funnel.sources.stream import Extraction, Window
from phygital_funnel.sources.tiktok_ads.streams import CAMPAIGNS
from phygital_funnel.warehouse import raw
from phygital_funnel.warehouse.database import connect

from .extractors import Run, extractors
from .feed import NOISE, PAGE_ROWS, REPORT, Feed, current
from .s3 import SECRET, object_store
from .test_kills import PAGES, assert_whole, expected, kill_once

KILLS = 4


@pytest.fixture(scope="module")
def store():
    with object_store() as running:
        yield running


@pytest.fixture(scope="module")
def fleet(store):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in store.environment.items():
            patch.setenv(name, value)
        with extractors() as running:
            yield running


@pytest.fixture
def bucket(store, request, monkeypatch):
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    name = f"bucket-{abs(hash(request.node.name))}"
    s3fs.S3FileSystem().mkdir(name)
    yield f"s3://{name}/landing"
    s3fs.S3FileSystem.clear_instance_cache()


def campaigns(*ids, account="7"):
    return Extraction.of_rows(CAMPAIGNS, [{"campaign_id": one, "campaign_name": "n"} for one in ids], account)


def raw_rows(con, landing, stream):
    raw.stage_incoming(con, landing, {stream.relation: landing.newest(stream)}, frozenset())
    raw.accept(con, frozenset())
    return con.sql(f"select _commit, campaign_id from raw.{stream.relation} order by all").fetchall()


def test_an_extraction_is_landed_read_back_and_loaded(bucket, tmp_path):
    landing = Landing(bucket)
    landing.append(campaigns("a", "b"))
    landing.append(campaigns("c", account="8"))

    again = Landing(bucket)
    assert [(one.commit, one.row_count) for one in again.manifests(CAMPAIGNS)] == [(0, 2), (1, 1)]
    assert again.snapshot(CAMPAIGNS)["campaign_id"].to_pylist() == ["a", "b", "c"]
    with connect(tmp_path / "build.duckdb") as con:
        assert raw_rows(con, again, CAMPAIGNS) == [(0, "a"), (0, "b"), (1, "c")]
        landing.append(campaigns("d"))
        assert raw_rows(con, again, CAMPAIGNS)[-1] == (2, "d")


def test_writers_in_several_processes_lose_nothing(bucket, fleet, tmp_path):
    runs = [Run(bucket, str(tmp_path / "spool"), 2, "1", account=account) for account in ("1", "2", "2")]
    ends = fleet.run(*runs)

    assert [end.status for end in ends] == [0, 0, 0]
    landing = Landing(bucket)
    assert [manifest.commit for manifest in landing.manifests(REPORT)] == [0, 1, 2]
    assert_whole(landing, 2 * PAGE_ROWS)


@pytest.mark.slow
def test_a_killed_extraction_shows_no_part_and_loses_nothing(bucket, fleet, tmp_path):
    spool = str(tmp_path / "spool")
    (first,) = fleet.run(Run(bucket, spool, PAGES, "first"))
    for number in range(KILLS):
        run = Run(bucket, spool, PAGES, value=f"round {number}")
        kill_once(fleet, run, first.seconds * (number + 0.5) / KILLS)
        assert_whole(Landing(bucket))
        (end,) = fleet.run(run)

        assert end.status == 0
        assert current(Landing(bucket)) == expected(run.value)


def test_a_kill_in_the_middle_of_an_upload_leaves_no_object(bucket, fleet, tmp_path):
    run = Run(bucket, str(tmp_path / "spool"), pages=2, value=NOISE, rows=50_000)
    (end,) = fleet.run(Run(**{**vars(run), "dies_uploading": True}))
    files = s3fs.S3FileSystem(use_listings_cache=False)
    name = bucket.removeprefix("s3://").split("/")[0]

    assert end.status == -signal.SIGKILL
    assert files.find(name) == []
    assert files.call_s3("list_multipart_uploads", Bucket=name)["Uploads"], "the kill came before the upload began"
    (end,) = fleet.run(run)
    assert end.status == 0
    assert_whole(Landing(bucket), 100_000)


def test_compaction_in_a_bucket_changes_no_row(bucket, monkeypatch):
    monkeypatch.setattr(compaction, "SHORTEST_RETENTION_DAYS", 0)
    landing = Landing(bucket)
    for number in range(4):
        landing.append(Feed(1, value=str(number)).extraction(str(number)))
    before = landing.snapshot(REPORT)
    done = landing.compact(REPORT, 0)

    assert (done.merged, done.made, done.removed) == (4, 1, 4)
    assert len(landing.files(REPORT, upto=99)) == 1
    assert Landing(bucket).snapshot(REPORT) == before


@pytest.mark.parametrize("call", ["manifests", "append"])
def test_a_missing_bucket_is_named(bucket, call):
    landing = Landing("s3://no-such-bucket/landing")

    with pytest.raises(LandingError, match=r"there is no bucket 'no-such-bucket'; create it or correct PHYGITAL_LAND"):
        landing.manifests(CAMPAIGNS) if call == "manifests" else landing.append(campaigns("a"))


@pytest.mark.parametrize("requests_before", [0, 3])
def test_refused_credentials_are_named_and_never_shown(bucket, store, requests_before, caplog):
    landing = Landing(bucket)
    store.check_credentials(after=requests_before)
    try:
        with pytest.raises(LandingError, match=r"refuses the credentials.*AWS_ACCESS_KEY_ID") as refused:
            landing.append(campaigns("a"))
    finally:
        store.check_credentials(after=float("inf"))

    cause = refused.value.__cause__
    assert SECRET not in f"{refused.value} {cause!r} {cause} {caplog.text}"


def test_a_dead_endpoint_is_told_from_a_missing_bucket(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(LandingError, match=r"the storage cannot be used.*check AWS_ENDPOINT_URL"):
        Landing(bucket).manifests(CAMPAIGNS)


def test_an_endpoint_that_dies_before_the_upload_is_named_and_costs_no_page(bucket, tmp_path, monkeypatch):
    landing = Landing(bucket, tmp_path / "spool")
    feed = Feed(3)
    nowhere = s3fs.S3FileSystem(endpoint_url="http://127.0.0.1:9", config_kwargs={"retries": {"max_attempts": 0}})
    with monkeypatch.context() as patch:
        patch.setattr(landing.storage, "filesystem", lambda: nowhere)
        with pytest.raises(LandingError, match=r"could not be written.*the storage cannot be used.*AWS_ENDPOINT_URL"):
            landing.append(feed.extraction())
    landing.append(feed.extraction())

    assert feed.asked == [0, 1, 2]
    assert_whole(Landing(bucket), 3 * PAGE_ROWS)


def test_another_kind_of_url_is_refused():
    with pytest.raises(ConfigError, match="neither a folder nor of the form s3://bucket/prefix"):
        Storage("ftp://somewhere/landing")


def test_a_window_is_read_whole_from_a_bucket(bucket):
    """More than one page, so that rows go through the spool."""
    landing = Landing(bucket)
    landing.append(Feed(PAGES, value="x").extraction(window=Window(*Feed(1).extraction().window.days()[::6])))

    assert current(landing) == expected("x")
