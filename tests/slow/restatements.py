"""How often the check on restated days (M6) alarms on worlds whose platforms restate as usual, and what it sees.

A world is read every day, first as a whole; each day's release is compared with the one before by the models as dbt
compiles them. ``python -m tests.slow.restatements --write`` renews the tables of docs/anomalies.md.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from phygital_funnel.sandbox.api.tiktok_shop.timeline import Timeline
from phygital_funnel.sandbox.world.scenario import scenario_named
from phygital_funnel.sandbox.world.times import DAY, HOUR, NEVER

from .false_alarms import DOCUMENT, FIRST_SEED, KINDS, Judge, Share, percent, shares, shares_table
from .volume_worlds import Kind, Volumes, volumes

BEGIN, END = "<!-- restatements: begin -->", "<!-- restatements: end -->"
RELEASES = 31
"""Thirty comparisons: a source-month."""
LATE_SHARE, LATE_DAYS = 0.02, 5.0
"""Share of the events that a platform counts late, and the mean of how late. Those that the sandbox's TikTok counts
late, 3 %, are there the next noon (``tiktok_marketing.knowledge``); Amazon goes on for four weeks."""
PURGED_SHARE = 0.02
"""Largest share of an account's views of a day that TikTok takes back as spam, once within four weeks."""
OLDEST = 60
"""Days that are compared: what moves is younger."""
DAY_TWENTY = 20
SEARCHED_AGAIN = 2
"""Days of last changes that a daily run asks for (``Reread`` of the orders' streams)."""
NOON = 13 * HOUR
MOVED = (0.1, 0.2, 0.5)
_ORDERS = {("tiktok_shop", "orders"), ("amazon_seller", "order_lines")}
_MODELS = ("incomplete", "restated")
# What is compared with is the release of the day before: its figures, and the loads it knew.
_RELEASE = """
delete from raw.previous_volumes;
delete from raw.previous_release;
insert into raw.previous_release values ('before', getvariable('known_at'), 'last_touch');
insert into raw.previous_volumes by name
    select
        concat(source, '.', stream, '.', measure, ':', account) as series_key, source, stream, account,
        null as market, measure, event_date, before as value
    from known;
create or replace table intermediate.int_volumes__counted as
    select
        concat(source, '.', stream, '.', measure, ':', account) as series_key, source, stream, account,
        null as market, measure, event_date, value, events
    from known;
"""
_LOAD = """
insert into base.base__commits by name
select distinct
    source, stream, account, true as is_usable, 'changes' as coverage, $1::date as window_to, $2 as committed_at
from known where (source, stream) in (('tiktok_shop', 'orders'), ('amazon_seller', 'order_lines'))
"""
_MONTHS = """
insert into months
select
    $1, known.source || '.' || known.stream,
    coalesce(max(found.verdict in ('warn', 'block')), false), coalesce(max(found.verdict = 'block'), false)
from (select distinct source, stream, account from known) as known
left join found using (source, stream, account)
group by known.source, known.stream, known.account
"""
# A whole settled week of every series; the figures of the day before are the true ones.
_MOVE = """
update intermediate.int_volumes__counted set value = cast(round(value * $1) as bigint)
where event_date between $2 and $2 + 6
"""
_CAUGHT = """
insert into caught
select
    $1 || ' | ' || case
        when value_then / value_per_event < 30 then 'below 30 events a week'
        when value_then / value_per_event < 100 then '30 to 100'
        when value_then / value_per_event < 1000 then '100 to 1,000'
        else 'above 1,000'
    end,
    verdict in ('warn', 'block'), verdict = 'block'
from intermediate.int_volumes__restated
join (
    select series_key, greatest(1, median(value / events)) as value_per_event
    from intermediate.int_volumes__counted where events > 0 group by series_key
) as units using (series_key)
where week_start = $2 and value_then > 0
"""
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reading:
    """What is known of each series' days as they grow older.

    Args:
        rows: the series' final figures.
        day: day of each row, counted from 1970.
        shares: of the final figure, by row and age in days.
        orders: row of ``rows`` of each order, for each of its series.
        visible: number of the first load that finds the order.
    """

    rows: pa.Table
    day: Ints
    shares: Floats
    orders: Ints
    visible: Ints

    def value(self, today: int, load: int) -> Ints:
        """Figures as they are known after a load, on a day."""
        age = np.clip(today - self.day, 0, OLDEST)
        share = self.shares[np.arange(len(self.day)), age]
        of_orders = self._share_of_orders(load)
        share = np.where(np.isnan(of_orders), share, of_orders)
        value: Ints = np.rint(self.rows["value"].to_numpy() * share).astype(np.int64)
        return value

    def _share_of_orders(self, load: int) -> Floats:
        made = np.bincount(self.orders, minlength=len(self.day))
        seen = np.bincount(self.orders[self.visible <= load], minlength=len(self.day))
        with np.errstate(invalid="ignore"):
            share: Floats = seen / np.where(made == 0, np.nan, made)
        return share


