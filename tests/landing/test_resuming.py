"""Pages that were read are not asked for again, unless they could be out of date."""

import json
import os
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from phygital_funnel.errors import RequestRefused, SchemaDrift, SourceUnreachable, TruncatedReport
from phygital_funnel.landing import Landing, files, reading
from phygital_funnel.landing.rows import landed_schema
from phygital_funnel.landing.spool import Spool
from phygital_funnel.sources.stream import Extraction, Page, Window

from .feed import REPORT, Feed, current, page_rows

PAGES = 6
BROKEN_AT = 4


@pytest.fixture
def landing(tmp_path):
    return Landing(str(tmp_path / "landing"), tmp_path / "spool")


@pytest.fixture
def stopped(landing):
    """A feed whose first attempt broke off after four of six pages."""
    feed = Feed(PAGES)
    feed.fails_at[BROKEN_AT] = SourceUnreachable("tiktok_ads", "no answer.")
    with pytest.raises(SourceUnreachable):
        landing.append(feed.extraction())
    return feed


def spools(tmp_path):
    return list((tmp_path / "spool").glob("*"))


def whole(value="1", pages=PAGES):
    rows = [row for number in range(pages) for row in page_rows(number, value)]
    return sorted((row["stat_time_day"], row["ad_id"], row["spend"]) for row in rows)


def test_the_next_attempt_goes_on_where_the_first_one_stopped(landing, stopped, tmp_path):
    manifest = Landing(str(tmp_path / "landing"), tmp_path / "spool").append(stopped.extraction())

    assert stopped.asked == [0, 1, 2, 3, 4, 5]
    assert current(landing) == whole()
    assert (manifest.pages, manifest.row_count) == (6, 300)
    assert manifest.request_ids == tuple(f"request-{number}" for number in range(PAGES))
    assert sum(manifest.rows_by_day.values()) == 300
    assert spools(tmp_path) == []


def test_nothing_is_landed_of_an_extraction_that_stopped(landing, stopped):
    assert landing.manifests(REPORT) == []


def test_pages_older_than_an_hour_are_not_used(landing, stopped, tmp_path):
    (progress,) = (tmp_path / "spool").rglob("progress.json")
    os.utime(progress, (progress.stat().st_atime, progress.stat().st_mtime - 3601))
    landing.append(stopped.extraction())

    assert stopped.asked == [0, 1, 2, 3, 0, 1, 2, 3, 4, 5]
    assert current(landing) == whole()


def test_pages_that_are_old_by_the_clock_are_not_used(landing, stopped, tmp_path, monkeypatch):
    clock = tmp_path / "clock"
    clock.write_text("2036-01-01T00:00:00+00:00")
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{clock}")
    landing.append(stopped.extraction())

    assert stopped.asked == [0, 1, 2, 3, 0, 1, 2, 3, 4, 5]


def test_another_window_does_not_take_up_the_pages(landing, stopped):
    landing.append(stopped.extraction(window=Window(date(2026, 11, 1), date(2026, 11, 6))))

    assert stopped.asked[4:] == [0, 1, 2, 3, 4, 5]


def test_a_source_without_cursors_is_read_from_its_first_page_again(landing):
    def pages(cursor):
        assert cursor is None
        for number in range(3):
            yield Page(page_rows(number), "r")
        if not attempts:
            attempts.append(1)
            raise SourceUnreachable("tiktok_ads", "no answer.")

    attempts: list[int] = []
    extraction = Extraction(REPORT, pages, "7", window=Window(date(2026, 11, 1), date(2026, 11, 7)))
    with pytest.raises(SourceUnreachable):
        landing.append(extraction)
    assert landing.append(extraction).row_count == 150
    assert current(landing) == whole(pages=3)


@pytest.mark.parametrize("refusal", [RequestRefused, TruncatedReport])
def test_when_an_earlier_cursor_is_refused_all_is_read_once_more(landing, stopped, tmp_path, caplog, refusal):
    stopped.fails_at[BROKEN_AT] = refusal("tiktok_ads", "the cursor has expired.")
    manifest = landing.append(stopped.extraction())

    assert stopped.asked == [0, 1, 2, 3, 0, 1, 2, 3, 4, 5]
    assert (manifest.pages, manifest.row_count, len(manifest.request_ids)) == (6, 300, 6)
    assert sum(manifest.rows_by_day.values()) == 300
    assert current(landing) == whole()
    assert "all are read again: tiktok_ads: the cursor has expired." in caplog.text
    assert spools(tmp_path) == []


