"""What comes back: refunds of delivered lines, whole or in part, days after the purchase."""

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.columns import Floats, digits, rows_in, texts, timestamps
from phygital_funnel.sandbox.world.orders import Book, line_rows
from phygital_funnel.sandbox.world.times import DAY, HOUR, NEVER, SECOND, Ints

RATES = {"Skin Care": (0.06, 0.1), "Lips": (0.05, 0.08), "Tools": (0.08, 0.14), "Hair Tools": (0.1, 0.2)}
"""Share of lines that come back, by category, on Amazon and on the Shop."""
PARTIAL_SHARE = 0.25
DELAY_MEDIAN_DAYS, DELAY_SIGMA = 9.0, 0.6
REASONS = ("no_longer_needed", "not_as_described", "defective", "arrived_late", "wrong_item")
_REASON_SHARES = (0.4, 0.25, 0.15, 0.1, 0.1)


def refund_table(about: Book, lines: pa.Table) -> pa.Table:
    """One row per refund; a partial one gives back half of the money and no unit."""
    draws = about.drawn.line_draws.take(line_rows(about))
    order = np.repeat(np.arange(len(about.candidate)), about.drawn.lines.counts[about.candidate])
    paid = lines["item_price_minor"].to_numpy() - lines["discount_minor"].to_numpy()
    delivered = about.progress.delivered_at[about.candidate][order]
    is_back = draws.uniform("returned lines") < _rates(about, lines, order)
    rows = np.flatnonzero(is_back & (delivered != NEVER) & (paid > 0))
    draws, count = draws.take(rows), len(rows)
    delay = (DELAY_MEDIAN_DAYS * np.exp(draws.normal("refund delays") * DELAY_SIGMA) * DAY).astype(np.int64)
    # Nothing comes back before it has arrived.
    refunded_at = np.maximum(about.placed_at[order[rows]] + delay // SECOND * SECOND, delivered[rows] + HOUR)
    is_partial = draws.uniform("partial refunds") < PARTIAL_SHARE
    reason = np.searchsorted(np.cumsum(_REASON_SHARES)[:-1], draws.uniform("refund reasons"), side="right")
    return pa.table(
        {
            "refund_id": _ids(count),
            "order_id": lines["order_id"].take(pa.array(rows)),
            "line_number": lines["line_number"].take(pa.array(rows)),
            "refunded_at": timestamps(refunded_at),
            "quantity": np.where(is_partial, 0, lines["quantity"].to_numpy()[rows]),
            "amount_minor": np.where(is_partial, paid[rows] // 2, paid[rows]),
            "is_partial": is_partial,
            "reason": texts(reason, REASONS),
        }
    )


def _rates(about: Book, lines: pa.Table, order: Ints) -> Floats:
    product = rows_in(lines["asin"], [entry.asin for entry in PRODUCTS])
    by_product = np.array([RATES[entry.category] for entry in PRODUCTS])
    rates: Floats = by_product[product, about.drawn.is_shop[about.candidate].astype(np.int64)[order]]
    return rates


def _ids(count: int) -> pa.Array:
    numbers = digits(np.arange(count), 8)
    return pa.array([f"rf_{number}" for number in numbers.to_pylist()], pa.string())
