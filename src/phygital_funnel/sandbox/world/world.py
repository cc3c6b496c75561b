"""The world as a whole: every process run in order, and the tables of the fixed schema."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from phygital_funnel.sandbox.world import (
    calendar,
    candidates,
    clicks,
    commissions,
    content,
    delivery,
    listing,
    live,
    orders,
    organic,
    people,
    refunds,
    registrations,
    searches,
    sponsored,
    truth,
    watching,
)  # fmt: skip
from phygital_funnel.sandbox.world.ads import ads
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.columns import Flags
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.outcome import Outcome
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.scenario import Scenario, scenario_named
from phygital_funnel.sandbox.world.sizes import Size, size_named

TABLES = (
    "people", "creators", "commission_rates", "videos", "live_sessions", "ads", "promotions", "stock_outs", "exposures",
    "clicks", "orders", "order_lines", "refunds", "truth_order_cause", "searches", "registrations", "listing_days",
    "sponsored_days",
)  # fmt: skip
TRUTH_TABLES = ("truth_displaced", "truth_exposure_group", "truth_creator", "truth_campaign", "truth_week")

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class World:
    """A simulated world.

    Args:
        size: how large it is and when it happens; the scenario's period included.
        seed: with size and scenario it determines every value.
        scenario: how it differs from the base world.
        tables: the fixed schema; times are UTC microseconds, money is integer minor units.
        candidates: one row per order that could happen (see ``candidates``); ``happened`` says which do.
        outcome: the rules by which they happen.
    """

    size: Size
    seed: int
    scenario: Scenario
    tables: dict[str, pa.Table]
    candidates: pa.Table
    outcome: Outcome

    @property
    def markets(self) -> tuple[Market, ...]:
        """The markets of this world."""
        return self.scenario.markets

    def __getitem__(self, name: str) -> pa.Table:
        return self.truth[name] if name in TRUTH_TABLES else self.tables[name]

    @cached_property
    def truth(self) -> dict[str, pa.Table]:
        """Contrasts of the world with itself, worked out when first asked for: no server reads them."""
        return truth.truth_tables(self)

    def happened(self, removed: Flags | None = None) -> Flags:
        """Which candidates would have happened without some exposures, all random numbers being the same.

        Args:
            removed: one flag per exposure, or None to remove nothing, which gives the orders of ``tables``.
        """
        return self.outcome.happened(removed)

    def digest(self) -> str:
        """SHA-256 over all tables, truth included: equal digests mean equal worlds."""
        total = hashlib.sha256()
        for name in (*TABLES, *TRUTH_TABLES):
            total.update(name.encode())
            table = self[name].combine_chunks()
            with pa.ipc.new_stream(pa.PythonFile(_Hashing(total), "w"), table.schema) as writer:
                writer.write_table(table, max_chunksize=1 << 20)
        return total.hexdigest()


class _Hashing:
    """A file that hashes what is written to it."""

    closed = False

    def __init__(self, total: "hashlib._Hash") -> None:
        self._total = total

    def write(self, data: bytes) -> int:
        self._total.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        self.closed = True


def generate(size: Size | str, seed: int, scenario: Scenario | str = "S1", progress: Progress | None = None) -> World:
    """The world of a size, a seed and a scenario; the same arguments always give the same world.

    Args:
        size: or the name of one.
        seed: any whole number from 0 up.
        scenario: or the name of one.
        progress: called with the phase and the share of it that is done.

    Raises:
        ConfigError: no size or scenario has that name, the seed is none, or a market would have nobody in it.
    """
    kind = scenario_named(scenario) if isinstance(scenario, str) else scenario
    sized = kind.sized(size_named(size) if isinstance(size, str) else size)
    design = Design(sized, kind, Randomness(seed))
    tell = progress or (lambda phase, share: None)
    tables = _content(design, tell)
    made = _delivered(design, tables, tell)
    tell("clicks and orders", 0.0)
    known = clicks.source(design, tables)
    clicked = clicks.draw_clicks(design, made, tables["ads"], known)
    drawn = candidates.candidates(design, tables, made, clicked, known)
    happened = drawn.outcome.happened(None)
    tables["clicks"] = clicks.click_table(design, made, clicked, tables, known, drawn.purchases(happened))
    tables["exposures"] = delivery.exposures(made, tables["ads"], tables["videos"], tables["live_sessions"])
    # Half a gigabyte in the largest world, which nothing needs any more.
    del made
    world = World(sized, seed, kind, tables, candidates.table(design, drawn), drawn.outcome)
    _write_orders(design, world, drawn, happened)
    del drawn, known, clicked
    tell("clicks and orders", 1.0)
    _derive(design, world, tell)
    world.tables.update({name: tables.pop(name) for name in TABLES})
    return world


def _content(design: Design, tell: Progress) -> dict[str, pa.Table]:
    tell("people and content", 0.0)
    tables = {"people": people.people(design), "creators": content.creators(design)}
    tables["commission_rates"] = commissions.commission_rates(design.size, tables["creators"], design.randomness)
    tables["videos"] = content.videos(design, tables["creators"])
    tables["live_sessions"] = live.live_sessions(design, tables["creators"])
    tables["ads"] = ads(design, tables["videos"])
    place = (design.markets, design.randomness)
    tables["promotions"] = calendar.promotions(design.size, *place)
    tables["stock_outs"] = calendar.stock_outs(design.size, design.scenario, *place)
    tell("people and content", 1.0)
    return tables


def _delivered(design: Design, tables: dict[str, pa.Table], tell: Progress) -> delivery.Delivered:
    tell("exposures", 0.0)
    paid = delivery.paid_plan(design, tables["ads"], tables["videos"], tables["promotions"])
    streams = organic.streams(design, tables["videos"], tables["live_sessions"])
    facts = watching.facts(tables["videos"], tables["live_sessions"])
    audiences = people.Audiences(design, tables["people"])
    return delivery.deliver(design, audiences, paid, streams, facts, lambda share: tell("exposures", share))


def _write_orders(design: Design, world: World, drawn: candidates.Candidates, happened: Flags) -> None:
    tables = world.tables
    book = orders.book(design, drawn, happened, tables)
    tables["orders"] = orders.order_table(book, tables)
    tables["order_lines"] = orders.line_table(book, tables["orders"], tables["commission_rates"])
    tables["refunds"] = refunds.refund_table(book, tables["order_lines"])
    tables["truth_order_cause"] = truth.order_cause(world)


def _derive(design: Design, world: World, tell: Progress) -> None:
    """What follows from people, content and orders without changing them."""
    makers = {
        "searches": searches.searches,
        "registrations": registrations.registrations,
        "listing_days": listing.listing_days,
        "sponsored_days": sponsored.sponsored_days,
    }
    for number, (name, make) in enumerate(makers.items()):
        tell("searches, registrations, listings", number / len(makers))
        world.tables[name] = make(world.tables, design)
    tell("searches, registrations, listings", 1.0)
