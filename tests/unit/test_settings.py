"""Settings are read once, typed and frozen; a value that cannot be used is refused by name."""

import dataclasses

import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import SHORTEST_HORIZON_DAYS, Settings
from phygital_funnel.sources.registry import STREAMS


def test_the_home_is_resolved_to_an_absolute_path_and_the_folders_follow_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_env({"PHYGITAL_HOME": "here"})

    assert settings.home == tmp_path / "here"
    assert settings.landing_url == str(tmp_path / "here" / "landing")
    assert settings.releases_url == str(tmp_path / "here" / "releases")


def test_settings_cannot_be_changed():
    settings = Settings.from_env({})

    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.reporting_currency = "EUR"


def test_the_defaults_are_those_of_the_contract():
    attribution = Settings.from_env({}).attribution

    windows = (
        attribution.impression_window_days,
        attribution.view_2s_window_days,
        attribution.view_6s_window_days,
        attribution.engagement_window_days,
        attribution.click_window_days,
    )
    assert windows == (0, 0, 7, 7, 14)
    assert (attribution.half_life_days, attribution.path_transform, attribution.headline_model) == (
        2.5,
        "none",
        "last_engaged_touch",
    )


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("PHYGITAL_ATTRIBUTION_CLICK_WINDOW_DAYS", "a week", "CLICK_WINDOW_DAYS"),
        ("PHYGITAL_ATTRIBUTION_CLICK_WINDOW_DAYS", "-1", "CLICK_WINDOW_DAYS"),
        ("PHYGITAL_ATTRIBUTION_CLICK_WINDOW_DAYS", "nan", "CLICK_WINDOW_DAYS"),
        ("PHYGITAL_ATTRIBUTION_HALF_LIFE_DAYS", "0", "HALF_LIFE_DAYS"),
        ("PHYGITAL_ATTRIBUTION_HALF_LIFE_DAYS", "1e-13", "HALF_LIFE_DAYS"),
        ("PHYGITAL_REPORTING_CURRENCY", "US'D", "REPORTING_CURRENCY"),
        ("PHYGITAL_REPORTING_CURRENCY", "XXQ", "REPORTING_CURRENCY"),
        ("PHYGITAL_ATTRIBUTION_HEADLINE_MODEL", "guess", "first_touch"),
        ("PHYGITAL_ATTRIBUTION_CODE_CLAIM_WEIGHT", "1.1", "CODE_CLAIM_WEIGHT"),
        ("PHYGITAL_ATTRIBUTION_PATH_TRANSFORM", "shuffle", "collapse_repeats"),
        ("PHYGITAL_RESTATEMENT_HORIZON_DAYS", "31.5", "RESTATEMENT_HORIZON_DAYS=31.5"),
        ("PHYGITAL_RESTATEMENT_HORIZON_DAYS", "29", "at least 30"),
        ("PHYGITAL_SCHEDULES", "perhaps", "SCHEDULES"),
        ("PHYGITAL_PROJECT_DIR", "/nowhere", "PROJECT_DIR"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(variable, value, named):
    with pytest.raises(ConfigError, match=named):
        Settings.from_env({variable: value})


def test_no_stream_reads_longer_back_than_a_touch_may_become_known():
    longest = max(max(one.reread.days, one.reread.weekly_days) for streams in STREAMS.values() for one in streams)

    assert longest == SHORTEST_HORIZON_DAYS <= Settings.from_env({}).restatement_horizon_days


def test_a_source_is_configured_once_it_has_credentials_and_accounts(tmp_path):
    half = Settings.from_env({"PHYGITAL_TIKTOK_ADS_ACCOUNTS": "1,2"})
    whole = Settings.from_env(
        {"PHYGITAL_TIKTOK_ADS_ACCOUNTS": " 1 , 2,", "PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE": str(tmp_path / "t.json")}
    )

    assert half.configured_sources() == frozenset()
    assert whole.configured_sources() == {"tiktok_ads"}
    assert whole.source("tiktok_ads").accounts == ("1", "2")


def test_attribution_is_reached_at_the_host_of_amazon_ads():
    settings = Settings.from_env({"PHYGITAL_AMAZON_ADS_BASE_URL": "http://127.0.0.1:1"})

    assert settings.source("amazon_attribution").base_url == "http://127.0.0.1:1"


def test_what_goes_into_a_manifest_names_no_credentials_file(tmp_path):
    settings = Settings.from_env({"PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE": str(tmp_path / "secret.json")})

    assert "secret" not in str(settings.public())


def test_a_reporting_currency_in_lower_case_is_taken():
    assert Settings.from_env({"PHYGITAL_REPORTING_CURRENCY": "eur"}).reporting_currency == "EUR"
