"""docs/questions.md on a small world: every query runs as it stands and gives what pandas makes of the landed rows."""

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.dbt.helpers.questions import questions

from phygital_funnel import pipeline
from phygital_funnel.sandbox.process import running
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import STREAMS
from phygital_funnel.sources.stream import Window
from phygital_funnel.warehouse.build import database_path
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.release import current

from .question_landing import Landed
from .question_oracles import ORACLES

pytestmark = pytest.mark.slow

FIRST_57_DAYS = Window(date(2026, 9, 7), date(2026, 11, 2))
MORNING_AFTER = datetime(2026, 11, 3, 13, tzinfo=UTC)
UNHURRIED = 1000.0


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Answer and expectation of every question, on a release of the tiny world."""
    home = tmp_path_factory.mktemp("questions")
    with pytest.MonkeyPatch.context() as patch:
        with running("tiny", 7, home / "sandbox", now=MORNING_AFTER, rate_scale=UNHURRIED) as server:
            for name, value in server.environment.items():
                patch.setenv(name, value)
            patch.setenv("PHYGITAL_HOME", str(home / "home"))
            settings = Settings.from_env()
            for source in STREAMS:
                if source != "events":
                    pipeline.extract(settings, source, FIRST_57_DAYS)
            pipeline.build_and_publish(settings)
        with (
            connect(database_path(settings), read_only=True) as build,
            connect(current(settings).database, read_only=True) as release,
        ):
            landed = Landed(build, release)
            yield {
                number: (release.execute(sql).fetchall(), ORACLES[number](landed))
                for number, sql in questions().items()
            }


def test_there_are_twenty_questions_and_an_oracle_for_each():
    assert sorted(questions()) == sorted(ORACLES) == list(range(1, 21))


@pytest.mark.parametrize("number", sorted(ORACLES))
def test_the_query_gives_what_the_landed_rows_say(answers, number):
    got, expected = answers[number]

    assert len(got) == len(expected), (got[:5], expected[:5])
    for row, wanted in zip(got, expected, strict=True):
        assert len(row) == len(wanted)
        assert all(_same(value, other) for value, other in zip(row, wanted, strict=True)), (row, wanted)


def _same(value: Any, other: Any) -> bool:
    """Equal, to the millionth that shares are stored in; pandas writes what is missing as NaN."""
    if value is None or other is None or other != other:
        return value is None and (other is None or other != other)
    if isinstance(other, str | date):
        return bool(value == other)
    return math.isclose(float(value), float(other), abs_tol=1e-5)
