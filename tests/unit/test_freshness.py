"""How fresh each stream is, and how ``phygital sources`` tells it."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from phygital_funnel import decisions
from phygital_funnel.commands.sources import sources
from phygital_funnel.freshness import State, read_freshness
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.links.streams import CLICKS
from phygital_funnel.sources.reference.streams import LISTINGS
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Extraction, Window
from phygital_funnel.sources.tiktok_ads.streams import AD_REPORT_DAILY, CAMPAIGNS

NOW = datetime(2026, 11, 5, 13, tzinfo=UTC)
app = typer.Typer()
app.command()(sources)


class Home:
    """A home with two advertisers, whose clock can be set."""

    def __init__(self, folder, monkeypatch):
        self.clock = folder / "clock"
        self.at(NOW)
        (folder / "tiktok.json").write_text("{}")
        monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{self.clock}")
        monkeypatch.setenv("PHYGITAL_HOME", str(folder / "home"))
        monkeypatch.setenv("PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE", str(folder / "tiktok.json"))
        monkeypatch.setenv("PHYGITAL_TIKTOK_ADS_ACCOUNTS", "1,2")
        self.settings = Settings.from_env()

    def at(self, moment):
        self.clock.write_text(moment.isoformat())

    def land(self, stream, account, hours_ago, rows=3, **options):
        self.at(NOW - timedelta(hours=hours_ago))
        content = [dict.fromkeys(stream.columns, str(row)) for row in range(rows)]
        for row in content:
            row |= dict.fromkeys(stream.numbers, 1) | {name: [] for name in stream.nested}
            row |= dict.fromkeys(stream.flags, True)
        landed = Landing.of(self.settings).append(Extraction.of_rows(stream, content, account, **options))
        self.at(NOW)
        return landed

    def of(self, stream):
        return next(one for one in read_freshness(self.settings) if one.stream == stream)


@pytest.fixture
def home(tmp_path, monkeypatch):
    return Home(tmp_path, monkeypatch)


def listed(output):
    result = CliRunner().invoke(app, ["--format", output], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_a_stream_that_was_never_landed_says_so(home):
    found = home.of(CAMPAIGNS)
    assert (found.state, found.age, found.rows, found.newest_day) == (State.NEVER, None, None, None)
    assert (found.configured, found.fresh_accounts, found.accounts) == (True, 0, 2)


def test_a_stream_is_as_fresh_as_its_stalest_account(home):
    home.land(CAMPAIGNS, "1", hours_ago=1, rows=5)
    assert (home.of(CAMPAIGNS).state, home.of(CAMPAIGNS).fresh_accounts) == (State.STALE, 1)

    home.land(CAMPAIGNS, "2", hours_ago=24 * CAMPAIGNS.due_days)
    assert (home.of(CAMPAIGNS).state, home.of(CAMPAIGNS).fresh_accounts) == (State.FRESH, 2)

    home.at(NOW + timedelta(days=1))
    assert (home.of(CAMPAIGNS).state, home.of(CAMPAIGNS).fresh_accounts) == (State.STALE, 1)


def test_a_report_is_as_fresh_as_the_day_it_reaches(home):
    """An extraction of this hour that ends last week tells nothing of yesterday; the gate of landing says the same."""
    due = NOW.date() - timedelta(days=AD_REPORT_DAILY.due_days)
    for account in ("1", "2"):
        home.land(AD_REPORT_DAILY, account, hours_ago=300, window=Window(date(2026, 10, 1), due))
    assert home.of(AD_REPORT_DAILY).state is State.FRESH
    home.at(NOW + timedelta(days=1))
    home.land(AD_REPORT_DAILY, "1", hours_ago=0, window=Window(date(2026, 10, 1), due))
    home.at(NOW + timedelta(days=1))
    found = home.of(AD_REPORT_DAILY)
    assert (found.state, found.fresh_accounts, found.due) == (State.STALE, 0, "3 days")


def test_a_log_is_of_the_day_it_is_named_after(home):
    """Logs of a month that are dropped at once end where the newest of them does."""
    for day, state in (("2026-11-02", State.STALE), ("2026-11-03", State.FRESH)):
        home.land(CLICKS, f"{day}.csv", hours_ago=1, checksum=day)
        assert (home.of(CLICKS).state, home.of(CLICKS).newest_day) == (state, date.fromisoformat(day))


def test_the_newest_extraction_gives_age_and_rows_and_the_farthest_window_the_day(home):
    home.land(AD_REPORT_DAILY, "1", hours_ago=3, rows=7, window=Window(date(2026, 11, 1), date(2026, 11, 4)))
    home.land(AD_REPORT_DAILY, "1", hours_ago=2, rows=4, window=Window(date(2026, 10, 1), date(2026, 10, 2)))

    found = home.of(AD_REPORT_DAILY)
    assert (found.age, found.rows, found.newest_day) == (timedelta(hours=2), 4, date(2026, 11, 4))


def test_what_builds_must_not_use_makes_nothing_fresh(home):
    held = home.land(CAMPAIGNS, "1", hours_ago=1)
    home.land(CAMPAIGNS, "2", hours_ago=1, is_complete=False)
    decisions.decide(home.settings, decisions.HOLD, held.manifest_id, "looks odd")

    found = home.of(CAMPAIGNS)
    assert (found.state, found.rows, found.held) == (State.NEVER, None, 1)


def test_a_table_that_is_dropped_as_a_file_does_not_age(home):
    home.land(LISTINGS, "listings.csv", hours_ago=900, checksum="abc")

    found = home.of(LISTINGS)
    assert (found.state, found.configured, found.fresh_accounts) == (State.UNCHANGED, None, 1)
    assert (found.target, found.due, found.landed) == (None, "does not age", "37 d 12 h ago")
    listings = next(row for row in json.loads(listed("json")) if row["stream"] == "listings")
    assert (listings["state"], listings["due_days"]) == ("unchanged", None)


def test_every_format_lists_every_stream(home):
    home.land(CAMPAIGNS, "1", hours_ago=98)
    names = [(stream.source, stream.name) for stream in all_streams()]

    records = json.loads(listed("json"))
    rows = list(csv.DictReader(io.StringIO(listed("csv"))))
    markdown = [line.strip("| ").split(" | ") for line in listed("markdown").splitlines()]
    table = listed("table")

    assert [(row["source"], row["stream"]) for row in records] == names
    assert [(row["source"], row["stream"]) for row in rows] == names
    assert [tuple(line[:2]) for line in markdown[2:]] == names
    assert all(name in table for _, name in names)
    campaigns = names.index(("tiktok_ads", "campaigns"))
    assert records[campaigns]["age_hours"] == float(rows[campaigns]["age_hours"]) == 98.0
    assert records[campaigns]["state"] == rows[campaigns]["state"] == "stale"
    assert records[campaigns]["due_days"] == int(rows[campaigns]["due_days"]) == CAMPAIGNS.due_days
    assert "4 d 2 h ago" in markdown[2 + campaigns]
