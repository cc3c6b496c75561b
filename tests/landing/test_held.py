"""A doubtful extraction waits for a person: landed, not used, shown with its reason, accepted or held again."""

from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner

from phygital_funnel.commands.landing import app
from phygital_funnel.decisions import HOLD, RELEASE, decide, held_extractions, held_manifests
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Extraction, Window
from phygital_funnel.sources.tiktok_ads.streams import AD_REPORT_DAILY, CAMPAIGNS
from phygital_funnel.status import read_status
from phygital_funnel.warehouse import raw
from phygital_funnel.warehouse.database import connect

DAY = Window(date(2026, 11, 1), date(2026, 11, 1))
REASON = "10 rows for the same window, of which an earlier extraction brought 40."


@pytest.fixture
def clock(tmp_path, monkeypatch):
    file = tmp_path / "clock"
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{file}")
    file.write_text("2026-11-02T00:00:00+00:00")
    return file


@pytest.fixture
def settings(tmp_path, clock, monkeypatch):
    monkeypatch.setenv("PHYGITAL_HOME", str(tmp_path / "home"))
    return Settings.from_env()


@pytest.fixture
def landing(settings):
    return Landing.of(settings)


def report(ads, spend="1", account="7"):
    needed = dict.fromkeys(AD_REPORT_DAILY.required, "1")
    rows = [
        needed | {"advertiser_id": account, "ad_id": str(ad), "stat_time_day": "2026-11-01 00:00:00", "spend": spend}
        for ad in range(ads)
    ]
    return Extraction.of_rows(AD_REPORT_DAILY, rows, account, window=DAY)


def campaigns(count):
    rows = [dict.fromkeys(CAMPAIGNS.required or CAMPAIGNS.key, str(number)) for number in range(count)]
    return Extraction.of_rows(CAMPAIGNS, rows, "7")


def is_held(con, landing, settings):
    held = held_manifests(settings)
    raw.stage_incoming(con, landing, {AD_REPORT_DAILY.relation: landing.newest(AD_REPORT_DAILY)}, held)
    waiting = con.sql(f"select count(*) from incoming.{AD_REPORT_DAILY.relation}").fetchall()[0][0]
    raw.accept(con, held)
    return waiting, con.sql("select _commit, is_held, doubt from raw.manifests order by 1").fetchall()


def test_a_truncated_extraction_is_landed_and_held_with_its_reason(landing, settings):
    landing.append(report(40))
    cut = landing.append(report(10))

    assert cut.doubt == REASON
    assert [one.row_count for one in landing.manifests(AD_REPORT_DAILY)] == [40, 10]
    assert held_manifests(settings) == {cut.manifest_id}
    assert held_extractions(settings) == [(cut, REASON)]
    (line,) = read_status(settings).held
    assert line == f"{cut.manifest_id} tiktok_ads.ad_report_daily 7 2026-11-01..2026-11-01: {REASON}"


def test_the_status_is_told_even_if_landing_cannot_be_read(settings, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "landing").write_text("a file where the folder should be")

    (line,) = read_status(settings).held
    assert line.startswith("not known: ")
    assert "check PHYGITAL_LANDING_URL" in line


def test_the_measure_is_never_a_held_extraction(landing):
    landing.append(report(40))
    landing.append(report(10))

    assert landing.append(report(10)).doubt == REASON  # not "as many as last time"
    assert landing.append(report(38)).doubt == ""


def test_an_extraction_that_a_person_holds_is_no_measure_either(landing, settings):
    landing.append(report(40))
    wrong = landing.append(report(400))
    decide(settings, HOLD, wrong.manifest_id, "counted ten times")

    assert landing.append(report(40)).doubt == ""


def test_a_held_snapshot_is_not_current(landing):
    landing.append(campaigns(30))
    cut = landing.append(campaigns(3))

    assert cut.doubt.startswith("3 rows for everything")
    assert landing.snapshot(CAMPAIGNS).num_rows == 30


def test_a_build_uses_it_only_once_it_is_accepted_and_no_longer_when_it_is_held_again(landing, settings):
    landing.append(report(40))
    cut = landing.append(report(10))
    with connect() as con:
        assert is_held(con, landing, settings) == (40, [(0, False, ""), (1, True, REASON)])
        decide(settings, RELEASE, cut.manifest_id, "three quarters of the ads were paused")
        assert is_held(con, landing, settings) == (0, [(0, False, ""), (1, False, REASON)])
        decide(settings, HOLD, cut.manifest_id, "they were not")
        assert is_held(con, landing, settings) == (0, [(0, False, ""), (1, True, REASON)])


def test_an_accepted_extraction_becomes_the_measure(landing, settings):
    landing.append(report(40))
    cut = landing.append(report(10))
    decide(settings, RELEASE, cut.manifest_id, "paused")

    assert landing.append(report(10)).doubt == ""


def test_a_past_state_of_knowledge_knows_what_was_accepted_by_then(landing, settings, clock):
    landing.append(report(40))
    cut = landing.append(report(10))
    clock.write_text("2026-11-03T00:00:00+00:00")
    decide(settings, RELEASE, cut.manifest_id, "paused")

    assert held_manifests(settings, datetime(2026, 11, 2, 12, tzinfo=UTC)) == {cut.manifest_id}
    assert held_manifests(settings) == frozenset()


def test_the_command_line_shows_what_is_held_and_accepts_it(landing, settings):
    landing.append(report(40))
    cut = landing.append(report(10))
    cli = CliRunner()

    shown = cli.invoke(app, ["list", "--held"])
    assert (cut.manifest_id in shown.output, REASON in shown.output) == (True, True)
    accepted = cli.invoke(app, ["accept", cut.manifest_id, "--reason", "paused"])
    assert accepted.output == f"{cut.manifest_id} is accepted, 10 rows; the next build uses it\n"
    assert cli.invoke(app, ["list", "--held"]).output == "nothing is held\n"
    assert cut.manifest_id in cli.invoke(app, ["list"]).output


def test_the_command_line_compacts_one_stream_or_says_that_it_knows_none(landing, settings):
    for number in range(3):
        landing.append(report(1, account=str(number)))
    cli = CliRunner()

    done = cli.invoke(app, ["compact", "--stream", "tiktok_ads.ad_report_daily"])
    assert done.output == "tiktok_ads.ad_report_daily: 3 files became 1, 0 removed\n"
    refused = cli.invoke(app, ["compact", "--stream", "tiktok_ads.adverts"])
    assert isinstance(refused.exception, ConfigError)
    assert "'tiktok_ads.adverts' is not a stream" in str(refused.exception)