def reading(world: Volumes, first_load: int, seed: int, late_restatement: float = 0.0) -> Reading:
    """How a world's figures come to be known, when they are read daily from a day on.

    Args:
        world: its final figures.
        first_load: day of the first load, counted from 1970.
        seed: of what platforms correct.
        late_restatement: share of TikTok's ad figures that comes on the twentieth day.
    """
    place = world.series.schema.get_field_index("value")
    rows = world.series.set_column(place, "value", world.series["value"].cast(pa.int64()))
    draw = np.random.default_rng([seed, 6])
    day = rows["event_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    events = rows["events"].to_numpy().astype(np.int64)
    late = draw.binomial(events, LATE_SHARE)
    shares_by_age = np.empty((len(day), OLDEST + 1))
    for age in range(OLDEST + 1):
        shares_by_age[:, age] = 1 - late / np.maximum(events, 1)
        late = draw.binomial(late, np.exp(-1 / LATE_DAYS))
    purged_at = draw.integers(1, 28, len(day))
    is_organic = np.array(rows["source"].to_pylist()) == "tiktok_organic"
    purge = np.where(is_organic, draw.uniform(0, PURGED_SHARE, len(day)), 0)
    shares_by_age /= np.where(np.arange(OLDEST + 1) < purged_at[:, None], 1 - purge[:, None], 1)
    is_ads = np.array(rows["source"].to_pylist()) == "tiktok_ads"
    shares_by_age[np.ix_(is_ads, np.arange(OLDEST + 1) < DAY_TWENTY)] *= 1 - late_restatement
    return Reading(rows, day, shares_by_age, *_orders(world, day, first_load))


def _orders(world: Volumes, day: Ints, first_load: int) -> tuple[Ints, Ints]:
    visible = _first_found(Timeline(world.orders).reached, first_load)
    names = [world.series[name].to_pylist() for name in ("source", "stream", "account")]
    places: dict[tuple[str, str, int], list[int]] = {}
    for row, (source, stream, account) in enumerate(zip(*names, strict=True)):
        if (source, stream) in _ORDERS:
            places.setdefault((source, account, int(day[row])), []).append(row)
    made = world.orders["event_date"].to_numpy().astype("datetime64[D]").astype(np.int64).tolist()
    keys = zip(world.orders["source"].to_pylist(), world.orders["account"].to_pylist(), made, strict=True)
    found = [(row, order) for order, key in enumerate(keys) for row in places.get(key, ())]
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], visible[pairs[:, 1]]


def _first_found(reached: Ints, first_load: int) -> Ints:
    """Number of the first daily load that finds each order under the time of its last change until then."""
    visible = np.full(reached.shape[1], RELEASES + 1, dtype=np.int64)
    for load in range(RELEASES):
        now = (first_load + load) * DAY + NOON
        changed = np.where((reached <= now) & (reached != NEVER), reached, -1).max(axis=0) // DAY
        oldest = first_load + load - SEARCHED_AGAIN if load else 0
        is_found = (changed >= oldest) & (changed < first_load + load)
        visible = np.where(is_found & (visible > load), load, visible)
    return visible


@dataclass(frozen=True)
class Study:
    """What was counted.

    Args:
        worlds: how many.
        by_kind: source-months by kind of world, all together last.
        by_stream: source-months by stream.
        moved: weeks that were moved, by how much and size.
    """

    worlds: int
    by_kind: list[Share]
    by_stream: list[Share]
    moved: list[Share]


