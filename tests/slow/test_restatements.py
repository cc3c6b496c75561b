"""The check on restated days, on worlds whose platforms restate as usual and on some that do not."""

import re

import pytest

from .false_alarms import DOCUMENT, KINDS, compiled
from .restatements import BEGIN, END, study
from .volume_worlds import SMALL, Kind

SEED = 7
BASE = Kind("base", "S1")


@pytest.fixture(scope="module")
def found():
    """Two worlds of different sizes."""
    return study([SEED], [BASE, Kind("a small brand", "S1", SMALL)])


def test_platforms_that_correct_as_usual_raise_no_alarm(found) -> None:
    """Late events, views taken back, orders that change for weeks, and a first load in the middle of all that."""
    total = found.by_kind[-1]
    assert total.of >= 150
    assert total.upper <= 0.02, found.by_stream


def test_settled_weeks_that_moved_are_seen(found) -> None:
    """A check that never alarms would have no false alarms either."""
    moved = {share.name: share for share in found.moved}
    large = [f"{size} of a week that is a week old | above 1,000" for size in ("10 %", "20 %", "50 %")]
    assert all(moved[name].of >= 50 and moved[name].rate == 1.0 for name in large)
    assert moved[large[0]].blocks == 0
    assert moved[large[1]].blocks == moved[large[1]].of


def test_a_first_load_would_be_reported_if_it_were_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders that changed while they were read come a day later: the study holds what the rule is for."""
    monkeypatch.setitem(compiled(), "incomplete", f"{compiled()['incomplete']} and false")
    by_stream = {share.name: share.alarms for share in study([SEED], [BASE]).by_stream}
    assert by_stream["tiktok_shop.orders"] > 0


def test_days_that_tiktok_restates_on_the_twentieth_day_are_reported() -> None:
    """The sandbox's knob ``restatement`` and its scenario S11: 15 %, and nobody else's figures."""
    by_stream = {share.name: share for share in study([SEED], [Kind("late restatement", "S11")]).by_stream}
    restated = {name for name, share in by_stream.items() if share.alarms}
    assert restated == {"tiktok_ads.ad_report_daily", "tiktok_ads.ad_report_hourly"}
    assert all(by_stream[name].alarms == by_stream[name].of for name in restated)


def test_the_page_tells_a_study_that_meets_the_bound() -> None:
    """docs/anomalies.md is written by the module, and its last study kept the promise for every kind of world."""
    text = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    (months, upper) = re.findall(r"^\| all \| ([\d,]+) \| .* \| ([\d.]+) % \|$", text, re.MULTILINE)[0]
    assert int(months.replace(",", "")) >= 500
    assert float(upper) <= 2.0
    assert all(f"| {kind.name} |" in text for kind in KINDS if kind.growth == 1.0)