def test_a_refusal_of_the_second_reading_too_is_told(landing, stopped):
    def pages(cursor):
        asked.append(cursor)
        raise RequestRefused("tiktok_ads", "no such advertiser.")
        yield

    asked: list[int | None] = []
    with pytest.raises(RequestRefused, match="no such advertiser"):
        landing.append(replace(stopped.extraction(), pages=pages))
    assert asked == [BROKEN_AT, None]


def test_a_refusal_without_earlier_pages_is_told_at_once(landing):
    feed = Feed(PAGES)
    feed.fails_at[BROKEN_AT] = RequestRefused("tiktok_ads", "too many pages.")
    with pytest.raises(RequestRefused):
        landing.append(feed.extraction())

    assert feed.asked == [0, 1, 2, 3]


def moved(number):
    """The fifth page once a row of the fourth has moved onto it and pushed its own first row out."""
    return [page_rows(3)[-1], *page_rows(number)[1:]] if number == BROKEN_AT else page_rows(number)


def shifted(begun_anew):
    """A listing that moves, and stands still again when it is read from its first page."""

    def pages(cursor):
        if cursor is None:
            begun_anew.append(1)
        for number in range(cursor or 0, PAGES):
            rows = page_rows(number) if cursor is None else moved(number)
            yield Page(rows, f"request-{number}", number + 1)

    return pages


def test_a_listing_that_moved_between_two_attempts_is_read_once_more(landing, stopped, caplog):
    begun_anew: list[int] = []
    manifest = landing.append(replace(stopped.extraction(), pages=shifted(begun_anew)))

    assert begun_anew == [1]
    assert manifest.row_count == 300
    assert current(landing) == whole()
    assert "rows came twice" in caplog.text


def test_it_is_noticed_when_the_attempt_that_went_on_was_killed_before_it_landed(landing, stopped, monkeypatch):
    begun_anew: list[int] = []
    again = replace(stopped.extraction(), pages=shifted(begun_anew))
    with monkeypatch.context() as patch:
        patch.setattr(reading, "repeats_a_key", killed)
        with pytest.raises(KeyboardInterrupt):
            landing.append(again)
    landing.append(again)

    assert begun_anew == [1]
    assert current(landing) == whole()


def killed(*_):
    raise KeyboardInterrupt


def test_rows_that_come_twice_in_one_reading_are_for_the_source_to_judge(landing):
    def pages(cursor):
        begun.append(cursor)
        yield Page(page_rows(0), "r0", 1)
        yield Page(page_rows(0), "r1", 2)

    begun: list[int | None] = []
    landing.append(Extraction(REPORT, pages, "7", window=Feed(1).extraction().window))

    assert begun == [None]


def test_rejected_rows_and_keys_of_their_own_are_no_repeats():
    schema = landed_schema(REPORT)
    row = dict.fromkeys(schema.names)
    ads = [{**row, "ad_id": "1"}, {**row, "ad_id": "2"}, {**row, "ad_id": "1", "_reject": "no date"}]
    batches = [pa.RecordBatch.from_pylist([ad], schema=schema) for ad in ads]

    assert not reading.repeats_a_key(REPORT, [])
    assert not reading.repeats_a_key(REPORT, batches)
    assert reading.repeats_a_key(REPORT, [*batches, batches[1]])


def test_another_run_does_not_take_up_the_pages_and_the_same_one_does(landing):
    feed = Feed(PAGES, value="old")
    feed.fails_at[BROKEN_AT] = SourceUnreachable("tiktok_ads", "no answer.")
    with pytest.raises(SourceUnreachable):
        landing.append(feed.extraction(), "monday")
    other = Feed(PAGES, value="new")
    landing.append(other.extraction(), "tuesday")

    assert other.asked == [0, 1, 2, 3, 4, 5]
    assert current(landing) == whole("new")
    landing.append(feed.extraction(), "monday")
    assert feed.asked == [0, 1, 2, 3, 4, 5]


