"""The demo empties its own home and no other folder, and keeps the caller's settings out."""

import pytest

from phygital_funnel.demo.home import environment, finish, locked, prepare
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.sources.events.streams import TOUCHPOINTS
from phygital_funnel.sources.stream import Extraction


def test_a_folder_the_demo_did_not_make_is_refused_and_kept(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="no demo made it"):
        prepare(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_home_of_an_earlier_demo_is_emptied(tmp_path):
    home = tmp_path / "demo"
    prepare(home)
    (home / "landing").mkdir()
    prepare(home)
    assert not (home / "landing").exists()


def land(home, touchpoint_id):
    row = dict.fromkeys(TOUCHPOINTS.required, touchpoint_id)
    Landing(str(home / "landing")).append(Extraction.of_rows(TOUCHPOINTS, [row]))


def test_a_home_with_only_what_the_demo_landed_is_emptied(tmp_path):
    home = tmp_path / "home"
    prepare(home)
    land(home, "by the demo")
    finish(home)
    prepare(home)
    assert not (home / "landing").exists()


def test_a_home_in_which_a_user_landed_data_after_the_demo_is_refused_and_kept(tmp_path):
    home = tmp_path / "home"
    prepare(home)
    land(home, "by the demo")
    finish(home)
    land(home, "by a user")
    with pytest.raises(ConfigError, match="landed after the last demo"):
        prepare(home)
    assert Landing(str(home / "landing")).newest(TOUCHPOINTS) == 1


def test_an_empty_folder_may_become_the_home(tmp_path):
    prepare(tmp_path)
    prepare(tmp_path)


def test_a_second_demo_in_the_same_home_is_refused(tmp_path):
    with locked(tmp_path / "demo"), pytest.raises(ConfigError, match="another demo"), locked(tmp_path / "demo"):
        pytest.fail("two demos hold one home")


def test_the_callers_pipeline_and_airflow_settings_do_not_leak_in(tmp_path):
    base = {
        "PATH": "/bin",
        "PHYGITAL_TIKTOK_ADS_BASE_URL": "https://production",
        "PHYGITAL_PROJECT_DIR": "/project",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW_HOME": "/srv/airflow",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_PROXY": "example.org",
    }
    found = environment(tmp_path, base)
    assert found["PATH"] == "/bin"
    assert found["PHYGITAL_PROJECT_DIR"] == "/project"
    assert found["PHYGITAL_HOME"] == str(tmp_path)
    assert found["PHYGITAL_SCHEDULES"] == "off"
    assert found["NO_PROXY"] == "127.0.0.1,localhost"
    assert not {"PHYGITAL_TIKTOK_ADS_BASE_URL", "AIRFLOW_HOME", "AIRFLOW__CORE__EXECUTOR"} & set(found)
    assert "PYTHONDONTWRITEBYTECODE" not in found
