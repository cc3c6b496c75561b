"""TikTok Shop orders that TikTok claims for an ad: a paid click in the 7 days before, else a paid view in the last day.

Only ads that lead to the Shop have conversions, since nothing on Amazon tells TikTok of an order. A conversion counts
in the hour of the ad interaction, so past days grow; real_time_conversion counts in the hour of payment. A cancelled
order takes its conversion with it.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from phygital_funnel.sandbox.api.tiktok_marketing.delivery import Delivery
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.ads import SHOP
from phygital_funnel.sandbox.world.columns import micros_of, rows_in
from phygital_funnel.sandbox.world.times import DAY, HOUR, NEVER, Ints

CLICK_WINDOW, VIEW_WINDOW = 7 * DAY, DAY
_MILLISECOND = 1000
_NOBODY = -1


@dataclass(frozen=True)
class ShopOrders:
    """Paid orders of the Shop, samples left out.

    Args:
        number: row of the orders table.
        person: who bought.
        paid_at, cancelled_at: microseconds; NEVER for what has not happened.
        value_minor: what the goods cost after the seller's discounts, in minor units.
    """

    number: Ints
    person: Ints
    paid_at: Ints
    cancelled_at: Ints
    value_minor: Ints

    def known_at(self, now: int, latency: int) -> npt.NDArray[np.bool_]:
        """Which orders are reported as paid at a time."""
        known: npt.NDArray[np.bool_] = (self.paid_at + latency <= now) & (now < self.cancelled_at)
        return known


def shop_orders(world: World) -> ShopOrders:
    """The Shop's paid orders."""
    orders, lines = world["orders"], world["order_lines"]
    paid_at = micros_of(orders["priced_at"])
    is_shop = pc.equal(orders["platform"].cast("string"), SHOP).to_numpy(zero_copy_only=False)
    is_sample = orders["is_sample"].to_numpy(zero_copy_only=False).astype(bool)
    number = np.flatnonzero(is_shop & ~is_sample & (paid_at < NEVER))
    of_line = rows_in(lines["order_id"], orders["order_id"].to_pylist())
    worth = (lines["item_price_minor"].to_numpy() - lines["discount_minor"].to_numpy()).astype(float)
    value = np.bincount(of_line, weights=worth, minlength=orders.num_rows)
    return ShopOrders(
        number,
        orders["person_id"].to_numpy()[number].astype(np.int64),
        paid_at[number],
        micros_of(orders["cancelled_at"])[number],
        value.astype(np.int64)[number],
    )


@dataclass(frozen=True)
class Conversions:
    """Orders claimed for ads; one row each.

    Args:
        source: position of the ad among the sources.
        hour: of the interaction, counted from the world's first.
        paid_hour: of the payment.
        paid_at, cancelled_at: microseconds.
        value_minor: of the order.
        is_click: whether the interaction was a click.
        person: who bought.
    """

    source: Ints
    hour: Ints
    paid_hour: Ints
    paid_at: Ints
    cancelled_at: Ints
    value_minor: Ints
    is_click: npt.NDArray[np.bool_]
    person: Ints

    def at(self, now: int, latency: int) -> "Conversions":
        """The conversions that are reported at a time."""
        return self.only((self.paid_at + latency <= now) & (now < self.cancelled_at))

    def only(self, kept: npt.NDArray[np.bool_]) -> "Conversions":
        """Some of them."""
        return Conversions(*(getattr(self, column.name)[kept] for column in fields(self)))

    @classmethod
    def of(cls, world: World, delivery: Delivery, orders: ShopOrders) -> "Conversions":
        """All conversions of a world."""
        touches = Touches.of(world, delivery)
        click = touches.only(touches.is_click).last_before(orders, CLICK_WINDOW)
        view = touches.last_before(orders, VIEW_WINDOW)
        rows = np.flatnonzero((click >= 0) | (view >= 0))
        is_click = click[rows] >= 0
        touch = np.where(is_click, np.flatnonzero(touches.is_click)[click[rows]], view[rows]) if len(rows) else rows
        return cls(
            touches.source[touch],
            touches.at[touch] // HOUR - delivery.first_hour,
            np.minimum(orders.paid_at[rows] // HOUR - delivery.first_hour, delivery.hours - 1),
            orders.paid_at[rows],
            orders.cancelled_at[rows],
            orders.value_minor[rows],
            is_click,
            orders.person[rows],
        )


@dataclass(frozen=True)
class Touches:
    """Paid impressions of ads that lead to the Shop.

    Args:
        person: who saw it.
        source: position of the ad among the sources.
        at: microseconds.
        is_click: whether it was clicked.
    """

    person: Ints
    source: Ints
    at: Ints
    is_click: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, world: World, delivery: Delivery) -> "Touches":
        """All of a world."""
        leads_to_shop = np.array([row["destination"] == SHOP for row in delivery.sources.rows])
        rows = np.flatnonzero(leads_to_shop[delivery.source])
        exposure = delivery.exposure[rows]
        return cls(
            delivery.person[rows].astype(np.int64),
            delivery.source[rows].astype(np.int64),
            micros_of(world["exposures"]["occurred_at"])[exposure],
            np.isin(exposure, world["clicks"]["exposure_id"].to_numpy()),
        )

    def only(self, kept: npt.NDArray[np.bool_]) -> "Touches":
        """Some of them."""
        return Touches(*(getattr(self, column.name)[kept] for column in fields(self)))

    def last_before(self, orders: ShopOrders, window: int) -> Ints:
        """Row of the latest touch of each order's buyer within the window before payment; -1 without one."""
        if not len(self.at):
            return np.full(len(orders.person), _NOBODY)
        # Person and time as one number; milliseconds, so that it fits into 64 bits.
        base = int(self.at.min())
        span = (max(int(self.at.max()), int(orders.paid_at.max(initial=base))) - base) // _MILLISECOND + 2
        keys = self.person * span + (self.at - base) // _MILLISECOND
        order = np.argsort(keys, kind="stable")
        wanted = orders.person * span + (orders.paid_at - base) // _MILLISECOND
        rows = order[np.maximum(np.searchsorted(keys[order], wanted, side="right") - 1, 0)]
        waited = orders.paid_at - self.at[rows]
        is_near = (self.person[rows] == orders.person) & (waited >= 0) & (waited <= window)
        return np.where(is_near, rows, _NOBODY)
