"""Contrasts: what a world has more than the same world without something, all random numbers being the same."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.columns import Flags, Floats, micros_of, texts
from phygital_funnel.sandbox.world.joins import codes_in
from phygital_funnel.sandbox.world.times import Ints

MAX_SHAPLEY_GROUPS = 8


class Counterfactual(Protocol):
    """What truth needs of a world."""

    @property
    def seed(self) -> int:
        """Of the world's random numbers."""

    @property
    def markets(self) -> tuple[Market, ...]:
        """The markets, whose people see and buy only there."""

    @property
    def candidates(self) -> pa.Table:
        """Every order that could happen."""

    def happened(self, removed: Flags | None) -> Flags:
        """Which candidates happen without the removed exposures, all random numbers being the same."""

    def __getitem__(self, name: str) -> pa.Table:
        """A table of the world."""


@dataclass(frozen=True)
class Effect:
    """Difference that something makes; money in minor units of one market's currency, items less discounts.

    Args:
        amazon_orders: on Amazon, net of those displaced.
        shop_orders: on TikTok Shop.
        amazon_net_minor: amount of the former.
        shop_net_minor: amount of the latter.
        displaced: baseline Amazon orders that it kept from happening.
    """

    amazon_orders: float = 0
    shop_orders: float = 0
    amazon_net_minor: float = 0
    shop_net_minor: float = 0
    displaced: float = 0


EFFECT_COLUMNS = tuple(field.name for field in fields(Effect))


class Ledger:
    """The candidates of a world as arrays, to compare its outcome with others by market, week or region."""

    def __init__(self, world: Counterfactual) -> None:
        candidates = world.candidates
        self.markets = world.markets
        self.market = codes_in(candidates["market"], [market.code for market in world.markets])
        self.is_amazon = codes_in(candidates["platform"], ["amazon"]) == 0
        self.net = candidates["net_amount_minor"].to_numpy().astype(np.int64)
        self.parent = candidates["exposure_id"].cast(pa.int64()).fill_null(-1).to_numpy()
        self.purchased_at = micros_of(candidates["purchased_at"])
        self.actual = world.happened(None)

    def effects(self, without: Flags, key: Ints, size: int, actual: Flags | None = None) -> list[Effect]:
        """What the actual outcome has more than the one without something.

        Args:
            without: which candidates happen without it.
            key: per candidate what to sum by: 0 to size - 1, or -1 to leave it out.
            size: how many keys there are.
            actual: another outcome than the world's own.
        """
        actual = self.actual if actual is None else actual
        difference = actual.astype(np.int64) - without
        # Baseline orders have no other reason to be missing than displacement.
        displaced = -difference * (self.is_amazon & (self.parent < 0))
        return self._summed(difference, displaced, key, size)

    def children(self, key: Ints, size: int) -> list[Effect]:
        """Orders that happened because an exposure emitted them, by a key of the candidate (-1 to leave it out)."""
        return self._summed(self.actual & (self.parent >= 0), np.zeros_like(self.net), key, size)

    def _summed(self, orders: Any, displaced: Ints, key: Ints, size: int) -> list[Effect]:
        amazon, shop = orders * self.is_amazon, orders * ~self.is_amazon
        sums = (sums_by(key, values, size) for values in (amazon, shop, amazon * self.net, shop * self.net, displaced))
        return [Effect(*row) for row in zip(*(column.tolist() for column in sums), strict=True)]


def sums_by(key: Ints, values: Any, size: int) -> Ints:
    """Exact sums of integers by key; a key of -1 is left out."""
    total = np.zeros(size, dtype=np.int64)
    rows = np.flatnonzero((key >= 0) & (values != 0))
    np.add.at(total, key[rows], values[rows].astype(np.int64))
    return total


def turns(market: Ints) -> Ints:
    """Numbers units so that no two of a market share one: units of one number can be switched off at once.

    People see and buy within one market, so what happens in one does not depend on the others.
    """
    return np.array([int((market[:number] == own).sum()) for number, own in enumerate(market)], dtype=np.int64)


def shapley(world: Counterfactual, groups: Mapping[str, Flags]) -> pa.Table:
    """One row per group and market: the group's exact Shapley value of each column of ``Effect``.

    The values of all groups add up to the contrast of all of them, which leave-one-out contrasts do not. Exposures
    outside the groups stay shown.

    Args:
        world: whose outcome is shared out.
        groups: by name which exposures belong to it; no exposure may belong to two.

    Raises:
        ConfigError: there are more than eight groups or none, or two of them share an exposure.
    """
    names = list(groups)
    if not 1 <= len(names) <= MAX_SHAPLEY_GROUPS:
        raise ConfigError(
            f"Shapley values are exact for 1 to {MAX_SHAPLEY_GROUPS} groups, not {len(names)}; use leave-one-out "
            "contrasts (truth_creator, truth_campaign), which do not add up to the whole, or fewer groups."
        )
    member = _membership(groups)
    ledger, count = Ledger(world), len(world.markets)
    worth = {}
    for size in range(len(names) + 1):
        for shown in combinations(range(len(names)), size):
            hidden = np.array([number not in shown for number in range(len(names))] + [False])
            effects = ledger.effects(world.happened(hidden[member]), ledger.market, count)
            # What is lost without the others: a coalition is worth the whole less this.
            worth[frozenset(shown)] = -np.array(
                [[getattr(row, key) for key in EFFECT_COLUMNS] for row in effects], float
            )
    values = [_value_of(number, len(names), worth) for number in range(len(names))]
    market = np.tile(np.arange(count), len(names))
    figures = np.concatenate(values)
    return pa.table(
        {
            "group": pa.array(np.repeat(names, count).tolist(), pa.string()),
            "market": texts(market, [entry.code for entry in world.markets]),
            "currency": texts(market, [entry.currency for entry in world.markets]),
        }
        | {key: figures[:, column] for column, key in enumerate(EFFECT_COLUMNS)}
    )


def _membership(groups: Mapping[str, Flags]) -> Ints:
    """Per exposure the number of its group, -1 for none."""
    flags = list(groups.values())
    member = np.full(len(flags[0]), -1)
    for number, (name, flag) in enumerate(groups.items()):
        if (member[flag] >= 0).any():
            raise ConfigError(f"Group {name!r} shares exposures with another; Shapley groups must be disjoint.")
        member[flag] = number
    return member


def _value_of(group: int, count: int, worth: Mapping[frozenset[int], Floats]) -> Floats:
    """Mean of what the group adds, over all orders in which the groups can arrive."""
    total = np.zeros_like(next(iter(worth.values())))
    for shown, value in worth.items():
        if group not in shown:
            before = len(shown)
            weight = math.factorial(before) * math.factorial(count - before - 1) / math.factorial(count)
            total += weight * (worth[shown | {group}] - value)
    return total
