"""How often the checks on daily volumes alarm on simulated worlds without a fault, and how many faults they see.

Runs the models of ``dbt_project/models/volumes`` as dbt compiles them on the daily figures of many worlds.
``python -m tests.slow.false_alarms --write`` renews the tables of docs/anomalies.md.
"""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from scipy.stats import beta

from phygital_funnel.warehouse.compiler import Compiler

from .volume_worlds import SMALL, Kind, Volumes, volumes

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "anomalies.md"
BEGIN, END = "<!-- false alarms: begin -->", "<!-- false alarms: end -->"
DATABASE = "study"
MONTH = 30
FIRST_SEED = 31
"""The page's seeds begin here: no bound was chosen with a world of theirs."""
SEEDS = 9
"""The stream with the fewest series, registrations, has more than 500 source-months then."""
KINDS = (
    Kind("nothing causes an order", "S0"),
    Kind("base", "S1"),
    Kind("a small brand", "S1", SMALL),
    Kind("growing fourfold", "S1", growth=4.0),
    Kind("shrinking to a third", "S1", growth=1 / 3),
    Kind("one viral video", "S2"),
    Kind("strong targeting", "S3"),
    Kind("campaign in Black Friday week", "S4"),
    Kind("few tags survive", "S5"),
    Kind("strong displacement", "S6"),
    Kind("basket does not matter", "S7"),
    Kind("fat lag", "S8"),
    Kind("yen, 250 days", "S9"),
    Kind("GMV Max", "S10"),
    Kind("synergy", "S13"),
    Kind("market launch, 336 days", "S14"),
    Kind("out of stock in the spike", "S15"),
)
FAULTS = {
    "half of the rows lost": "set value = value // 2, events = events // 2",
    "rows loaded twice": "set value = value * 2, events = events * 2",
    "day without rows": "set value = 0, events = 0",
    "money in another currency's units (x 100)": "set value = value * 100",
}
MONEY = "x 100"
# What the study lays before the models instead of staging.
GIVEN = """
create schema raw; create schema base; create schema staging; create schema intermediate;
create table raw.build (known_at timestamp);
create table raw.accepted_volumes (series_key text, first_date date, last_date date);
create table raw.previous_release (run_id text, known_at timestamp, attribution_model text);
create table raw.previous_volumes (
    series_key text, source text, stream text, account text, market text, measure text, event_date date, value bigint);
create table base.base__commits (
    source text, stream text, account text, window_to date, is_usable boolean, coverage text, committed_at timestamp);
create table base.base__covers (source text, stream text, account text, covered_date date);
create table staging.stg_reference__promotions (market text, asin text, starts_at timestamp, ends_at timestamp);
create table intermediate.int_volumes__accounts (source text, account text, market text);
create table intermediate.int_volumes__units (
    source text, account text, unit_id text, event_date date, events bigint, is_stopped boolean);
create table intermediate.int_volumes__new_posts (account text, event_date date, views bigint);
create table intermediate.int_volumes__from_tiktok (
    source text, stream text, measure text, settles_after_days int, is_views boolean, account text, event_date date,
    value bigint, events bigint);
create view intermediate.int_volumes__from_amazon as from intermediate.int_volumes__from_tiktok where false;
create view intermediate.int_volumes__from_first_party as from intermediate.int_volumes__from_tiktok where false;
"""
TABLES = (
    "raw.build", "base.base__commits", "base.base__covers", "staging.stg_reference__promotions",
    "intermediate.int_volumes__accounts", "intermediate.int_volumes__units",
    "intermediate.int_volumes__new_posts", "intermediate.int_volumes__from_tiktok",
)  # fmt: skip
LOAD = """
insert into intermediate.int_volumes__from_tiktok by name
    from given_series where event_date <= getvariable('last_date');
insert into intermediate.int_volumes__units by name from given_units;
insert into staging.stg_reference__promotions by name from given_promotions;
insert into intermediate.int_volumes__accounts by name from given_accounts;
insert into intermediate.int_volumes__new_posts by name from given_new_posts;
insert into base.base__commits by name
    select distinct source, stream, account, getvariable('last_date') as window_to, true as is_usable
    from given_series;
insert into base.base__covers
    select source, stream, account, unnest(generate_series(min(event_date), getvariable('last_date'), interval 1 day))
    from given_series where stream = 'videos' group by source, stream, account;
insert into raw.build select max(window_to) + interval 30 day from base.base__commits;
"""
RUN = ("counted", "stopped", "settled", "dated", "levels", "judged", "reasons", "verdicts")


