"""Extraction over real HTTP: what arrives, what is retried, what is refused; a refusal leaves landing alone."""

import json
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import AuthError, ConfigError, RequestRefused, SourceUnreachable, TruncatedReport
from phygital_funnel.landing import Landing
from phygital_funnel.sources.registry import all_streams, streams_of
from phygital_funnel.sources.stream import Window

from .conftest import FIRST_57_DAYS

ACCOUNTS = {"tiktok_ads": "7012345678901234501", "amazon_attribution": "581234567801", "amazon_seller": "ATVPDKIKX0DER"}
LAST_DAYS = Window(date(2026, 11, 1), date(2026, 11, 2))


def landed_rows(settings, stream):
    landing = Landing(settings.landing_url)
    files = landing.files(stream, upto=landing.newest(stream))
    return (
        duckdb.sql(f"select * from read_parquet({files}, union_by_name = true)").to_arrow_table().to_pylist()
        if files
        else []
    )


def commits(settings):
    landing = Landing(settings.landing_url)
    return {stream.relation: landing.newest(stream) for stream in all_streams()}


@pytest.mark.parametrize("source", ["tiktok_ads", "amazon_attribution", "amazon_seller", "links", "reference"])
def test_every_stream_of_a_source_lands_rows_for_the_initial_window(settings, source):
    account = ACCOUNTS.get(source)

    manifests = pipeline.extract(settings, source, FIRST_57_DAYS, account=account)

    brought = {manifest.stream: 0 for manifest in manifests}
    for manifest in manifests:
        brought[manifest.stream] += manifest.row_count
    assert set(brought) == {stream.name for stream in streams_of(source)}
    assert all(brought.values()), brought
    assert all(manifest.is_complete for manifest in manifests)


def test_a_long_window_is_asked_for_in_pieces_the_platform_answers(settings):
    manifests = pipeline.extract(
        settings, "tiktok_ads", FIRST_57_DAYS, account=ACCOUNTS["tiktok_ads"], stream="ad_report_daily"
    )

    assert [(m.window_from, m.window_to) for m in manifests] == [
        (date(2026, 9, 7), date(2026, 10, 6)),
        (date(2026, 10, 7), date(2026, 11, 2)),
    ]


def test_a_daily_run_re_reads_what_the_platform_restates(settings):
    day = Window(date(2026, 11, 2), date(2026, 11, 2))

    (report,) = pipeline.extract(settings, "tiktok_ads", day, account=ACCOUNTS["tiktok_ads"], stream="ad_report_daily")

    assert (report.window_from, report.window_to) == (date(2026, 10, 6), date(2026, 11, 2))


def test_a_file_that_is_landed_already_is_not_landed_again(settings):
    first = pipeline.extract(settings, "links", LAST_DAYS)
    second = pipeline.extract(settings, "links", LAST_DAYS)

    assert len(first) == 4  # clicks and registrations of two days
    assert second == []


@pytest.mark.parametrize("kind", ["throttle", "server_error", "drop_connection"])
@pytest.mark.parametrize("source", ["tiktok_ads", "amazon_attribution", "amazon_seller"])
def test_a_passing_fault_is_retried_until_the_data_arrives(settings, faults, sandbox, source, kind):
    faults(kind, times=2)

    manifests = pipeline.extract(settings, source, LAST_DAYS, account=ACCOUNTS[source])

    assert sum(manifest.row_count for manifest in manifests) > 0
    assert sandbox.pending_faults() == []


@pytest.mark.parametrize("source", ["tiktok_ads", "amazon_attribution", "amazon_seller"])
def test_a_fault_that_stays_ends_in_one_clear_error_and_leaves_landing_as_it_was(settings, faults, source):
    before = commits(settings)
    faults("server_error", times=50)

    with pytest.raises(SourceUnreachable, match=source):
        pipeline.extract(settings, source, LAST_DAYS, account=ACCOUNTS[source])
    assert commits(settings) == before