def test_pages_are_kept_when_only_the_landing_failed(landing, tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("the disk is on fire")

    feed = Feed(PAGES)
    with monkeypatch.context() as patch:
        patch.setattr(files, "write", broken)
        with pytest.raises(RuntimeError):
            landing.append(feed.extraction())
    landing.append(feed.extraction())

    assert feed.asked == [0, 1, 2, 3, 4, 5]
    assert current(landing) == whole()
    assert spools(tmp_path) == []


def test_a_kill_while_the_second_page_is_kept_in_a_used_folder_loses_no_page(landing, stopped, tmp_path, monkeypatch):
    (progress,) = (tmp_path / "spool").rglob("progress.json")
    os.utime(progress, (0, 0))
    with monkeypatch.context() as patch:
        record = Spool._record
        patch.setattr(Spool, "_record", lambda spool: killed() if spool.progress.pages == 2 else record(spool))
        with pytest.raises(KeyboardInterrupt):
            landing.append(stopped.extraction())
    landing.append(stopped.extraction())

    assert current(landing) == whole()


@pytest.mark.parametrize("damage", ["short", "zeros", "progress"])
def test_what_a_power_cut_leaves_is_not_taken_for_pages(landing, stopped, tmp_path, damage):
    (pages,) = (tmp_path / "spool").rglob("pages.arrow")
    size = pages.stat().st_size
    if damage == "short":
        os.truncate(pages, size - 100)
    elif damage == "zeros":
        with pages.open("r+b") as file:
            file.seek(size - 2000)
            file.write(bytes(2000))
    else:
        pages.with_name("progress.json").write_text('{"pages": 3')
    landing.append(stopped.extraction())

    assert stopped.asked[4:] == [0, 1, 2, 3, 4, 5]
    assert current(landing) == whole()


def test_pages_that_are_landed_already_are_not_landed_as_the_next_extraction(landing, stopped, tmp_path):
    """A kill between the commit and the removal of the spool."""
    (progress,) = (tmp_path / "spool").rglob("progress.json")
    folder = progress.parent
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    manifest = landing.append(stopped.extraction())
    folder.mkdir()
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    assert json.loads(progress.read_text())["manifest_id"] == manifest.manifest_id
    again = landing.append(stopped.extraction())

    assert again.manifest_id != manifest.manifest_id
    assert stopped.asked[6:] == [0, 1, 2, 3, 4, 5]


def test_a_second_extractor_of_the_same_window_does_not_touch_the_pages_of_the_first(landing, tmp_path):
    rival = Feed(PAGES, value="rival")

    def pages(cursor):
        yield from Feed(3).pages(cursor)
        Landing(str(tmp_path / "landing"), tmp_path / "spool").append(rival.extraction())
        yield from Feed(PAGES).pages(3)

    manifest = landing.append(Extraction(REPORT, pages, "7", window=Feed(1).extraction().window))

    assert rival.asked == [0, 1, 2, 3, 4, 5]
    assert [one.row_count for one in landing.manifests(REPORT)] == [300, 300]
    assert manifest.commit == 1
    assert current(landing) == whole()
    assert spools(tmp_path) == []


def test_one_page_needs_no_disk(landing, tmp_path):
    landing.append(Feed(1).extraction())

    assert not (tmp_path / "spool").exists()


def test_drift_on_a_later_page_names_it_and_lands_nothing(landing, tmp_path):
    def pages(cursor):
        yield Page(page_rows(0), "r0", 1)
        yield Page([{**row, "spend": 3} for row in page_rows(1)], "r1", 2)

    with pytest.raises(SchemaDrift, match=r"ad_report_daily of 7, page 2 has spend as a number, not text\."):
        landing.append(Extraction(REPORT, pages, "7", window=Feed(1).extraction().window))
    assert landing.manifests(REPORT) == []
    assert spools(tmp_path) == []


def test_what_was_read_is_told_to_the_source_only_once_it_is_landed(landing):
    told = []
    extraction = Feed(2).extraction(on_landed=lambda: told.append(landing.newest(REPORT)))
    landing.append(extraction)

    assert told == [0]


def test_spools_that_nobody_took_up_are_removed(landing, stopped, tmp_path):
    (left,) = spools(tmp_path)
    for path in (*left.iterdir(), left):
        os.utime(path, (0, 0))
    landing.append(Feed(2).extraction(account="8"))

    assert spools(tmp_path) == []
