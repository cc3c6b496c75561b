"""The cell engine on random worlds: against an oracle that knows only the rules, and what must hold in any case."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from cell_models import CREDIT, FATES, CellModels
from cell_oracle import ORDER, Claim, Click, Line, Oracle, World
from cell_worlds import make_world
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

WORLDS = 800
MANY_WORLDS = 20_000
LINKED_WORLDS = 200
NOON_OF_THE_25TH = datetime(2026, 10, 25, 12)  # noqa: DTZ001 - UTC, as the models keep instants
SHRINKING = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def a_world(draw: st.DrawFn) -> World:
    return make_world(lambda options: draw(st.sampled_from(options)))


@pytest.fixture(scope="module")
def models(new_warehouse) -> CellModels:
    return CellModels(new_warehouse("cells"))


def expected_credit(worlds: list[World]) -> dict[tuple[str, str], int]:
    """Every credit row of some worlds."""
    return {
        (f"{number}/{conversion}", f"tag:{number}/{key.removeprefix('tag:')}"): micros
        for number, world in enumerate(worlds)
        for (conversion, key), micros in Oracle(world).credit().items()
    }


def expected_fates(worlds: list[World]) -> dict[tuple[str, str, object, str], tuple[int, ...]]:
    """What became of every claim."""
    return {
        (f"M{number}", asin, day, f"{number}/{tag}"): (
            fate.claimed, fate.by_click, fate.by_code, fate.here, fate.earlier, fate.later, fate.scaled_down,
            fate.unplaced,
        )
        for number, world in enumerate(worlds)
        for (asin, day, tag), fate in Oracle(world).fates.items()
    }  # fmt: skip


def assert_as_the_rules_say(models: CellModels, worlds: list[World]) -> None:
    models.run(worlds)
    assert {row[:4]: row[4:] for row in models.rows(FATES)} == expected_fates(worlds)
    assert {row[:2]: row[2] for row in models.rows(CREDIT)} == expected_credit(worlds)
    assert [name for name, sql in models.checks.items() if models.rows(sql)] == []


@settings(SHRINKING, max_examples=12)
@given(worlds=st.lists(a_world(), min_size=1, max_size=4))
def test_credit_and_claims_are_as_the_rules_say(models: CellModels, worlds: list[World]) -> None:
    """Ties, empty cells, neighbours, days of 25 hours, any separator in a name: no row differs, is missing or extra."""
    assert_as_the_rules_say(models, worlds)


@pytest.mark.parametrize("count", [WORLDS, pytest.param(MANY_WORLDS, marks=pytest.mark.slow)])
def test_many_worlds_at_once_are_as_the_rules_say(models: CellModels, count: int) -> None:
    """Breadth in one batch; of the worlds that differ the smallest is shown, and can be given to the test before."""
    rng = random.Random(20_261_025)  # noqa: S311 - test data
    worlds = [make_world(rng.choice) for _ in range(count)]
    models.run(worlds)
    fates = {row[:4]: row[4:] for row in models.rows(FATES)}.items() ^ expected_fates(worlds).items()
    credit = {row[:2]: row[2] for row in models.rows(CREDIT)}.items() ^ expected_credit(worlds).items()
    different = {int(key[0][1:]) for key, _ in fates} | {int(key[0].split("/")[0]) for key, _ in credit}
    assert min((worlds[number] for number in different), key=lambda world: len(repr(world)), default=None) is None
    assert [name for name, sql in models.checks.items() if models.rows(sql)] == []


def test_kept_orders_share_exactly_what_was_placed(models: CellModels) -> None:
    """Three kept orders and one claim: the first in turn gets the odd millionth, and a cancelled one none of theirs."""
    lines = [Line(f"c{n}", f"o{n}", "A1", NOON_OF_THE_25TH, "cancelled" if n == 0 else "confirmed") for n in range(4)]
    models.run([World("UTC", tuple(lines), (Claim("A1", NOON_OF_THE_25TH.date(), "g1", 1),))])
    key = "tag:0/g1:2026-10-25:unallocated"
    assert sorted(models.rows(CREDIT)) == [
        ("0/c0", key, 333_334), ("0/c1", key, 333_334), ("0/c2", key, 333_333), ("0/c3", key, 333_333),
    ]  # fmt: skip


def test_no_credit_is_below_zero_however_small_a_creative_is(models: CellModels) -> None:
    """The mixed second difference of floor(i S / n) would give some orders -1 of the smallest."""
    day = NOON_OF_THE_25TH.date()
    lines = tuple(Line(f"c{n}", f"o{n}", "A1", NOON_OF_THE_25TH) for n in range(10))
    purchases = (("g1", day, "a", 700_001), ("g1", day, "b", 2), ("g1", day, "c", 1))
    models.run([World("UTC", lines, (Claim("A1", day, "g1", 1),), creatives=purchases)])
    credits = [micros for _, _, micros in models.rows(CREDIT)]
    assert sum(credits) == ORDER
    assert min(credits) > 0
    assert not models.rows(models.checks["cell_credit_adds_up_to_orders"])


@settings(SHRINKING, max_examples=3)
@given(worlds=st.lists(a_world(), min_size=1, max_size=4))
def test_the_order_of_rows_decides_nothing(models: CellModels, worlds: list[World]) -> None:
    models.run(worlds)
    before = sorted(models.rows(CREDIT)), sorted(models.rows(FATES))
    models.run(worlds, reverse=True)
    assert (sorted(models.rows(CREDIT)), sorted(models.rows(FATES))) == before


@settings(SHRINKING, max_examples=8)
@given(world=a_world(), data=st.data())
def test_an_order_that_becomes_linked_is_never_credited_twice(models: CellModels, world: World, data) -> None:
    """Its claim leaves with it: no tag keeps more than it claims beyond the orders known to be its own."""
    lines = _that_may_become_linked(world)
    assume(lines)
    assert_never_credited_twice(models, [(world, data.draw(st.sampled_from(lines)))])


def test_many_orders_that_become_linked_are_never_credited_twice(models: CellModels) -> None:
    """The same on many worlds at once: few have a claim, and an order that it could credit, in one cell."""
    rng = random.Random(20_261_123)  # noqa: S311 - test data
    worlds = [make_world(rng.choice) for _ in range(LINKED_WORLDS)]
    assert_never_credited_twice(
        models, [(world, rng.choice(lines)) for world in worlds if (lines := _that_may_become_linked(world))]
    )


def _that_may_become_linked(world: World) -> list[Line]:
    return [line for line in world.lines if not line.is_linked and line.is_kept and line.person]


def assert_never_credited_twice(models: CellModels, cases: list[tuple[World, Line]]) -> None:
    """Each world as it is, and with that line's order registered."""
    registered = [_registered(world, chosen) for world, chosen in cases]
    models.run([world for (before, _), after in zip(cases, registered, strict=True) for world in (before, after)])
    placed = {row[:4]: (row[4], sum(row[7:10])) for row in models.rows(FATES)}
    credited = {row[0] for row in models.rows(CREDIT)}
    total: dict[str, int] = defaultdict(int)
    for (market, *_), (_, micros) in placed.items():
        total[market] += micros
    for number, (_, chosen) in enumerate(cases):
        own = 2 * number + 1
        assert f"{own}/{chosen.conversion_id}" not in credited
        for (asin, day, tag), known in _known_to_be_own(registered[number]):
            claimed, now = placed[f"M{own}", asin, day, f"{own}/{tag}"]
            assert now <= max(0, claimed - ORDER * known)
        assert total[f"M{own}"] <= total[f"M{own - 1}"]


