"""The baseline of the mutation matrix, and what the doors say of each mutation (see ``mutations``).

Two accounts of every source of the demo world are read up to a day, cleanly, and then two days later, cleanly too: the
control, of which no door says a word. A mutation reads some streams of those two days again, with one thing wrong and
in a copy of the home; of it only that is built which reads these streams. ``python -m tests.slow.mutation_matrix
--write`` renews the table of docs/quality.md.
"""

import argparse
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import duckdb
import stamina

from phygital_funnel import clock, pipeline
from phygital_funnel.errors import SeveralRefused, SourceError
from phygital_funnel.landing import Landing
from phygital_funnel.quality import anomalies
from phygital_funnel.quality.engine import Engine
from phygital_funnel.quality.gate import evaluate_suite
from phygital_funnel.quality.suites import Check, Suite, find_suites, read_views
from phygital_funnel.sandbox.process import RunningSandbox, running
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Stream, Window
from phygital_funnel.sources.tiktok_shop.listing import PageReader
from phygital_funnel.warehouse import previous, quality_relation, raw
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.incremental_models import Model, compiled

from .mutation_page import BEGIN, DOCUMENT, END, PROJECT, page
from .mutations import BASELINE, MUTATIONS, WINDOW, Found, Mutation, days_of, moment_after

WORLD, SEED, UNHURRIED, TOKEN_SECONDS = "demo", 7, 1000.0, 3600.0
ACCOUNTS_READ, ATTEMPTS = 2, 4
DATABASE = "build"
CONTROL = "control"
PAGES = {"tiktok_ads.client.PAGE_SIZE": 100, "tiktok_organic.client.MOST_POSTS": 5}
PAGES |= {"amazon_attribution.client.PAGE_ROWS": 200}
SHOP_PAGE = 20
COUNTED_ONLY = ("amazon_seller__order_lines.non_amazon",)
"""Row rules that set aside what is right and somebody else's; a later day has more of it."""
OF_ALL_STREAMS = frozenset({"manifests", "base__commits", "base__covers"})
READ_AT = ("_commit", "known_at", "first_known_at")
"""Columns that tell when a row was read; they differ from the control's however clean the rows are."""
Say = Callable[[str], None]


