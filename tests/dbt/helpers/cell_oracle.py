"""The cell engine by the published rules, in plain loops over one market: what the SQL is compared with.

Amounts of orders are whole millionths. Days are numbers; a world's zone turns its instants into them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

ORDER = 1_000_000
LOOK_BACK = timedelta(days=14)
Cell = tuple[str, date]
"""ASIN and day; a world is one market."""


@dataclass(frozen=True)
class Line:
    conversion_id: str
    order_id: str
    asin: str
    converted_at: datetime
    status: str = "confirmed"
    net_amount_minor: int | None = 100
    person: str | None = None
    has_path: bool = False
    code_creator: str | None = None

    @property
    def is_linked(self) -> bool:
        return self.has_path or self.code_creator is not None

    @property
    def is_kept(self) -> bool:
        return self.status not in ("cancelled", "refunded")


@dataclass(frozen=True)
class Claim:
    asin: str
    day: date
    ad_group: str
    promoted: int
    halo: int = 0


@dataclass(frozen=True)
class Click:
    click_id: str
    person: str
    at: datetime
    ad_group: str | None
    is_same_country: bool = True


@dataclass(frozen=True)
class World:
    """One market.

    Args:
        creatives: purchases by PERFORMANCE of (ad group, day) and creative; None is the level of the ad group itself.
        owners: (ad group, creator).
        foreign: ad groups that are known, and in other markets only.
    """

    zone: str
    lines: tuple[Line, ...] = ()
    claims: tuple[Claim, ...] = ()
    clicks: tuple[Click, ...] = ()
    creatives: tuple[tuple[str, date, str | None, int], ...] = ()
    owners: frozenset[tuple[str, str]] = frozenset()
    foreign: frozenset[str] = frozenset()

    @property
    def registered(self) -> frozenset[str]:
        """Ad groups in the register of tags; an unregistered tag is taken for one of its profile's market."""
        named = {claim.ad_group for claim in self.claims}
        return frozenset(tag for tag in named if tag in self.foreign or not tag.startswith("unregistered"))

    @property
    def tagged(self) -> frozenset[str]:
        """Ad groups whose links carry a tag: registered ones, and what Amazon reports purchases of."""
        return self.registered | {claim.ad_group for claim in self.claims if claim.promoted + claim.halo}

    def day_of(self, line: Line) -> date:
        return line.converted_at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).date()


class Pair(NamedTuple):
    """The lines of one order in one cell."""

    lines: tuple[Line, ...]

    @property
    def name(self) -> bytes:
        return min(line.conversion_id.encode() for line in self.lines)

    @property
    def is_kept(self) -> bool:
        return any(line.is_kept for line in self.lines)

    @property
    def is_linked(self) -> bool:
        return any(line.is_linked for line in self.lines)


@dataclass
class Fate:
    """What became of one claim."""

    claimed: int
    by_click: int = 0
    by_code: int = 0
    here: int = 0
    earlier: int = 0
    later: int = 0
    scaled_down: int = 0
    unplaced: int = 0

    @property
    def open(self) -> int:
        return self.claimed - self.by_click - self.by_code


