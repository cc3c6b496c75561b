"""Extraction over real HTTP: what arrives, how windows are asked for, what is refused; all ways there are the same."""

import json
from dataclasses import replace
from datetime import date

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import AuthError, ConfigError, RequestRefused, SeveralRefused, SourceUnreachable
from phygital_funnel.landing import Landing
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources import amazon_auth
from phygital_funnel.sources.registry import STREAMS, all_streams, streams_of
from phygital_funnel.sources.stream import Window

from .conftest import ACCOUNTS, FIRST_57_DAYS

LAST_DAYS = Window(date(2026, 11, 1), date(2026, 11, 2))
READ = [source for source in STREAMS if source != "events"]
"""The sandbox's brand captures no paths of its own in this world."""
OF_THE_EXTRACTION = ("_manifest_id", "_extracted_at")


@pytest.fixture(autouse=True)
def signed_out(monkeypatch):
    """No token of an earlier test is at hand."""
    monkeypatch.setattr(amazon_auth, "_TOKENS", {})


@pytest.fixture
def with_reference(settings):
    """Products and markets, which some streams of a marketplace ask for."""
    pipeline.extract(settings, "reference", LAST_DAYS)
    return settings


def commits(settings):
    landing = Landing.of(settings)
    return {stream.relation: landing.newest(stream) for stream in all_streams()}


@pytest.mark.parametrize("source", READ)
def test_every_stream_of_a_source_lands_rows(with_reference, source):
    manifests = pipeline.extract(with_reference, source, LAST_DAYS, account=ACCOUNTS.get(source))
    if source == "reference":  # landed already, and the files are the same
        manifests = [m for s in STREAMS[source] for m in Landing.of(with_reference).manifests(s)]

    brought = {manifest.stream: 0 for manifest in manifests}
    for manifest in manifests:
        brought[manifest.stream] += manifest.row_count
    assert set(brought) == {stream.name for stream in streams_of(source)}
    assert all(brought.values()), brought
    assert all(manifest.is_complete and not manifest.doubt for manifest in manifests)


@pytest.mark.parametrize("source", READ)
def test_the_command_line_and_the_mapped_tasks_land_the_same_rows_in_the_same_order(
    with_reference, sandbox, tmp_path, monkeypatch, landed_rows, source
):
    """A task of a DAG takes one account and one stream; the command line takes all of the source."""
    accounts = (ACCOUNTS[source],) if source in ACCOUNTS else ("",)
    by_command = with_reference
    pipeline.extract(by_command, source, LAST_DAYS, account=ACCOUNTS.get(source), run="cli-0001")
    by_tasks = replace(by_command, home=tmp_path / "tasks", landing_url=str(tmp_path / "tasks" / "landing"))
    pipeline.extract(by_tasks, "reference", LAST_DAYS, run="scheduled__1")

    for account in accounts:
        for stream in STREAMS[source]:
            pipeline.extract(by_tasks, source, LAST_DAYS, account=account, stream=stream.name, run="scheduled__1")

    for stream in STREAMS[source]:
        one, other = (facts(landed_rows(home, stream)) for home in (by_command, by_tasks))
        assert one == other, stream.relation
        assert one


def facts(rows):
    return [{name: value for name, value in row.items() if name not in OF_THE_EXTRACTION} for row in rows]


def test_a_long_window_is_asked_for_in_pieces_that_are_cut_at_fixed_dates(settings):
    manifests = pipeline.extract(
        settings, "tiktok_ads", FIRST_57_DAYS, account=ACCOUNTS["tiktok_ads"], stream="ad_report_daily"
    )

    assert [(m.window_from, m.window_to) for m in manifests] == [
        (date(2026, 9, 7), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 30)),
        (date(2026, 10, 31), date(2026, 11, 2)),
    ]


@pytest.mark.parametrize(
    ("day", "first"), [(date(2026, 11, 2), date(2026, 10, 27)), (date(2026, 10, 31), date(2026, 10, 4))]
)
def test_a_daily_run_re_reads_a_week_and_saturdays_run_four(settings, day, first):
    (report,) = pipeline.extract(
        settings, "tiktok_ads", Window(day, day), account=ACCOUNTS["tiktok_ads"], stream="ad_report_daily"
    )

    assert (report.window_from, report.window_to) == (first, day)


def test_a_file_that_is_landed_already_is_not_landed_again(settings):
    first = pipeline.extract(settings, "links", LAST_DAYS)
    second = pipeline.extract(settings, "links", LAST_DAYS)

    assert len(first) == 4  # clicks and registrations of two days
    assert second == []