@cache
def compiled() -> dict[str, str]:
    """The models' queries by name without their prefix, on a database called ``DATABASE``; compiled once a process."""
    with TemporaryDirectory() as folder:
        nodes = Compiler(ROOT, Path(folder) / "target", Path(folder) / f"{DATABASE}.duckdb").nodes(
            "path:models/volumes"
        )
    return {name.removeprefix("int_volumes__"): node.compiled_code for name, node in nodes.items()}


class Judge:
    """The models on a database of their own; a context manager.

    Args:
        folder: a scratch folder.
    """

    def __init__(self, folder: Path) -> None:
        self.con = duckdb.connect(str(folder / f"{DATABASE}.duckdb"))
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute(GIVEN)

    def load(self, world: Volumes) -> None:
        """Put a world in the place of the one that is loaded."""
        con = self.con
        for name in TABLES:
            con.execute(f"delete from {name}")
        for name in ("series", "units", "promotions", "accounts", "new_posts"):
            con.register(f"given_{name}", getattr(world, name))
        con.execute("set variable last_date = ?", [world.last_date])
        con.execute(LOAD)

    def run(self, names: Sequence[str] = RUN) -> None:
        """Make models anew from what is loaded, in this order."""
        for name in names:
            self.con.execute(f"create or replace table intermediate.int_volumes__{name} as {compiled()[name]}")


@dataclass(frozen=True)
class Share:
    """How many of some things happened.

    Args:
        name: of what.
        of: how many there were.
        alarms: with a warning or a block.
        blocks: with a block.
    """

    name: str
    of: int
    alarms: int
    blocks: int

    @property
    def rate(self) -> float:
        """Share with an alarm."""
        return self.alarms / self.of

    @property
    def upper(self) -> float:
        """One-sided 95 % bound of the share with an alarm (Clopper and Pearson)."""
        return 1.0 if self.alarms == self.of else float(beta.ppf(0.95, self.alarms + 1, self.of - self.alarms))


@dataclass(frozen=True)
class Study:
    """What was counted.

    Args:
        worlds: how many.
        by_kind: source-months by kind of world, all together last.
        by_stream: source-months by stream.
        faults: days with an injected fault, by fault and size of the series.
    """

    worlds: int
    by_kind: list[Share]
    by_stream: list[Share]
    faults: list[Share]

    @property
    def total(self) -> Share:
        """All source-months."""
        return self.by_kind[-1]


def study(
    seeds: Sequence[int], kinds: Sequence[Kind] = KINDS, say: Callable[[str], object] = lambda line: None
) -> Study:
    """Judge every kind of world with every seed, and those of the first seed with faults too."""
    with TemporaryDirectory() as folder:
        judge = Judge(Path(folder))
        con = judge.con
        con.execute("create table months (kind text, stream text, is_alarm boolean, is_block boolean)")
        con.execute("create table caught (fault text, size text, verdict text)")
        for seed in seeds:
            for number, kind in enumerate(kinds):
                # No two worlds share a draw: those of one seed would have the same orders.
                judge.load(volumes(kind, seed * 100 + number))
                judge.run()
                con.execute(_MONTHS, [kind.name])
                if seed == seeds[0]:
                    _inject(judge, seed * 100 + number)
                say(f"{kind.name}, seed {seed}")
        counted = Study(
            len(seeds) * len(kinds),
            [*shares(con, "select kind, * exclude (kind, stream) from months"), *shares(con, _ALL)],
            shares(con, "select stream, * exclude (kind, stream) from months"),
            shares(con, _CAUGHT),
        )
        con.close()
        return counted


