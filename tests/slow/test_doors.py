"""At each door a critical fault stops the run, the release stays, and once it is mended a run publishes by itself.

The door of staging is in tests/e2e/test_blocked_release.py, where a platform's own fault stops it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import QualityGateFailed
from phygital_funnel.landing import Landing
from phygital_funnel.sandbox.process import RunningSandbox
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import streams_of
from phygital_funnel.sources.stream import Window
from phygital_funnel.status import read_status
from phygital_funnel.warehouse import dbt, release
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.release import current

DAYS = Window(date(2026, 10, 1), date(2026, 11, 2))
STREAMS = (
    *(("tiktok_ads", name) for name in ("advertisers", "campaigns", "ad_groups", "ads", "ad_report_daily")),
    ("amazon_seller", "order_lines"),
    ("reference", None),
    ("links", None),
)
FORGED = """
delete from intermediate.int_credit__journey_touches
where line_key = (select min(line_key) from intermediate.int_credit__journey_touches)
"""
LOST = "delete from release.main.fct_attribution_credit_wide"
Change = Callable[[duckdb.DuckDBPyConnection], object]


@pytest.fixture
def settings(sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PHYGITAL_HOME", str(tmp_path / "home"))
    found = Settings.from_env()
    for source, stream in STREAMS:
        pipeline.extract(found, source, DAYS, stream=stream)
    return found


def test_every_door_stops_what_is_wrong_and_lets_it_through_once_mended(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a stop left behind would have to be cleaned up by hand, at night, by somebody who does not know how."""
    good = pipeline.build_and_publish(settings)

    _lose_rows(settings)
    _is_stopped(settings, "gate landing", "rows_match_the_manifest")
    assert current(settings) == good

    # Mended by the next extraction: the run comes through landing, as far as the next fault.
    pipeline.extract(settings, "tiktok_ads", DAYS, stream="ads")
    with _meddled(monkeypatch, dbt.Project, "build_layer", _forge(settings)):
        _is_stopped(settings, "gate marts", "every_model_credits_every_conversion")
    assert current(settings) == good

    # Mended by itself: what the gate refused is not kept.
    with _meddled(monkeypatch, release, "_carry_comments", lambda con: con.execute(LOST)):
        _is_stopped(settings, "gate published", "totals_equal_the_ledger")
    assert current(settings) == good

    mended = pipeline.build_and_publish(settings)
    assert current(settings) == mended
    assert [run.status for run in read_status(settings).runs].count("blocked") == 3
    with connect(mended.database, read_only=True) as con:
        credit = con.execute("select sum(credit_micro) % 1000000, count(*) > 0 from fct_attribution_credit").fetchall()
    assert credit == [(0, True)]


def _is_stopped(settings: Settings, phase: str, check: str) -> None:
    with pytest.raises(QualityGateFailed, match=check):
        pipeline.build_and_publish(settings)
    newest = read_status(settings).runs[0]
    assert (newest.status, newest.phase) == ("blocked", phase)
    assert check in newest.reason


def _lose_rows(settings: Settings) -> None:
    """Half the rows of a file of the newest extraction are lost after it was committed."""
    pipeline.extract(settings, "tiktok_ads", DAYS, stream="ads")
    (stream,) = streams_of("tiktok_ads", "ads")
    landing = Landing.of(settings)
    (path, *_) = landing.files_of(stream, landing.manifests(stream)[-1:])
    half = Path(f"{path}.half")
    duckdb.execute(f"copy (from read_parquet('{path}') where _row % 2 = 0) to '{half}' (format parquet)")
    half.replace(path)


def _forge(settings: Settings) -> Change:
    database = settings.home / "build" / "build.duckdb"

    def forge(project: Any, layer: str, **_: Any) -> None:
        if layer == "ledgers":
            with connect(database) as con:
                con.execute(FORGED)

    return forge


@contextmanager
def _meddled(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, change: Callable[..., object]) -> Iterator[None]:
    """A step of the build, after which somebody changes what it left."""
    step = getattr(owner, name)

    def then_change(*arguments: Any, **options: Any) -> Any:
        result = step(*arguments, **options)
        change(*arguments, **options)
        return result

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, then_change)
        yield