class Doors:
    """What the gates of landing and staging say of mutations."""

    def __init__(self, folder: Path, say: Say = lambda line: None) -> None:
        self._folder = folder
        self._say = say
        self._models = self._compiled()

    def control(self, sandbox: RunningSandbox) -> Found:
        """Build the baseline and the control; nothing may be noticed of either but what is normal."""
        self._sandbox = sandbox
        noticed = self._read("baseline", all_streams(), BASELINE)
        with self._database("baseline") as con:
            self._load(con, "baseline")
            raw.accept(con, frozenset())
            self._stage(con, self._models)
            _remember(con)
        sandbox.set_clock(moment_after(WINDOW))
        self._copy("baseline", CONTROL)
        shutil.copyfile(self._file("baseline"), self._file(CONTROL))
        noticed |= self._read(CONTROL, all_streams(), WINDOW)
        noticed |= self._noticed(CONTROL, self._models, lambda suite, check: True)
        self._know_control()
        return Found(tuple(sorted(noticed)), same_rows=True, strikes=0)

    def _know_control(self) -> None:
        self._upto = {stream.relation: self._landing("baseline").newest(stream) for stream in all_streams()}
        with self._database(CONTROL) as con:
            self._set_aside = _set_aside(con)
            self._rows = _fingerprints(con)

    def found(self, mutation: Mutation) -> Found:
        """What is noticed of a mutation."""
        streams = tuple(mutation.streams())
        self._copy("baseline", mutation.name)
        shutil.copyfile(self._file(CONTROL), self._file(mutation.name))
        self._sandbox.set_clock(max(self._sandbox.now() + timedelta(seconds=1), moment_after(mutation.window)))
        self._forget(mutation.name, streams)
        with self._mutated(mutation), _small_pages():
            noticed = self._read(mutation.name, streams, mutation.window)
            strikes = self._strikes(mutation)
        models, touched = self._reached(streams)
        noticed |= self._noticed(mutation.name, models, lambda suite, check: _concerns(suite, check, touched))
        with self._database(mutation.name) as con:
            before = self._set_aside
            now = {f"row rule: {rule}" for rule, rows in _set_aside(con).items() if rows > before.get(rule, 0)}
            now -= {f"row rule: {rule}" for rule in COUNTED_ONLY}
            found = Found(tuple(sorted(noticed | now)), self._rows == _fingerprints(con), strikes)
        shutil.rmtree(self._home(mutation.name))
        return found

    @contextmanager
    def _mutated(self, mutation: Mutation) -> Iterator[None]:
        if mutation.strikes is None:
            self._sandbox.set_dirt(mutation.kind, typo_share=1.0)  # of each stream that has a currency
        else:
            self._sandbox.fault(mutation.kind, match=mutation.strikes, times=mutation.times)
        try:
            yield
        finally:
            self._sandbox.clear_faults()
            self._sandbox.set_dirt()

    def _strikes(self, mutation: Mutation) -> int:
        counts = self._sandbox.soiled() if mutation.strikes is None else self._sandbox.struck()
        return counts.get(mutation.kind, 0)

    def _read(self, name: str, streams: Iterable[Stream], window: Window) -> set[str]:
        """Extract; gives what the readers refuse."""
        settings, noticed = self._settings(name), set()
        for stream in streams:
            try:
                pipeline.extract(settings, stream.source, days_of(stream, window), stream=stream.name)
            except SourceError as error:
                for one in error.errors if isinstance(error, SeveralRefused) else (error,):
                    noticed.add(f"reader: {stream.relation} {type(one).__name__}")
                    self._say(f"{name}: {one}")
        return noticed

    def _noticed(self, name: str, models: tuple[Model, ...], is_asked: Callable[[Suite, Check], bool]) -> set[str]:
        with self._database(name) as con:
            self._load(con, name)
            noticed = self._failed(con, name, "landing", is_asked)
            raw.accept(con, frozenset())
            self._stage(con, models)
            return noticed | self._failed(con, name, "staging", is_asked)

    def _load(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        landing = self._landing(name)
        upto = {stream.relation: landing.newest(stream) for stream in all_streams()}
        raw.stage_incoming(con, landing, upto, frozenset())
        raw.record_build(con, name, self._sandbox.now().isoformat(), "test")

    def _forget(self, name: str, streams: tuple[Stream, ...]) -> None:
        """Take what the control read after the baseline out of a copy of its database."""
        with self._database(name) as con:
            for stream in streams:
                con.execute(f"delete from raw.{stream.relation} where _commit > $1", [self._upto[stream.relation]])
                con.execute(
                    "delete from raw.manifests where source = $1 and stream = $2 and _commit > $3",
                    [stream.source, stream.name, self._upto[stream.relation]],
                )

    def _stage(self, con: duckdb.DuckDBPyConnection, models: Iterable[Model]) -> None:
        for model in models:
            model.make(con, is_kept=False)

    def _reached(self, streams: tuple[Stream, ...]) -> tuple[tuple[Model, ...], frozenset[str]]:
        """Models that may differ from the control's, and the names of all that may."""
        touched = {"manifests", *(stream.relation for stream in streams)}
        reached = []
        for model in self._models:  # in the order of their references
            # Of the list of extractions, a stream's rows follow those of the stream itself.
            is_of_stream = model.relation.startswith("base.base_") and not model.name.startswith("base__")
            if model.needs & (touched - OF_ALL_STREAMS if is_of_stream else touched):
                touched.add(model.name)
                reached.append(model)
        return tuple(reached), frozenset(touched)

    def _failed(
        self, con: duckdb.DuckDBPyConnection, name: str, stage: str, is_asked: Callable[[Suite, Check], bool]
    ) -> set[str]:
        """Checks that fail, by their own SQL: Great Expectations takes a tenth of a second for each of five hundred."""
        con.execute("set variable evaluated_at = (select known_at from raw.build)")
        for view in read_views(PROJECT, stage):
            con.execute(view)
        failed = [
            (suite, check)
            for suite in find_suites(PROJECT, stage)
            for check in suite.checks
            if is_asked(suite, check) and con.execute(_query(suite, check)).fetchall()
        ]
        noticed = {f"{stage}: {suite.table}.{check.name}" for suite, check in failed}
        self._confirm(name, stage, list({suite.name: suite for suite, _ in failed}.values()), noticed)
        return noticed

    def _confirm(self, name: str, stage: str, suites: list[Suite], noticed: set[str]) -> None:
        """Ask the door itself for the suites that fail: what it says must be what their SQL says."""
        if not suites:
            return
        variables, views = {"evaluated_at": clock.now()}, read_views(PROJECT, stage)
        with Engine(self._file(name), read_only=False, variables=variables, views=views) as engine:
            said = {
                f"{stage}: {suite.table}.{result.expectation}"
                for suite in suites
                for result in evaluate_suite(engine, suite)
                if not result.success
            }
        if said != noticed:
            raise AssertionError(f"{name}: the gate says {sorted(said)}, its queries {sorted(noticed)}")

    def _compiled(self) -> tuple[Model, ...]:
        folder = self._folder / "compiled"
        folder.mkdir()
        wanted = {suite.table for suite in find_suites(PROJECT, "staging")} | {"mart_volume_daily"}
        return compiled(PROJECT, folder, DATABASE, sorted(wanted))

    @contextmanager
    def _database(self, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
        is_new = not self._file(name).exists()
        with connect(self._file(name)) as con:
            if is_new:
                for schema in ("base", "staging", "intermediate", "ledgers", "marts"):
                    con.execute(f"create schema {schema}")
                raw.prepare(con)
                previous.prepare(con)
                anomalies.prepare(con)
                quality_relation.prepare(con)
            yield con

    def _settings(self, name: str) -> Settings:
        variables = {
            key: ",".join(value.split(",")[:ACCOUNTS_READ]) if key.endswith("_ACCOUNTS") else value
            for key, value in self._sandbox.environment.items()
        }
        os.environ |= {**variables, "PHYGITAL_HOME": str(self._home(name))}
        os.environ.pop("PHYGITAL_LANDING_URL", None)
        return Settings.from_env()

    def _landing(self, name: str) -> Landing:
        return Landing.of(Settings.from_env({"PHYGITAL_HOME": str(self._home(name))}))

    def _copy(self, name: str, other: str) -> None:
        shutil.copytree(self._home(name) / "landing", self._home(other) / "landing", copy_function=os.link)

    def _home(self, name: str) -> Path:
        home = self._folder / name
        home.mkdir(exist_ok=True)
        return home

    def _file(self, name: str) -> Path:
        return self._home(name) / f"{DATABASE}.duckdb"


@contextmanager
def doors(folder: Path, say: Say = lambda line: None) -> Iterator[tuple[Doors, Found]]:
    """The doors, with what they say of the control; refused requests are tried again at once."""
    sandbox = running(
        WORLD, SEED, folder, now=moment_after(BASELINE), token_seconds=TOKEN_SECONDS, rate_scale=UNHURRIED
    )
    with _own_environment(), stamina.set_testing(True, attempts=ATTEMPTS), sandbox as server:
        asked = Doors(folder, say)
        yield asked, asked.control(server)


def found_of(asked: Doors, mutations: Iterable[Mutation], say: Say = lambda line: None) -> dict[str, Found]:
    """What is found of mutations; the clock does not go back, so those that need a later day come last."""
    found = {}
    for mutation in sorted(mutations, key=lambda one: one.window.end):
        found[mutation.name] = asked.found(mutation)
        say(f"{mutation.name}: {found[mutation.name]}")
    return found


@contextmanager
def _small_pages() -> Iterator[None]:
    """Pages so small that there are several: two accounts would else fit on one each."""
    with ExitStack() as stack:
        for place, rows in PAGES.items():
            stack.enter_context(patch(f"phygital_funnel.sources.{place}", rows))
        stack.enter_context(patch.object(PageReader.__init__, "__defaults__", (SHOP_PAGE,)))
        yield


@contextmanager
def _own_environment() -> Iterator[None]:
    """Leave no setting behind."""
    kept = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= kept


def _remember(con: duckdb.DuckDBPyConnection) -> None:
    """What a release of the baseline would hand on to the next build."""
    columns = ", ".join(row[0] for row in con.execute("describe raw.previous_volumes").fetchall())
    con.execute(f"insert into raw.previous_volumes select {columns} from marts.mart_volume_daily where is_read")
    con.execute("insert into raw.previous_release select 'baseline', known_at, 'last_engaged_touch' from raw.build")


def _query(suite: Suite, check: Check) -> str:
    query: str = check.kwargs["unexpected_rows_query"]
    return query.format(batch=f"{suite.schema}.{suite.table}")


def _concerns(suite: Suite, check: Check, touched: frozenset[str]) -> bool:
    """Whether a check reads anything that may differ from the control; a view of the stage counts as that."""
    if suite.stage == "landing":
        return suite.table in touched or suite.table not in {stream.relation for stream in all_streams()}
    views = set(re.findall(r"view (\w+)", " ".join(read_views(PROJECT, suite.stage))))
    return bool(set(re.findall(r"\w+", _query(suite, check))) & (touched | views))


def _set_aside(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows that row rules set aside, by relation and rule."""
    parts = [
        f"select '{stream.relation}.' || reject_rule as rule from base.base_{stream.relation}"
        for stream in all_streams()
    ]
    counted = f"select rule, count(*) from ({' union all '.join(parts)}) where rule is not null group by rule"
    return dict(con.execute(counted).fetchall())


def _fingerprints(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """A sum over every staging table's rows, whatever their order, without what tells when they were read."""
    tables = con.execute("select view_name from duckdb_views() where schema_name = 'staging'").fetchall()
    columns = f"columns(lambda name: name not in {READ_AT})"
    return {
        table: str(con.execute(f"select count(*), sum(hash({columns})) from staging.{table}").fetchall())
        for (table,) in tables
    }


def main() -> None:
    """Try every mutation, or those that are named; renew the page when all is as expected."""
    parser = argparse.ArgumentParser(description="What notices which dirt and which fault.")
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--write", action="store_true", help="into docs/quality.md")
    options = parser.parse_args()

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    chosen = [one for one in MUTATIONS if not options.names or one.name in options.names]
    with TemporaryDirectory() as folder, doors(Path(folder), say) as (asked, control):
        say(f"control: {control}")
        found = found_of(asked, chosen, say)
    wrong = [one.name for one in chosen if not one.is_met_by(found[one.name])]
    if control.notices or wrong:
        sys.exit(f"not as expected: {[*control.notices, *wrong]}")
    if options.write:
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{page()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
