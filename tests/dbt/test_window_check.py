"""I5's data test knows each group of models by its own window: what another group may credit excuses no row."""

from pathlib import Path

import credit_invariants
import pytest
from credit_world import CreditWorld, world
from dbt_oracle import DAY, Conversion, Touch

from phygital_funnel.warehouse import credit_models

ROOT = Path(__file__).parents[2]
CHECK = "credited_touches_lie_in_their_windows"
HOUSE_WINDOWS = (7, 14, 30)
# The window that ends first: the house's window for clicks, platform, channel, and how old the click becomes.
CASES = {
    "TikTok's week": (30, "events", "tiktok_ads", 20),
    "TikTok's week beside Amazon's fortnight": (14, "amazon", "tiktok_ads", 10),
    "Amazon's fortnight": (30, "amazon", "links", 20),
    "the house's week": (7, "amazon", "links", 10),
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The models by the house's window for clicks, and the check."""
    folder = tmp_path_factory.mktemp("windows")
    variants = [{"click_window_days": days} for days in HOUSE_WINDOWS]
    models = dict(zip(HOUSE_WINDOWS, credit_models.compiled(ROOT, folder, variants), strict=True))
    return models, {CHECK: credit_invariants.compiled(ROOT, folder)[CHECK]}


@pytest.fixture
def engine():
    with world() as opened:
        yield opened


@pytest.mark.parametrize("case", CASES)
def test_a_touch_beyond_one_groups_window_is_found(compiled, engine: CreditWorld, case: str) -> None:
    """A click of three days is credited by all and sound; the same credit of an older click is not."""
    models, check = compiled
    house_days, platform, channel, days = CASES[case]
    touch = Touch("t", "j", 27 * DAY, "click", channel, platform=platform)
    engine.run(models[house_days], [touch], [Conversion("c", "j", 30 * DAY, 100, platform=platform)])
    assert engine.broken(check) == {}
    stored = "from_links" if platform == "amazon" else "from_events"
    move = f"update intermediate.int_touchpoints__{stored} set occurred_at = occurred_at - interval {days - 3} day"
    engine.execute(move)
    assert engine.broken(check)


def test_a_touch_after_its_conversion_is_found(compiled, engine: CreditWorld) -> None:
    """By a microsecond, in any model."""
    models, check = compiled
    engine.run(models[14], [Touch("t", "j", DAY, "click", "links")], [Conversion("c", "j", DAY, 100)])
    assert engine.broken(check) == {}
    engine.execute(
        "update intermediate.int_touchpoints__from_events set occurred_at = occurred_at + interval 1 microsecond"
    )
    assert engine.broken(check)
