"""Files of a drop on disk: which are read, under which name they land, and what happens when they change."""

import logging
from datetime import date

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import LandingError, RequestRefused, SchemaDrift, SourceUnreachable
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.drop import DropExtractor, read_drop
from phygital_funnel.sources.links.streams import CLICKS
from phygital_funnel.sources.reference.streams import CREATORS
from phygital_funnel.sources.stream import Window

WINDOW = Window(date(2026, 11, 3), date(2026, 11, 4))
HEADING = "click_id,clicked_at,visitor_id\n"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    (tmp_path / "clock").write_text("2026-11-05T13:00:00Z")
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{tmp_path / 'clock'}")
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})


@pytest.fixture
def drop(tmp_path):
    def drop(path, content):
        whole = tmp_path / "drop" / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_text(content)
        return whole

    return drop


def extracted(settings, stream=CLICKS, window=WINDOW):
    return list(DropExtractor(settings).extract(stream, "", window))


def ids(extraction):
    return [value for page in extraction.pages(None) for value in page.rows.column(0).to_pylist()]


def test_a_drop_that_is_not_there_is_told_of_and_lands_nothing(settings, drop, caplog):
    assert extracted(settings) == []
    assert "PHYGITAL_DROP_URL" in caplog.text

    caplog.clear()
    drop("links/registrations/2026-11-03.csv", "x\n")
    assert extracted(settings) == []
    assert "PHYGITAL_DROP_URL" not in caplog.text


def test_files_of_the_window_and_files_without_a_day_are_read_in_the_order_of_their_names(settings, drop):
    for name in (
        "2026-11-05.csv",
        "2026-11-04.csv",
        "2026-11-03_a.csv",
        "2026-11-02.csv",
        "late.csv",
        "2026-13-99.csv",
    ):
        drop(f"links/clicks/{name}", f"{HEADING}{name},t,v\n")
    drop("links/clicks.csv", f"{HEADING}alone,t,v\n")
    drop("links/registrations/2026-11-03.csv", "x\n")

    found = extracted(settings)

    names = ["2026-11-03_a.csv", "2026-11-04.csv", "2026-13-99.csv", "clicks.csv", "late.csv"]
    assert [extraction.account for extraction in found] == names
    assert [ids(extraction) for extraction in found] == [[name.replace("clicks.csv", "alone")] for name in names]


def test_a_drop_of_a_snapshot_replaces_the_table_whatever_the_file_is_called(settings, drop):
    for name in ("a.csv", "b.csv"):
        drop(f"reference/creators/{name}", f"creator_id,handle\n{name},h\n")
    assert [extraction.account for extraction in extracted(settings, CREATORS)] == ["", ""]


def test_a_home_without_a_drop_has_no_files(settings):
    assert extracted(settings) == []


def test_a_link_to_a_file_is_a_file_and_a_folder_is_none(settings, drop, tmp_path):
    (tmp_path / "drop/links/clicks/2026-11-03.csv").parent.mkdir(parents=True)
    (tmp_path / "drop/links/clicks/2026-11-03.csv").symlink_to(drop("elsewhere.csv", f"{HEADING}c1,t,v\n"))
    (tmp_path / "drop/links/clicks/2026-11-04.csv").mkdir()
    assert [ids(extraction) for extraction in extracted(settings)] == [["c1"]]


def test_what_is_not_read_is_told_unless_it_is_a_marker(settings, drop, caplog):
    for name in ("2026-11-03.xlsx", "_SUCCESS", ".2026-11-03.csv.part"):
        drop(f"links/clicks/{name}", "")
    with caplog.at_level(logging.WARNING):
        assert extracted(settings) == []
    assert [message.partition(": its name")[0] for message in caplog.messages] == [
        "links__clicks 2026-11-03.xlsx is not read"
    ]


def test_days_without_a_file_are_told(settings, drop, caplog):
    """Not those before the first file, nor today's, which is not over."""
    for day in ("2026-10-31", "2026-11-03"):
        drop(f"links/clicks/{day}.csv", HEADING)
    with caplog.at_level(logging.WARNING):
        extracted(settings, window=Window(date(2026, 10, 1), date(2026, 11, 5)))
    assert caplog.messages == [
        "links__clicks: 3 days of the window 2026-10-01 to 2026-11-05 have no file, the first 2026-11-01"
    ]


@pytest.mark.parametrize("name", ["a b.csv", "-rf.csv", "a;drop table x.csv", "<img>.csv", "é.csv", f"{'a' * 201}.csv"])
def test_a_hostile_name_is_refused_and_nothing_is_read(settings, drop, name):
    drop(f"links/clicks/{name}", f"{HEADING}c1,t,v\n")
    with pytest.raises(RequestRefused, match="rename it with letters, digits"):
        extracted(settings)


