"""Every row of the eight models, on random journeys, against an oracle that knows only the contract."""

import random
from dataclasses import replace
from pathlib import Path

import credit_invariants
import pytest
from credit_world import CreditWorld, world
from dbt_oracle import DAY, MICROS, MODELS, UNATTRIBUTED, Conversion, Touch, ledger
from hypothesis import given, settings
from hypothesis import strategies as st
from journeys import WINDOWS, Journey, journeys, rules, seeded, variables

from phygital_funnel.warehouse import credit_models

ROOT = Path(__file__).parents[2]
TRANSFORMS = {
    "none": rules("none", 2.5),
    "collapse_repeats": rules("collapse_repeats", 0.3),
    "first_occurrence": rules("first_occurrence", 7.1),
}
JOURNEYS = {"none": 5000, "collapse_repeats": 2500, "first_occurrence": 2500}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where dbt keeps what it has parsed."""
    return tmp_path_factory.mktemp("credit")


@pytest.fixture(scope="module")
def checks(folder):
    """The dbt tests of the invariants."""
    return credit_invariants.compiled(ROOT, folder)


@pytest.fixture(scope="module")
def models(folder):
    """The project's SQL under three path transforms."""
    compiled = credit_models.compiled(ROOT, folder, [variables(rules) for rules in TRANSFORMS.values()])
    return dict(zip(TRANSFORMS, compiled, strict=True))


@pytest.fixture(scope="module")
def engine():
    """A database that every example fills anew."""
    with world() as opened:
        yield opened


def _together(found: list[Journey]) -> tuple[list[Touch], list[Conversion]]:
    return [touch for some, _ in found for touch in some], [line for _, some in found for line in some]


def _differences(models, engine: CreditWorld, transform: str, touches: list[Touch], lines: list[Conversion]) -> dict:
    expected = ledger(lines, touches, TRANSFORMS[transform])
    found = engine.credited(models[transform], touches, lines)
    return {
        key: (expected.get(key), found.get(key))
        for key in expected.keys() | found.keys()
        if expected.get(key) != found.get(key)
    }


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_ten_thousand_journeys_equal_the_oracle(models, checks, engine, transform: str) -> None:
    """Ties, repeat conversions, late touches, codes, tags, odd amounts and names, edges of windows; all invariants."""
    touches, lines = _together([seeded(seed, f"j{seed}") for seed in range(JOURNEYS[transform])])
    different = _differences(models, engine, transform, touches, lines)
    assert not different, f"{len(different)} rows differ (oracle, ledger), first {sorted(different.items())[:3]}"
    assert engine.rows("select count(distinct conversion_id) from ledgers.fct_attribution_credit") == [(len(lines),)]
    assert engine.broken(checks) == {}


@pytest.mark.parametrize("platform", ["amazon", "events"])
def test_one_touch_of_two_people_serves_the_lines_of_each(models, engine, platform: str) -> None:
    """Two people who share a browser share its clicks: each one's line gets each click once."""
    times = {"first": DAY, "second": 2 * DAY}
    touches = [
        Touch(name, person, at, "click", "links", platform=platform) for name, at in times.items() for person in "ab"
    ]
    lines = [Conversion(f"of {person}", person, 3 * DAY, 1001, platform=platform) for person in "ab"]
    assert not _differences(models, engine, "none", touches, lines)


@settings(max_examples=50, deadline=None, database=None, derandomize=True)
@given(journey=journeys(), transform=st.sampled_from(tuple(TRANSFORMS)))
def test_a_journey_equals_the_oracle(models, engine, journey: Journey, transform: str) -> None:
    """The same on journeys that shrink to the smallest that differs."""
    assert not _differences(models, engine, transform, *journey)


@settings(max_examples=15, deadline=None, database=None, derandomize=True)
@given(journey=journeys(), transform=st.sampled_from(tuple(TRANSFORMS)), order=st.randoms(use_true_random=False))
def test_credit_does_not_depend_on_the_order_of_rows(
    models, engine, journey: Journey, transform: str, order: random.Random
) -> None:
    """I6: ties are settled by the touches themselves."""
    touches, lines = journey
    before = engine.credited(models[transform], touches, lines)
    shuffled = [order.sample(rows, len(rows)) for rows in (touches, lines)]
    assert engine.credited(models[transform], *shuffled) == before


@settings(max_examples=15, deadline=None, database=None, derandomize=True)
@given(journey=journeys(), transform=st.sampled_from(tuple(TRANSFORMS)))
def test_conservation_and_windows(models, engine, journey: Journey, transform: str) -> None:
    """I1 to I5: each line adds up in every model, nothing is negative, and no touch earns from before it happened."""
    touches, lines = journey
    found = engine.credited(models[transform], touches, lines)
    times = {f"touch:{touch.touchpoint_id}": touch.occurred_us for touch in touches}
    windows = {f"touch:{touch.touchpoint_id}": _windows(touch) for touch in touches}
    for line in lines:
        for model in MODELS:
            rows = {key[2]: row for key, row in found.items() if key[:2] == (line.conversion_id, model)}
            assert sum(row[0] for row in rows.values()) == MICROS
            assert all(row[0] >= 0 for row in rows.values())
            if line.net_amount_minor is not None:
                assert sum(row[1] or 0 for row in rows.values()) == line.net_amount_minor
            assert all(times[name] <= line.converted_us for name in rows if name != UNATTRIBUTED)
            ages = {name: line.converted_us - times[name] for name, row in rows.items() if name in times and row[0]}
            assert all(age < windows[name].get(model, windows[name][""]) for name, age in ages.items())
    totals = {
        (sum(row[0] for row in rows), sum(row[1] or 0 for row in rows))
        for rows in ([row for key, row in found.items() if key[1] == model] for model in MODELS)
    }
    assert len(totals) == 1, "I4: every model shares out the same conversions and the same money"


def _windows(touch: Touch) -> dict[str, float]:
    """How old a touch may be to earn: by the house's rules, and by those of the replicas."""
    is_click, is_tiktok = touch.touch_type == "click", touch.channel.lower().startswith("tiktok")
    return {
        "": WINDOWS[touch.touch_type] * DAY,
        "amazon_14d_last_click": 14 * DAY if is_click and touch.platform == "amazon" else 0,
        "tiktok_7c1v": (7 if is_click else 1) * DAY if is_tiktok else 0,
    }


@settings(max_examples=15, deadline=None, database=None, derandomize=True)
@given(journey=journeys(), transform=st.sampled_from(tuple(TRANSFORMS)))
def test_a_code_never_takes_credit_from_tiktok(models, engine, journey: Journey, transform: str) -> None:
    """I8: with a code, every line's credit on TikTok is at least what it was without."""
    touches, lines = journey
    channels = {f"touch:{touch.touchpoint_id}": touch.channel.lower() for touch in touches}
    coded = [replace(line, code="ANN10") for line in lines]

    def on_tiktok(rows: dict) -> dict[tuple[str, str], int]:
        totals = {(line.conversion_id, model): 0 for line in lines for model in MODELS}
        for (line, model, recipient), row in rows.items():
            if channels.get(recipient, "tiktok" if "promo:" in recipient else "").startswith("tiktok"):
                totals[line, model] += row[0]
        return totals

    without = on_tiktok(engine.credited(models[transform], touches, lines))
    with_code = on_tiktok(engine.credited(models[transform], touches, coded))
    assert all(with_code[key] >= micros for key, micros in without.items())