def test_a_second_attempt_of_a_run_leaves_out_what_the_first_landed(settings):
    first = pipeline.extract(settings, "tiktok_ads", LAST_DAYS, account=ACCOUNTS["tiktok_ads"], run="r1")
    second = pipeline.extract(settings, "tiktok_ads", LAST_DAYS, account=ACCOUNTS["tiktok_ads"], run="r1")
    another = pipeline.extract(settings, "tiktok_ads", LAST_DAYS, account=ACCOUNTS["tiktok_ads"], run="r2")

    assert second == []
    assert len(another) == len(first) > 0


@pytest.mark.parametrize("source", API_SOURCES)
def test_an_unreachable_platform_is_named(settings, source):
    deaf = replace(settings.source(source), base_url="http://127.0.0.1:9")
    unreachable = replace(settings, sources={**settings.sources, source: deaf})

    with pytest.raises(SourceUnreachable, match=source):
        pipeline.extract(unreachable, source, LAST_DAYS, account=ACCOUNTS[source])


@pytest.mark.parametrize("source", API_SOURCES)
def test_wrong_credentials_are_refused_at_once_and_never_shown(settings, tmp_path, source):
    secret = "not-the-right-one-4711"  # noqa: S105 - it is meant to be wrong
    known = json.loads(settings.source(source).credentials_file.read_text())
    path = tmp_path / "wrong.json"
    wrong_ones = {name: secret for name in known if "token" in name or "secret" in name}
    path.write_text(json.dumps(known | wrong_ones))
    wrong = replace(settings.source(source), credentials_file=path)

    with pytest.raises(AuthError, match=f"PHYGITAL_{source.upper()}_CREDENTIALS_FILE") as refusal:
        pipeline.extract(
            replace(settings, sources={**settings.sources, source: wrong}), source, LAST_DAYS, account=ACCOUNTS[source]
        )
    assert secret not in str(refusal.value)
    assert set(commits(settings).values()) == {-1}


@pytest.mark.parametrize("source", API_SOURCES)
@pytest.mark.parametrize("content", [None, "no json", "{}", "[]"])
def test_an_unusable_credentials_file_is_refused(settings, tmp_path, source, content):
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_text(content)
    broken = replace(settings.source(source), credentials_file=path)

    with pytest.raises(ConfigError, match="CREDENTIALS_FILE"):
        pipeline.extract(replace(settings, sources={source: broken}), source, LAST_DAYS, account="1")


@pytest.mark.parametrize("source", API_SOURCES)
def test_an_unknown_account_is_refused_with_what_to_check(with_reference, source):
    before = commits(with_reference)

    with pytest.raises((RequestRefused, AuthError, ConfigError), match=r"999"):
        pipeline.extract(with_reference, source, LAST_DAYS, account="999")
    assert commits(with_reference) == before


def test_an_unconfigured_source_is_refused_with_what_to_set(settings):
    bare = replace(settings.source("tiktok_ads"), credentials_file=None)

    with pytest.raises(ConfigError, match="PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE"):
        pipeline.extract(replace(settings, sources={"tiktok_ads": bare}), "tiktok_ads", LAST_DAYS)


def test_an_account_that_is_refused_does_not_hold_up_the_others(settings, monkeypatch):
    good = ACCOUNTS["tiktok_ads"]
    monkeypatch.setenv("PHYGITAL_TIKTOK_ADS_ACCOUNTS", f"7000000000000000001,{good},7000000000000000002")
    landed = []

    with pytest.raises(SeveralRefused, match="refused 2 times; what could be read was landed") as refusal:
        pipeline.extract(Settings.from_env(), "tiktok_ads", LAST_DAYS, on_landed=landed.append)
    assert {manifest.account for manifest in landed} == {good}
    assert {manifest.stream for manifest in landed} == {stream.name for stream in STREAMS["tiktok_ads"]}
    assert "7000000000000000001" in str(refusal.value)
    assert "7000000000000000002" in str(refusal.value)


def test_a_window_of_the_future_is_refused_before_anything_is_asked(settings):
    typo = Window(date(2027, 11, 1), date(2027, 11, 2))

    with pytest.raises(ConfigError, match=r"ends on 2027-11-02, which lies in the future; give dates up to"):
        pipeline.extract(settings, "tiktok_ads", typo, account=ACCOUNTS["tiktok_ads"])
    assert set(commits(settings).values()) == {-1}