@pytest.mark.parametrize("source", ["tiktok_ads", "amazon_attribution", "amazon_seller"])
def test_an_unreachable_platform_is_named(settings, source):
    deaf = replace(settings.source(source), base_url="http://127.0.0.1:9")
    unreachable = replace(settings, sources={**settings.sources, source: deaf})

    with pytest.raises(SourceUnreachable, match=source):
        pipeline.extract(unreachable, source, LAST_DAYS, account=ACCOUNTS[source])


@pytest.mark.parametrize("source", ["tiktok_ads", "amazon_attribution", "amazon_seller"])
def test_wrong_credentials_are_refused_at_once_and_never_shown(settings, tmp_path, source):
    secret = "not-the-right-one-4711"  # noqa: S105 - it is meant to be wrong
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(dict.fromkeys(("access_token", "client_id", "client_secret", "refresh_token"), secret)))
    wrong = replace(settings.source(source), credentials_file=path)

    with pytest.raises(AuthError, match="CREDENTIALS_FILE") as refusal:
        pipeline.extract(replace(settings, sources={**settings.sources, source: wrong}), source, LAST_DAYS)
    assert secret not in str(refusal.value)
    assert set(commits(settings).values()) == {-1}


@pytest.mark.parametrize("content", [None, "no json", "{}", "[]"])
def test_an_unusable_credentials_file_is_refused(settings, tmp_path, content):
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_text(content)
    broken = replace(settings.source("tiktok_ads"), credentials_file=path)

    with pytest.raises(ConfigError, match="CREDENTIALS_FILE"):
        pipeline.extract(replace(settings, sources={"tiktok_ads": broken}), "tiktok_ads", LAST_DAYS, account="1")


@pytest.mark.parametrize("source", ["tiktok_ads", "amazon_attribution"])
def test_an_unknown_account_is_refused_with_the_setting_to_check(settings, source):
    with pytest.raises((RequestRefused, AuthError), match=r"PHYGITAL_|not authorized|No permission"):
        pipeline.extract(settings, source, LAST_DAYS, account="999")
    assert set(commits(settings).values()) == {-1}


def test_a_truncated_document_is_refused_and_leaves_landing_as_it_was(settings, faults):
    pipeline.extract(settings, "amazon_seller", LAST_DAYS, account="ATVPDKIKX0DER")
    before = commits(settings)
    faults("truncate", match="/_blob", times=1)

    with pytest.raises((TruncatedReport, SourceUnreachable)):
        pipeline.extract(settings, "amazon_seller", LAST_DAYS, account="ATVPDKIKX0DER")
    assert commits(settings) == before


def test_a_malformed_row_is_landed_as_rejected_with_its_text_beside_the_good_rows(settings, faults):
    faults("malformed_row", match="/_blob", times=1)

    pipeline.extract(settings, "amazon_seller", LAST_DAYS, account="ATVPDKIKX0DER")

    (order_lines,) = streams_of("amazon_seller")
    rows = landed_rows(settings, order_lines)
    rejected = [row for row in rows if row["_reject"]]
    assert len(rejected) == 1
    assert rejected[0]["_extra"]
    assert len(rows) > 1


def test_an_unconfigured_source_is_refused_with_what_to_set(settings):
    bare = replace(settings.source("tiktok_ads"), credentials_file=None)

    with pytest.raises(ConfigError, match="PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE"):
        pipeline.extract(replace(settings, sources={"tiktok_ads": bare}), "tiktok_ads", LAST_DAYS)


def test_no_secret_of_the_credentials_is_logged(settings, caplog):
    caplog.set_level("DEBUG")
    for source, account in ACCOUNTS.items():
        pipeline.extract(settings, source, LAST_DAYS, account=account)

    assert caplog.text
    for source in ACCOUNTS:
        secrets = json.loads(settings.source(source).credentials_file.read_text())
        for name in ("access_token", "client_secret", "refresh_token"):
            assert secrets.get(name, "absent-secret") not in caplog.text