_MONTHS = f"""
insert into months
with judged as (
    select *, (dense_rank() over (partition by source, stream, account order by event_date) - 1) // {MONTH} as month
    from intermediate.int_volumes__verdicts
    where verdict <> 'not_enough_history'
)

select $1, source || '.' || stream, bool_or(verdict in ('warn', 'block')), bool_or(verdict = 'block')
from judged
group by source, stream, account, month
having count(distinct event_date) = {MONTH}
"""
_ALL = "select 'all' as name, is_alarm, is_block from months"
_CAUGHT = """
select fault || ' | ' || size as name, verdict in ('warn', 'block') as is_alarm, verdict = 'block' as is_block
from caught
"""
# One day of every series, drawn from those with enough history that were not far off as they were, and no promotion.
_CHOSEN = """
create or replace table chosen as
select series_key, event_date, events_expected
from intermediate.int_volumes__verdicts
where verdict = 'usual' and not is_promotion and ($2 or measure like '%_minor')
qualify row_number() over (partition by series_key order by hash(series_key, event_date, $1)) = 1
"""


def _inject(judge: Judge, seed: int) -> None:
    con = judge.con
    con.execute("create or replace table clean as from intermediate.int_volumes__from_tiktok")
    con.execute("create or replace table verdicts as from intermediate.int_volumes__verdicts")
    for number, (fault, change) in enumerate(FAULTS.items()):
        con.execute("create or replace table intermediate.int_volumes__verdicts as from verdicts")
        con.execute(_CHOSEN, [seed * 10 + number, MONEY not in fault])
        con.execute(
            f"""
            update intermediate.int_volumes__from_tiktok as given {change}
            from chosen
            where concat(source, '.', stream, '.', measure, ':', account) = chosen.series_key
                and given.event_date = chosen.event_date
            """
        )
        judge.run()
        con.execute(
            """
            insert into caught
            select
                $1,
                case
                    when chosen.events_expected < 10 then 'below 10 events a day'
                    when chosen.events_expected < 30 then '10 to 30'
                    when chosen.events_expected < 100 then '30 to 100'
                    else 'above 100'
                end,
                verdict
            from chosen join intermediate.int_volumes__verdicts as verdicts using (series_key, event_date)
            """,
            [fault],
        )
        con.execute("delete from intermediate.int_volumes__from_tiktok")
        con.execute("insert into intermediate.int_volumes__from_tiktok from clean")


def shares(con: duckdb.DuckDBPyConnection, query: str) -> list[Share]:
    """Shares by name, of a query that gives name, is_alarm and is_block."""
    rows = con.execute(
        f"""
        select name, count(*), count(*) filter (where is_alarm), count(*) filter (where is_block)
        from ({query}) as found (name, is_alarm, is_block)
        group by name order by name
        """
    ).fetchall()
    return [Share(*row) for row in rows]


def tables(found: Study) -> str:
    """The tables of the page."""
    return "\n".join(
        [
            f"{found.worlds} worlds. A *source-month* is one stream of one account over {MONTH} judged days.",
            "",
            *shares_table("kind of world", found.by_kind),
            "",
            *shares_table("stream", found.by_stream),
            "",
            *_caught(found.faults),
        ]
    )


def shares_table(what: str, found: list[Share]) -> list[str]:
    """Source-months with an alarm, as lines of a table."""
    rows = [
        f"| {share.name} | {share.of:,} | {share.alarms} | {share.blocks} "
        f"| {percent(share.rate)} | {percent(share.upper)} |"
        for share in found
    ]
    return [
        f"| {what} | source-months | with any alarm | with a block | rate | upper 95 % bound |",
        "|---|---:|---:|---:|---:|---:|",
        *rows,
    ]


def _caught(found: list[Share]) -> list[str]:
    rows = [
        f"| {share.name} | {share.of:,} | {percent(share.rate)} | {percent(share.blocks / share.of)} |"
        for share in sorted(found, key=lambda share: [*FAULTS].index(share.name.split(" | ")[0]))
    ]
    return [
        "| fault, on one day of one series | usual size of the series | days | seen | blocked |",
        "|---|---|---:|---:|---:|",
        *rows,
    ]


def percent(share: float) -> str:
    """As the page writes it, rounded up."""
    return f"{math.ceil(share * 10_000) / 100:.2f} %"


def main() -> None:
    """Run the study and show or write its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="default: %(default)s")
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
