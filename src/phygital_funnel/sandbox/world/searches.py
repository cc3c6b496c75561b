"""Branded searches on Amazon: what people who saw something type in, days later, and everybody else too."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import BRAND, PRODUCTS
from phygital_funnel.sandbox.world.columns import Flags, micros_of, texts, timestamps
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.joins import Tables, codes_in, is_amazon_sale, plain, rows_of
from phygital_funnel.sandbox.world.sampling import order_by
from phygital_funnel.sandbox.world.times import DAY, MINUTE, SECOND, Ints

EXTRA_QUERIES = 0.8
"""A caused order without a click emits one query and this many more in the mean."""
IDLE_PER_QUERY = 15
"""Queries that end in no purchase, per query of a caused order."""
BASELINE_QUERIES, BASELINE_IDLE = 0.5, 4.0
"""Queries of an order that nothing caused, and queries without a purchase beside each of those orders; both means."""
_LAG_MEDIAN_DAYS, _LAG_SIGMA = 2.5, 0.95


@dataclass
class _Batch:
    """Searches under construction; row numbers, -1 where there is none."""

    person: Ints
    searched_at: Ints
    exposure: Ints
    order: Ints
    product: Ints


def searches(tables: Tables, design: Design) -> pa.Table:
    """One row per branded query in Amazon's search, in order of time; ``asin`` is the product looked for.

    Args:
        tables: people, exposures, clicks, orders, order_lines and truth_order_cause.
        design: queries outside its period are dropped.
    """
    draw = design.randomness.stream("searches")
    parent = _parents(tables)
    amazon = is_amazon_sale(tables["orders"])
    caused = np.flatnonzero(amazon & (parent >= 0) & ~_is_clicked(tables, parent))
    baseline = np.flatnonzero(amazon & (parent < 0))
    before = _of_orders(tables, caused, parent, 1 + draw.poisson(EXTRA_QUERIES, len(caused)), draw)
    batches = [
        before,
        _idle_after_exposures(tables, design, IDLE_PER_QUERY * len(before.person), draw),
        _of_orders(tables, baseline, parent, draw.poisson(BASELINE_QUERIES, len(baseline)), draw),
        _idle(tables, design, baseline, draw.poisson(BASELINE_IDLE, len(baseline)), draw),
    ]
    names = ("person", "searched_at", "exposure", "order", "product")
    return _table(_Batch(*(np.concatenate([getattr(b, n) for b in batches]) for n in names)), tables, design, draw)


def _parents(tables: Tables) -> Ints:
    """Per order the exposure that caused it, -1 for none."""
    causes = tables["truth_order_cause"]
    exposure = causes["exposure_id"].fill_null(-1).to_numpy()
    parents: Ints = exposure[rows_of(tables["orders"]["order_id"], causes["order_id"])]
    return parents


def _is_clicked(tables: Tables, parent: Ints) -> Flags:
    clicked = np.zeros(tables["exposures"].num_rows + 1, dtype=bool)
    clicked[tables["clicks"]["exposure_id"].to_numpy()] = True
    was_clicked: Flags = clicked[parent]
    return was_clicked


def _of_orders(tables: Tables, orders: Ints, parent: Ints, queries: Ints, draw: np.random.Generator) -> _Batch:
    """Queries minutes before the purchase, but never before the exposure that led to it."""
    order = np.repeat(orders, queries)
    count = len(order)
    purchased = micros_of(tables["orders"]["purchased_at"])[order]
    moment = purchased - MINUTE - (draw.exponential(25, count) * MINUTE).astype(np.int64)
    cause = parent[order]
    rows = np.flatnonzero(cause >= 0)
    seen = micros_of(tables["exposures"]["occurred_at"].take(pa.array(cause[rows])))
    moment[rows] = np.maximum(moment[rows], (seen + purchased[rows]) // 2)
    person = tables["orders"]["person_id"].to_numpy()[order]
    return _Batch(person, moment, cause, order, _first_products(tables)[order])


def _first_products(tables: Tables) -> Ints:
    """Per order the product of its first line."""
    lines = tables["order_lines"]
    rows = rows_of(lines["order_id"], tables["orders"]["order_id"])
    product = codes_in(lines["asin"], [entry.asin for entry in PRODUCTS])
    is_first = lines["line_number"].to_numpy() == 1
    first = np.zeros(tables["orders"].num_rows, dtype=np.int64)
    first[rows[is_first]] = product[is_first]
    return first


def _idle_after_exposures(tables: Tables, design: Design, count: int, draw: np.random.Generator) -> _Batch:
    """Queries of people who watched six seconds or more and then bought nothing."""
    exposures = tables["exposures"]
    has_amazon = np.array([market.has_amazon for market in design.markets])
    market = codes_in(tables["people"]["market"], [market.code for market in design.markets])
    watched = np.flatnonzero(exposures["watched_6s"].to_numpy(zero_copy_only=False))
    watched = watched[has_amazon[market[exposures["person_id"].to_numpy()[watched]]]]
    if not len(watched):
        count = 0
    exposure = watched[draw.integers(0, max(1, len(watched)), count)] if count else np.empty(0, dtype=np.int64)
    person = exposures["person_id"].take(pa.array(exposure)).to_numpy().astype(np.int64)
    lag = _LAG_MEDIAN_DAYS * np.exp(draw.normal(0, _LAG_SIGMA, count)) * DAY
    moment = micros_of(exposures["occurred_at"].take(pa.array(exposure))) + lag.astype(np.int64)
    product = draw.integers(0, len(PRODUCTS), count)
    return _Batch(person, moment, exposure, np.full(count, -1), product)


def _idle(tables: Tables, design: Design, baseline: Ints, queries: Ints, draw: np.random.Generator) -> _Batch:
    """Queries of people nobody prompted, spread like the baseline orders but by the people of other orders."""
    order = np.repeat(baseline, queries)
    count = len(order)
    moment = micros_of(tables["orders"]["purchased_at"])[order] + draw.integers(-DAY // 2, DAY // 2, count)
    person = tables["orders"]["person_id"].to_numpy()[order]
    market = codes_in(tables["orders"]["market"], [market.code for market in design.markets])
    person = _shuffled_within(person, market[order], draw)
    nothing = np.full(count, -1)
    return _Batch(person, moment, nothing, nothing, draw.integers(0, len(PRODUCTS), count))


def _shuffled_within(values: Ints, group: np.ndarray, draw: np.random.Generator) -> Ints:
    """The values in random order within each group."""
    shuffled = np.empty_like(values)
    for number in np.unique(group):
        places = np.flatnonzero(group == number)
        shuffled[places] = draw.permutation(values[places])
    return shuffled


def _table(batch: _Batch, tables: Tables, design: Design, draw: np.random.Generator) -> pa.Table:
    moment = batch.searched_at // SECOND * SECOND
    rows = np.flatnonzero((moment >= design.start) & (moment < design.end))
    rows = rows[order_by((moment[rows] - design.start) // SECOND)]
    person, product = batch.person[rows], batch.product[rows]
    exposure, order = batch.exposure[rows], batch.order[rows]
    wording = draw.integers(0, len(_WORDINGS), len(rows))
    queries = [template.format(*_words(entry.name)) for entry in PRODUCTS for template in _WORDINGS]
    return pa.table(
        {
            "person_id": person,
            "market": tables["people"]["market"].take(pa.array(person)),
            "asin": texts(product, [entry.asin for entry in PRODUCTS]),
            "query": texts(product * len(_WORDINGS) + wording, queries),
            "searched_at": timestamps(moment[rows]),
            "exposure_id": pa.array(exposure, mask=exposure < 0),
            "order_id": texts(order, plain(tables["orders"]["order_id"])),
        }
    )


_WORDINGS = ("{0}", "{0} {1}", "{1} {0}", "{0} tiktok", "{2} {1}")


def _words(name: str) -> tuple[str, str, str]:
    """The brand, the plain name of a product, and the brand as people misspell it."""
    brand = BRAND.lower().removesuffix(" brand")
    words = [word for word in name.lower().replace("sandbox", "").split() if word.isalpha()]
    return brand, " ".join(words[:2]), brand.replace("dbox", "box")
