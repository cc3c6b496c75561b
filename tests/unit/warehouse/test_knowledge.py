"""What ``--as-of`` names, which settings it brings, and when earlier credit may be kept."""

import json
from dataclasses import replace
from datetime import datetime

import pytest

from phygital_funnel import __version__
from phygital_funnel.errors import ConfigError, ReleaseError
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse import credit_basis
from phygital_funnel.warehouse.bridge import bridge
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.knowledge import known, past, settings_of

MONDAY, TUESDAY = "2026-10-05T10:00:00+00:00", "2026-10-06T10:00:00+00:00"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    clock = tmp_path / "clock"
    clock.write_text("2026-10-07T00:00:00+00:00")
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{clock}")
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})


def keep(settings, run_id, known_at, **others):
    """A release's manifest as ``warehouse.release`` writes it."""
    folder = settings.home / "releases" / run_id
    folder.mkdir(parents=True)
    content = {
        "run_id": run_id,
        "as_of": None,
        "known_at": known_at,
        "published_at": known_at,
        "code_version": __version__,
        "settings": settings.public(),
        "held": ["bad"],
        "commits": {"events__touchpoints": 4},
        "compared_with": None,
    }
    (folder / "manifest.json").write_text(json.dumps(content | others, default=str))


def test_a_run_id_names_exactly_what_its_release_was_made_of(settings):
    keep(settings, "monday", MONDAY)
    keep(settings, "tuesday", TUESDAY, compared_with="monday")

    knowledge = known(settings, past(settings, "tuesday"))

    assert knowledge.known_at == datetime.fromisoformat(TUESDAY)
    assert knowledge.commits["events__touchpoints"] == 4
    assert knowledge.commits["events__conversions"] == -1
    assert knowledge.held == {"bad"}
    assert knowledge.before.run_id == "monday"


def test_the_moment_of_a_release_means_that_release(settings):
    keep(settings, "monday", MONDAY)
    keep(settings, "rebuilt", MONDAY, as_of=MONDAY)

    assert past(settings, datetime.fromisoformat(MONDAY)).release.run_id == "monday"
    assert past(settings, datetime.fromisoformat(TUESDAY)).release is None


def test_a_moment_between_two_releases_is_compared_with_the_one_before(settings):
    keep(settings, "monday", MONDAY)
    keep(settings, "tuesday", TUESDAY)
    between = past(settings, datetime.fromisoformat("2026-10-06T00:00:00+00:00"))

    assert known(settings, between).before.run_id == "monday"


def test_a_release_is_rebuilt_with_its_own_settings(settings):
    keep(settings, "monday", MONDAY)
    today = replace(settings, restatement_horizon_days=99, attribution=replace(settings.attribution, half_life_days=9))

    assert settings_of(today, past(today, "monday")) == settings
    assert settings_of(today, None) is today


def test_what_cannot_be_a_past_state_of_knowledge_is_refused(settings):
    with pytest.raises(ReleaseError, match="no release"):
        past(settings, "nobody")
    with pytest.raises(ConfigError, match="time zone"):
        past(settings, datetime(2026, 10, 1))  # noqa: DTZ001 - the point of the test
    with pytest.raises(ConfigError, match="future"):
        past(settings, datetime.fromisoformat("2026-10-08T00:00:00+00:00"))


def test_credit_is_kept_only_on_the_basis_it_was_made_on(settings):
    basis = credit_basis.basis_of(settings)
    other = credit_basis.basis_of(replace(settings, restatement_horizon_days=1))
    with connect() as con:
        con.execute("create schema raw")
        assert not credit_basis.is_kept(con, basis)
        credit_basis.record(con, basis)
        assert credit_basis.is_kept(con, basis)
        assert not credit_basis.is_kept(con, other)
        credit_basis.forget(con)
        assert not credit_basis.is_kept(con, basis)


def test_a_changed_model_is_another_basis(settings, tmp_path):
    project = tmp_path / "project"
    model = project / "dbt_project" / "models" / "one.sql"
    model.parent.mkdir(parents=True)
    model.write_text("select 1")
    here = replace(settings, project_dir=project)
    before = credit_basis.basis_of(here)
    model.write_text("select 2")

    assert credit_basis.basis_of(here) != before


def test_releases_that_do_not_follow_each_other_have_no_bridge(settings):
    keep(settings, "monday", MONDAY)
    keep(settings, "tuesday", TUESDAY)

    with pytest.raises(ReleaseError, match="does not build on"):
        bridge(settings, "monday", "tuesday")
    with pytest.raises(ReleaseError, match="two different"):
        bridge(settings, "monday", "monday")
