"""I12: with every path known and nothing hidden, the replica models give what the platforms themselves report."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from credit_world import world as database
from dbt_oracle import MICROS, Conversion, Touch
from journeys import rules, variables

from phygital_funnel.sandbox.api.amazon_ads.sheets import Sheets
from phygital_funnel.sandbox.api.tiktok_marketing.conversions import Conversions, Touches, shop_orders
from phygital_funnel.sandbox.api.tiktok_marketing.delivery import Delivery
from phygital_funnel.sandbox.world import World, generate
from phygital_funnel.sandbox.world.times import NEVER
from phygital_funnel.warehouse import credit_models

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
WORLDS = [("tiny", 1), ("tiny", 2), ("tiny", 3)]


class Undisturbed:
    """A world in which nothing was cancelled or given back, so that no claim is taken back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.markets, self.scenario = world.markets, world.scenario

    def __getitem__(self, name: str) -> Any:
        table = self._world[name]
        if name == "refunds":
            return table.slice(0, 0)
        if name == "orders":
            place = table.schema.get_field_index("cancelled_at")
            nothing = [None] * table.num_rows
            return table.set_column(place, "cancelled_at", [nothing]).cast(table.schema)
        return table


@pytest.fixture(scope="module", params=WORLDS, ids=lambda world: "-".join(map(str, world)))
def captured(request: pytest.FixtureRequest) -> World:
    return generate(*request.param, "full_capture")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Any:
    (compiled,) = credit_models.compiled(ROOT, tmp_path_factory.mktemp("replicas"), [variables(rules("none", 2.5))])
    return compiled


def _credited(models: Any, model: str, touches: list[Touch], lines: list[Conversion]) -> Counter[str]:
    """Micros of each touch in one model."""
    found: Counter[str] = Counter()
    with database() as engine:
        for (_, name, recipient), row in engine.credited(models, touches, lines).items():
            if name == model and recipient.startswith("touch:"):
                found[recipient.removeprefix("touch:")] += row[0]
    return found


def _since(first: datetime, moment: datetime) -> int:
    return (moment - first) // timedelta(microseconds=1)


def test_the_amazon_replica_is_amazons_report(captured: World, models: Any) -> None:
    """Purchases of each creative, as PERFORMANCE shows them, from tagged clicks and orders alone."""
    world = Undisturbed(captured)
    countries = {market.country: market.code for market in captured.markets}
    clicks = {
        row["click_id"]: row
        for row in captured["clicks"].to_pylist()
        if row["has_tag"] and row["destination"] == "amazon" and row["country"] in countries
    }
    first = min(row["clicked_at"] for row in clicks.values())
    # Amazon looks for clicks in the country of the order only; the replica for those that are not of another one.
    touches = [
        Touch(name, f"{row['person_id']} {countries[row['country']]}", _since(first, row["clicked_at"]), "click",
              "tiktok_ads", "amazon", countries[row["country"]])
        for name, row in clicks.items()
    ]  # fmt: skip
    orders = {
        row["order_id"]: row
        for row in captured["orders"].to_pylist()
        if row["platform"] == "amazon" and not (row["sales_channel"] or "").startswith("Non-Amazon")
    }
    pairs = {(line["order_id"], line["asin"]) for line in captured["order_lines"].to_pylist()}
    lines = [
        Conversion(f"{order} {asin}", f"{orders[order]['person_id']} {orders[order]['market']}",
                   _since(first, orders[order]["purchased_at"]), 100, "amazon", orders[order]["market"])
        for order, asin in sorted(pairs)
        if order in orders and orders[order]["purchased_at"] >= first
    ]  # fmt: skip
    ours: Counter[str] = Counter()
    for name, micros in _credited(models, "amazon_14d_last_click", touches, lines).items():
        ours[clicks[name]["tag_ad_id"]] += micros
    theirs: Counter[str] = Counter()
    sheets = Sheets(world)
    for profile in (market.profile_id for market in captured.markets if market.has_amazon):
        sheet = sheets.performance(profile, "CREATIVE", NEVER - 1)
        bought = sheet.metrics["attributedTotalPurchases14d"]
        for creative, purchases in zip(sheet.dimensions["creativeId"], bought, strict=True):
            theirs[creative] += MICROS * int(purchases)
    assert +ours == +theirs
    assert sum(theirs.values()) > 0


def test_the_tiktok_replica_is_tiktoks_report(captured: World, models: Any) -> None:
    """Conversions of each ad that leads to the Shop, from paid impressions, clicks and payments alone."""
    delivery, orders = Delivery(captured), shop_orders(captured)
    touched = Touches.of(captured, delivery)
    begin = int(touched.at.min())
    touches = [
        Touch(str(number), str(person), at - begin, "click" if is_click else "impression", "tiktok_ads")
        for number, (person, at, is_click) in enumerate(
            zip(touched.person.tolist(), touched.at.tolist(), touched.is_click.tolist(), strict=True)
        )
    ]
    lines = [
        Conversion(str(number), str(person), paid - begin, 100)
        for number, (person, paid) in enumerate(zip(orders.person.tolist(), orders.paid_at.tolist(), strict=True))
        if paid >= begin
    ]
    ours: Counter[int] = Counter()
    for name, micros in _credited(models, "tiktok_7c1v", touches, lines).items():
        ours[int(touched.source[int(name)])] += micros
    theirs = Counter(Conversions.of(captured, delivery, orders).source.tolist())
    assert +ours == Counter({source: MICROS * count for source, count in theirs.items()})
    assert theirs