def test_a_file_that_changes_while_it_is_read_is_refused_and_read_again_later(settings, drop):
    path = drop("links/clicks/2026-11-03.csv", f"{HEADING}c1,t,v\n")
    (extraction,) = extracted(settings)
    pages = extraction.pages(None)
    next(pages)
    drop("links/clicks/2026-11-03.csv", f"{HEADING}c1,t,v\nc2,t,v\n")
    with pytest.raises(SourceUnreachable, match=r"clicks/2026-11-03\.csv changed while it was read"):
        list(pages)
    assert ids(read_drop(path, CLICKS)) == ["c1", "c2"]


def test_a_file_is_landed_once_and_again_when_its_content_changes(settings, drop):
    def land():
        return [manifest.row_count for manifest in pipeline.extract(settings, "links", WINDOW, stream="clicks")]

    drop("links/clicks/2026-11-03.csv", f"{HEADING}c1,t,v\n")
    assert (land(), land()) == ([1], [])
    drop("links/clicks/2026-11-03.csv", f"{HEADING}c1,t,v\nc2,t,v\n")
    assert (land(), land()) == ([2], [])
    assert [manifest.account for manifest in Landing.of(settings).manifests(CLICKS)] == ["2026-11-03.csv"] * 2


def test_a_file_that_was_read_but_not_landed_is_read_again_when_it_has_changed(settings, drop, monkeypatch):
    """The pages of an attempt that failed are kept for the next one, which must not take them for another content."""
    monkeypatch.setattr("phygital_funnel.sources.files.batch.PAGE_ROWS", 1)
    monkeypatch.setattr("phygital_funnel.sources.files.document.BLOCK", 32)
    drop("links/clicks/2026-11-03.csv", f"{HEADING}c1,t,v\nc2,t,v\nc3,t,v\nc4,t,v\nc5,t,v\nc6,t,v\n")
    with monkeypatch.context() as patch:
        patch.setattr("phygital_funnel.landing.files.pq.ParquetWriter", _full_disk)
        with pytest.raises((LandingError, OSError)):
            pipeline.extract(settings, "links", WINDOW, stream="clicks")
    drop("links/clicks/2026-11-03.csv", f"{HEADING}c7,t,v\nc8,t,v\n")
    (manifest,) = pipeline.extract(settings, "links", WINDOW, stream="clicks")
    assert manifest.row_count == 2


def _full_disk(*arguments, **options):
    raise OSError(28, "No space left on device")


def test_a_bad_file_lands_nothing_and_leaves_what_came_before_it(settings, drop):
    drop("links/clicks/2026-11-03.csv", f"{HEADING}c1,t,v\n")
    drop("links/clicks/2026-11-04.csv", "click_id\nc2\n")
    with pytest.raises(SchemaDrift, match=r"clicks/2026-11-04\.csv lacks the columns clicked_at, visitor_id"):
        pipeline.extract(settings, "links", WINDOW, stream="clicks")
    assert [manifest.account for manifest in Landing.of(settings).manifests(CLICKS)] == ["2026-11-03.csv"]


def test_a_second_attempt_of_a_run_lands_every_file_of_a_snapshot(settings, drop):
    """Both files are drops of one table, so a name that the first attempt landed says nothing of the second file."""
    drop("reference/creators/2026-11-03.csv", "creator_id,handle\nc1,h\n")
    pipeline.extract(settings, "reference", WINDOW, stream="creators", run="r")
    drop("reference/creators/2026-11-04.csv", "creator_id,handle\nc2,h\n")
    pipeline.extract(settings, "reference", WINDOW, stream="creators", run="r")
    assert Landing.of(settings).snapshot(CREATORS)["creator_id"].to_pylist() == ["c2"]
    assert pipeline.extract(settings, "reference", WINDOW, stream="creators", run="r") == []


def test_a_path_that_is_no_file_is_refused(tmp_path):
    with pytest.raises(RequestRefused, match="is not a file"):
        read_drop(tmp_path, CLICKS)


def test_event_files_are_all_read_before_the_first_is_landed(settings, drop):
    good, bad = drop("a.csv", f"{HEADING}c1,t,v\n"), drop("b.csv", "creator_id\nc1\n")
    with pytest.raises(SchemaDrift):
        pipeline.load_files(settings, {CLICKS: str(good), CREATORS: str(bad)})
    assert Landing.of(settings).manifests(CLICKS) == []