def study(
    seeds: Sequence[int], kinds: Sequence[Kind] = KINDS, say: Callable[[str], object] = lambda line: None
) -> Study:
    """Compare the daily releases of every kind of world that keeps its size, with every seed."""
    steady = [(number, kind) for number, kind in enumerate(kinds) if kind.growth == 1.0]
    with TemporaryDirectory() as folder:
        judge = Judge(Path(folder))
        con = judge.con
        con.execute("create table months (kind text, stream text, is_alarm boolean, is_block boolean)")
        con.execute("create table caught (name text, is_alarm boolean, is_block boolean)")
        for seed in seeds:
            for number, kind in steady:
                _compare(judge, kind, seed * 100 + number)
                say(f"{kind.name}, seed {seed}")
        counted = Study(
            len(seeds) * len(steady),
            [
                *shares(con, "select kind, is_alarm, is_block from months"),
                *shares(con, "select 'all', is_alarm, is_block from months"),
            ],
            shares(con, "select stream, is_alarm, is_block from months"),
            shares(con, "from caught"),
        )
        con.close()
        return counted


def _compare(judge: Judge, kind: Kind, seed: int) -> None:
    con, world = judge.con, volumes(kind, seed)
    first_load = (world.last_date - date(1970, 1, 1)).days - RELEASES
    read = reading(world, first_load, seed, scenario_named(kind.scenario).late_restatement)
    con.execute("delete from base.base__commits")
    con.execute("create or replace table found (source text, stream text, account text, verdict text)")
    for load in range(1, RELEASES):
        today = first_load + load
        _release(con, read, today, load)
        judge.run(_MODELS)
        con.execute("insert into found select source, stream, account, verdict from intermediate.int_volumes__restated")
    con.execute(_MONTHS, [kind.name])
    _move(judge, read, today)


def _release(con: duckdb.DuckDBPyConnection, read: Reading, today: int, load: int) -> None:
    rows = read.rows.append_column("before", pa.array(read.value(today - 1, load - 1)))
    rows = rows.set_column(rows.schema.get_field_index("value"), "value", pa.array(read.value(today, load)))
    is_known = (read.day < today - 1) & (read.day >= today - OLDEST)
    con.register("known", rows.filter(pa.array(is_known)))
    con.execute("begin")
    con.execute(_LOAD, [_day(today - 2), datetime.combine(_day(today - 1), time(13))])
    con.execute("set variable known_at = ?", [datetime.combine(_day(today - 1), time(13))])
    con.execute(_RELEASE)
    con.execute("commit")


def _move(judge: Judge, read: Reading, today: int) -> None:
    con = judge.con
    for weeks, name in ((2, "a week old"), (5, "four weeks old")):
        monday = _day(today) - timedelta(days=_day(today).weekday() + 7 * weeks)
        for share in MOVED:
            for factor in (1 - share, 1 + share):
                _release(con, read, today, RELEASES - 1)
                con.execute(_MOVE, [factor, monday])
                judge.run(_MODELS)
                con.execute(_CAUGHT, [f"{share:.0%} of a week that is {name}".replace("%", " %"), monday])


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def tables(found: Study) -> str:
    """The tables of the page."""
    rows = [
        f"| {share.name} | {share.of:,} | {percent(share.rate)} | {percent(share.blocks / share.of)} |"
        for share in found.moved
    ]
    return "\n".join(
        [
            f"{found.worlds} worlds. A *source-month* is one stream of one account over {RELEASES - 1} daily releases, "
            "each compared with the one before.",
            "",
            *shares_table("kind of world", found.by_kind),
            "",
            *shares_table("stream", found.by_stream),
            "",
            "| moved, up or down | size of the series | weeks | seen | blocked |",
            "|---|---|---:|---:|---:|",
            *rows,
        ]
    )


def main() -> None:
    """Run the study and show or write its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="renew docs/anomalies.md")
    chosen = parser.parse_args()
    text = tables(study(range(FIRST_SEED, FIRST_SEED + chosen.seeds), say=lambda line: sys.stderr.write(line + "\n")))
    sys.stdout.write(text + "\n")
    if chosen.write:
        page = DOCUMENT.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