def shared(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount in proportion to weights, in whole numbers that add up: floors of running totals."""
    total, seen, given, parts = sum(weights), 0, 0, []
    for weight in weights:
        seen += weight
        upto = amount * seen // total if total else 0
        parts.append(upto - given)
        given = upto
    return parts


def dealt(before: int, amount: int, players: int, turn: int) -> int:
    """How many of the micros ``before`` ... ``before + amount - 1`` a player gets when all are dealt in turn."""
    first = before + (turn - before) % players
    return len(range(first, before + amount, players))


def _byte_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: name.encode())


class Oracle:
    """Everything the rules say about a world, for one weight of code orders."""

    def __init__(self, world: World, code_weight: int = ORDER) -> None:
        self._world = world
        self.pairs = self._paired()
        self.fates: dict[tuple[str, date, str], Fate] = defaultdict(lambda: Fate(0))
        for claim in world.claims:
            if claim.promoted + claim.halo:
                self.fates[claim.asin, claim.day, claim.ad_group].claimed += ORDER * (claim.promoted + claim.halo)
        self._deduct(code_weight)
        self._place()

    def _paired(self) -> dict[Cell, list[Pair]]:
        by_order: dict[tuple[str, date, str], list[Line]] = defaultdict(list)
        for line in self._world.lines:
            by_order[line.asin, self._world.day_of(line), line.order_id].append(line)
        cells: dict[Cell, list[Pair]] = defaultdict(list)
        for (asin, day, _), lines in by_order.items():
            cells[asin, day].append(Pair(tuple(lines)))
        return cells

    def kept(self, cell: Cell, *, linked: bool = False) -> int:
        """Orders of a cell that are kept; those that tags may have sold, or those that other evidence credits."""
        return sum(pair.is_kept and pair.is_linked == linked for pair in self.pairs.get(cell, ()))

    def tags_of(self, cell: Cell) -> list[str]:
        """Ad groups with claims in a cell, in order."""
        return _byte_order(
            tag for asin, day, tag in self.fates if (asin, day) == cell and tag not in self._world.foreign
        )

    def last_tag(self, line: Line) -> str | None:
        """Ad group of the buyer's last tagged click in the 14 days before."""
        seen = [
            click
            for click in self._world.clicks
            if click.person == line.person and click.ad_group in self._world.tagged and click.is_same_country
            and timedelta() <= line.converted_at - click.at < LOOK_BACK
        ]  # fmt: skip
        return max(seen, key=lambda click: (click.at, click.click_id.encode())).ad_group if seen else None

    def _deduct(self, code_weight: int) -> None:
        for cell, pairs in self.pairs.items():
            linked = [pair for pair in pairs if pair.is_linked and pair.is_kept]
            codes: dict[str, int] = defaultdict(int)
            for pair in linked:
                clicked = {self.last_tag(line) for line in pair.lines if line.is_linked} - {None}
                if clicked:
                    fate = self.fates.get((*cell, min(filter(None, clicked))))
                    if fate and min(filter(None, clicked)) not in self._world.foreign:
                        fate.by_click += min(ORDER, fate.claimed - fate.by_click)
                elif owners := {line.code_creator for line in pair.lines} - {None}:
                    codes[min(filter(None, owners))] += code_weight
            self._deduct_codes(cell, codes)

    def _deduct_codes(self, cell: Cell, codes: dict[str, int]) -> None:
        """Each tag of a code's owner loses the weight of each of the code's orders, as far as it has claims left."""
        for tag in self.tags_of(cell):
            fate = self.fates[*cell, tag]
            owed = sum(amount for creator, amount in codes.items() if (tag, creator) in self._world.owners)
            fate.by_code = min(fate.open, owed)

    def _place(self) -> None:
        cells = {(asin, day) for asin, day, _ in self.fates}
        open_of = {cell: sum(self.fates[*cell, tag].open for tag in self.tags_of(cell)) for cell in cells}
        for (_, _, tag), fate in self.fates.items():
            if tag in self._world.foreign:
                fate.unplaced = fate.claimed
        for cell in cells:
            if orders := self.kept(cell):
                self._scale(cell, min(open_of[cell], ORDER * orders))
        self._move_all({cell: amount for cell, amount in open_of.items() if not self.kept(cell)}, open_of)

    def _move_all(self, stranded: dict[Cell, int], open_of: dict[Cell, int]) -> None:
        """All cells without orders go to the day before; then all go to the day after with what is left."""
        room = {cell: max(0, ORDER * self.kept(cell) - open_of.get(cell, 0)) for cell in self.pairs}
        moved: dict[tuple[Cell, int], int] = {}
        for step in (-1, 1):
            for cell, amount in stranded.items():
                beside = (cell[0], cell[1] + timedelta(days=step))
                moved[cell, step] = min(amount - moved.get((cell, -1), 0), room.get(beside, 0))
                if moved[cell, step]:
                    room[beside] -= moved[cell, step]
        for cell in stranded:
            self._move(cell, moved[cell, -1], moved[cell, 1])

    def _scale(self, cell: Cell, placed: int) -> None:
        fates = [self.fates[*cell, tag] for tag in self.tags_of(cell)]
        for fate, part in zip(fates, shared(placed, [fate.open for fate in fates]), strict=True):
            fate.here, fate.scaled_down = part, fate.open - part

    def _move(self, cell: Cell, earlier: int, later: int) -> None:
        fates = [self.fates[*cell, tag] for tag in self.tags_of(cell)]
        for fate, part in zip(fates, shared(earlier, [fate.open for fate in fates]), strict=True):
            fate.earlier = part
        rest = [fate.open - fate.earlier for fate in fates]
        for fate, part, left in zip(fates, shared(later, rest), rest, strict=True):
            fate.later, fate.unplaced = part, left - part

    def recipients(self, cell: Cell) -> dict[str, int]:
        """Credit over the orders of a cell by recipient key, in order."""
        keyed: dict[str, int] = {}
        asin, day = cell
        sources = ((day, "here"), (day + timedelta(days=1), "earlier"), (day - timedelta(days=1), "later"))
        for claim_day, part in sources:
            for tag in self.tags_of((asin, claim_day)):
                placed = getattr(self.fates[asin, claim_day, tag], part)
                for creative, amount in self._by_creative(tag, claim_day, placed):
                    if amount:
                        keyed[f"tag:{tag}:{claim_day}:{creative}"] = amount
        return {key: keyed[key] for key in _byte_order(keyed)}

    def _by_creative(self, tag: str, day: date, placed: int) -> list[tuple[str, int]]:
        purchases: dict[str, int] = defaultdict(int)
        total = 0
        for ad_group, on, creative, count in self._world.creatives:
            if (ad_group, on) == (tag, day):
                if creative is None:
                    total += count
                elif creative != "unallocated":
                    purchases[creative] += count
        names = _byte_order(purchases)
        weights = [purchases[name] for name in names] + [max(0, total - sum(purchases.values()))]
        if not sum(weights):
            return [("unallocated", placed)]
        escaped = [name.replace("%", "%25").replace(":", "%3A") for name in names] + ["unallocated"]
        return list(zip(escaped, shared(placed, weights), strict=True))

    def credit(self) -> dict[tuple[str, str], int]:
        """Micro-credit by line and recipient key."""
        out: dict[tuple[str, str], int] = {}
        for cell, pairs in self.pairs.items():
            orders, before = self.kept(cell), 0
            if not orders:
                continue
            turns = sorted(
                (pair for pair in pairs if not pair.is_linked), key=lambda pair: (not pair.is_kept, pair.name)
            )
            for key, amount in self.recipients(cell).items():
                for number, pair in enumerate(turns):
                    if micros := dealt(before, amount, orders, number % orders):
                        out |= {(line.conversion_id, key): micros for line in pair.lines}
                before += amount
        return out
