"""What becomes of the orders of one shop, and when: their states as the clock moves."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world.times import DAY, HOUR, NEVER, SECOND, Ints

STATUSES = (
    "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED",
    "CANCELLED",
)  # fmt: skip
"""In the order in which they come. The world ships an order in one piece, so none is PARTIALLY_SHIPPING."""
UNPAID, ON_HOLD, AWAITING_SHIPMENT, AWAITING_COLLECTION, IN_TRANSIT, DELIVERED, COMPLETED, CANCELLED = range(8)
HOLD = HOUR
"""How long a buyer may cancel a paid order without asking."""
COLLECTION_WAIT = 8 * HOUR
"""How long a package waits for the carrier."""
COMPLETION = 15 * DAY
"""From delivery until nothing can be returned any more; commissions settle then."""


def micros_or_never(column: pa.ChunkedArray) -> Ints:
    """Microseconds of a time column; NULL becomes ``NEVER``."""
    numbers: Ints = pc.fill_null(column.cast(pa.int64()), NEVER).combine_chunks().to_numpy(zero_copy_only=False)
    return numbers


@dataclass(frozen=True)
class State:
    """The orders as they stand at a time.

    Args:
        known: row numbers of the orders that were made by then.
        status: of every order, as a position in ``STATUSES``; meaningless for orders not yet made.
        updated: seconds since 1970 of each order's last change; 0 for orders not yet made.
    """

    known: Ints
    status: Ints
    updated: Ints


class Timeline:
    """When each order entered each state, in microseconds; ``NEVER`` where it does not.

    Args:
        orders: of one shop.
    """

    def __init__(self, orders: pa.Table) -> None:
        paid, shipped = (micros_or_never(orders[name]) for name in ("priced_at", "shipped_at"))
        delivered, cancelled = (micros_or_never(orders[name]) for name in ("delivered_at", "cancelled_at"))
        created = micros_or_never(orders["purchased_at"])
        reached = np.stack(
            [created, paid, _later(paid, HOLD), _later(shipped, -COLLECTION_WAIT), shipped, delivered,
             _later(delivered, COMPLETION)]
        )  # fmt: skip
        # Quick warehouses ship before the hold is over; no state comes before the one ahead of it.
        reached = np.where(reached == NEVER, NEVER, np.maximum.accumulate(np.where(reached == NEVER, 0, reached)))
        reached[1:][reached[1:] >= cancelled] = NEVER
        self.reached: Ints = np.vstack([reached, cancelled])
        self.made: Ints = created // SECOND
        """Seconds since 1970 at which each order was made."""

    def at(self, now: int, changes: tuple[Ints, Ints]) -> State:
        """The orders at a time.

        Args:
            now: microseconds.
            changes: order rows and the microseconds at which a return or a refund changed them.
        """
        has_come = self.reached <= now
        status = has_come.shape[0] - 1 - np.argmax(has_come[::-1], axis=0)
        updated = np.where(has_come, self.reached, 0).max(axis=0)
        rows, moments = changes
        is_past = moments <= now
        np.maximum.at(updated, rows[is_past], moments[is_past])
        return State(np.flatnonzero(has_come[0]), status.astype(np.int64), updated // SECOND)


def _later(moments: Ints, microseconds: int) -> Ints:
    # NEVER is the largest number there is, so nothing may be added to it.
    shift = np.where(moments == NEVER, 0, microseconds)
    return moments + shift