def _registered(world: World, chosen: Line) -> World:
    lines = (replace(line, has_path=line.order_id == chosen.order_id or line.has_path) for line in world.lines)
    return replace(world, lines=tuple(lines))


def _known_to_be_own(world: World) -> Iterator[tuple[tuple[str, date, str], int]]:
    """Each tag's claim, and how many of the cell's kept orders are linked and known to be that tag's."""
    oracle = Oracle(world)
    for asin, day, tag in oracle.fates:
        yield (
            (asin, day, tag),
            sum(
                tag in {oracle.last_tag(line) for line in pair.lines if line.is_linked}
                for pair in oracle.pairs.get((asin, day), ())
                if pair.is_linked and pair.is_kept
            ),
        )


def test_a_code_order_takes_its_claim_from_every_tag_of_the_owner(models: CellModels) -> None:
    """Nobody knows which of her tags sold it (ledger-rules 11); another creator's tag keeps its claim."""
    lines = [Line(f"c{n}", f"o{n}", "A1", NOON_OF_THE_25TH, code_creator="ann" if n == 0 else None) for n in range(4)]
    claims = tuple(Claim("A1", NOON_OF_THE_25TH.date(), tag, 1) for tag in ("g1", "g2", "g3"))
    owners = frozenset({("g1", "ann"), ("g2", "ann"), ("g3", "bob")})
    models.run([World("UTC", tuple(lines), claims, owners=owners)])
    assert fates(models) == {"g1": (0, ORDER, 0), "g2": (0, ORDER, 0), "g3": (0, 0, ORDER)}


def test_a_click_on_an_ad_without_a_tag_hides_no_tagged_click(models: CellModels) -> None:
    """Amazon does not see it, and so claims the order for the tag that was clicked before."""
    line = Line("c", "o", "A1", NOON_OF_THE_25TH, person="p1", has_path=True)
    clicks = tuple(
        Click(f"k{hours}", "p1", NOON_OF_THE_25TH - timedelta(hours=hours), group)
        for hours, group in ((2, "g1"), (1, "without a tag"))
    )
    other = Line("d", "u", "A1", NOON_OF_THE_25TH)
    models.run([World("UTC", (line, other), (Claim("A1", NOON_OF_THE_25TH.date(), "g1", 1),), clicks)])
    assert fates(models) == {"g1": (ORDER, 0, 0)}


def fates(models: CellModels) -> dict[str, tuple[int, int, int]]:
    """Of each tag of the only world: what clicks and codes took, and what was placed in its own cell."""
    return {row[3].removeprefix("0/"): (row[5], row[6], row[7]) for row in models.rows(FATES)}


def test_omega_bounds_what_code_orders_take(models: CellModels) -> None:
    """The totals for no and for all of a code order's claim stand beside what the setting gives."""
    rng = random.Random(7)  # noqa: S311 - test data
    worlds = [make_world(rng.choice) for _ in range(200)]
    models.run(worlds)
    bounds = models.rows(
        "select market, sum(placed_without_codes_micro)::bigint, sum(placed_with_codes_micro)::bigint, "
        "sum(placed_micro)::bigint from ledgers.fct_attribution_cells group by 1"
    )
    assert bounds
    for market, without, with_codes, placed in bounds:
        world = worlds[int(market[1:])]
        totals = [
            sum(fate.here + fate.earlier + fate.later for fate in Oracle(world, weight).fates.values())
            for weight in (0, ORDER)
        ]
        assert [without, with_codes, with_codes] == [*totals, placed]
    assert sum(row[1] for row in bounds) > sum(row[2] for row in bounds)
