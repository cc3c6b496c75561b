"""Extracts a whole world under faults over several days of its clock, builds, and counts where every row is.

Per stream: rows that the world has, rows of the newest extractions, and of all landed rows those that are staged,
superseded and quarantined. ``python -m tests.slow.conservation demo --write`` renews the table of docs/extraction.md.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from phygital_funnel import pipeline
from phygital_funnel.errors import SourceError, TransientSourceError, TruncatedReport
from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.sandbox.process import RunningSandbox, running
from phygital_funnel.sandbox.world import World, generate
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import STREAMS, all_streams
from phygital_funnel.sources.stream import Coverage, Stream, Window
from phygital_funnel.warehouse.build import build

from .world_counts import MEASURES, ROWS, WorldCounts

DOCUMENT = Path(__file__).parents[2] / "docs" / "extraction.md"
BEGIN, END = "<!-- conservation: begin -->", "<!-- conservation: end -->"
SEED = 7
START = date(2026, 9, 7)
# Both 1 % and 5 % come from the sandbox's dirt; connections break and bodies end early by ordered faults.
DIRT = ("throttling", "server_errors", "duplicate_pages", "out_of_order_pages", "restatement")
BROKEN = ("/open_api/", "/order/", "/affiliate_seller/", "/attribution/", "/sales/", "/reporting/")
BROKEN_SHARE = 0.004
TOKEN_SECONDS = 20.0
UNHURRIED = 1000.0
ATTEMPTS = 6
WITH_IMPRESSIONS = "impressions <> '0'"
MEASURED = {
    "tiktok_ads__ad_report_daily": f"count(*) filter (where {WITH_IMPRESSIONS})",
    "tiktok_ads__ad_report_hourly": f"count(*) filter (where {WITH_IMPRESSIONS})",
    "amazon_attribution__performance": "sum(cast(click_throughs as double)) filter (where level = 'CAMPAIGN')",
}


@dataclass(frozen=True)
class Round:
    """One extraction of everything.

    Args:
        now: what the sandbox's clock shows.
        window: the dates asked for.
    """

    now: datetime
    window: Window


@dataclass(frozen=True)
class Line:
    """Where the rows of one stream are.

    Args:
        relation: the stream.
        measure: what is compared with the world.
        world: what the world has; None where it cannot be counted from its tables.
        newest: what the newest extractions hold, by the same measure.
        windows: windows and accounts that were compared.
        differing: those that differ.
        landed, staged, superseded, quarantined, partial: rows, as mart_row_audit has them.
    """

    relation: str
    measure: str
    world: int | None
    newest: int
    windows: int
    differing: tuple[str, ...]
    landed: int
    staged: int
    superseded: int
    quarantined: int
    partial: int

    @property
    def accounted(self) -> int:
        """Landed rows whose place is known."""
        return self.staged + self.superseded + self.quarantined + self.partial


def rounds(days: int) -> tuple[Round, ...]:
    """An initial load, a daily run, and a re-reading of everything once it has settled."""
    initial = START + timedelta(days=days - 18)
    settled = START + timedelta(days=days + 30)

    def at(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 13, tzinfo=UTC)

    def one(first: date, last: date) -> Round:
        return Round(at(last + timedelta(days=1)), Window(first, last))

    day_after = initial + timedelta(days=1)
    return one(START, initial), one(day_after, day_after), one(START, settled - timedelta(days=1))


def sources_read() -> list[str]:
    """All but events: this world's brand captures no paths of its own."""
    return [source for source in STREAMS if source != "events"]


def extract_all(sandbox: RunningSandbox, settings: Settings, days: int, say: Callable[[str], None]) -> datetime:
    """Run every round; gives the moment before the last one, from which on extractions are the newest."""
    for number, turn in enumerate(rounds(days)):
        sandbox.set_clock(turn.now)
        for source in sources_read():
            failures = _extracted(settings, source, turn.window, f"round-{number}")
            say(f"{turn.now:%Y-%m-%d} {source}" + "".join(f"\n  tried again after {one}" for one in failures))
    return rounds(days)[-1].now


def _extracted(settings: Settings, source: str, window: Window, run: str) -> list[SourceError]:
    """Extract, trying again as a scheduler does; gives the errors before the good end."""
    failures: list[SourceError] = []
    while True:
        try:
            pipeline.extract(settings, source, window, run=run)
        except (TransientSourceError, TruncatedReport) as error:
            failures.append(error)
            if len(failures) == ATTEMPTS:
                raise
        else:
            return failures


def lines(settings: Settings, world: World, now: datetime, database: Path) -> list[Line]:
    """The table, from landing, the world's tables and the built warehouse."""
    counts = WorldCounts(world, now)
    with duckdb.connect(str(database), read_only=True) as connection:
        audit = {
            f"{row[0]}__{row[1]}": row[2:]
            for row in connection.execute(
                "select source, stream, landed, staged, superseded, quarantined, partial from marts.mart_row_audit"
            ).fetchall()
        }
    landing = Landing.of(settings)
    return [
        _line(landing, stream, counts, now, audit[stream.relation])
        for stream in all_streams()
        if stream.source != "events"
    ]


def _line(landing: Landing, stream: Stream, counts: WorldCounts, now: datetime, audit: tuple[int, ...]) -> Line:
    newest = [manifest for manifest in landing.manifests(stream) if manifest.committed_at >= now]
    if stream.source in ("links", "reference"):  # a file that did not change is not landed again
        newest = list({manifest.account: manifest for manifest in landing.manifests(stream)}.values())
    groups = _groups(stream, newest)
    holds = _held(landing, stream)
    world, found, differing = 0, 0, []
    is_known = True
    for (account, window), manifests in groups.items():
        expected = counts.of(stream.relation, account, window)
        held = sum(holds.get(manifest.manifest_id, 0) for manifest in manifests)
        found += held
        if expected is None:
            is_known = False
        else:
            world += expected
            if expected != held:
                differing.append(f"{account} {window.start if window else ''}: {expected} in the world, {held} landed")
    measure = MEASURES.get(stream.relation, ROWS)
    return Line(
        stream.relation, measure, world if is_known else None, found, len(groups), tuple(differing), *map(int, audit)
    )


def _groups(stream: Stream, manifests: list[Manifest]) -> dict[tuple[str, Window | None], list[Manifest]]:
    """Extractions to be held against the world together: a feed of changes has no windows of its own."""
    groups: dict[tuple[str, Window | None], list[Manifest]] = {}
    for manifest in manifests:
        window = manifest.window if stream.coverage is Coverage.WINDOW else None
        groups.setdefault((manifest.account, window), []).append(manifest)
    return groups


def _held(landing: Landing, stream: Stream) -> dict[str, int]:
    """What each extraction holds, by the stream's measure."""
    files = landing.files(stream, upto=landing.newest(stream))
    if not files:
        return {}
    measure = MEASURED.get(stream.relation, "count(*)")
    query = f"select _manifest_id, {measure} from read_parquet($1, union_by_name = true) group by all"
    return {name: int(count or 0) for name, count in duckdb.execute(query, [files]).fetchall()}


def prove(size: str, home: Path, say: Callable[[str], None] = lambda line: None) -> tuple[list[Line], Settings]:
    """Everything, from the sandbox's start to the counted table."""
    with running(
        size,
        SEED,
        home,
        now=rounds(60)[0].now,
        dirt=DIRT,
        token_seconds=TOKEN_SECONDS,
        rate_scale=UNHURRIED,
    ) as sandbox:
        os.environ |= {**sandbox.environment, "PHYGITAL_HOME": str(home), "PHYGITAL_LANDING_URL": str(home / "landing")}
        settings = Settings.from_env()
        for number, path in enumerate(BROKEN):
            sandbox.fault("drop_connection", match=path, times=None, rate=BROKEN_SHARE, seed=number)
            sandbox.fault("truncate", match=path, times=None, rate=BROKEN_SHARE, seed=100 + number)
        world = generate(size, SEED)
        now = extract_all(sandbox, settings, world.size.days, say)
        sandbox.clear_faults()
        built = build(settings)
        return lines(settings, world, now, built.database), settings


def table(found: list[Line]) -> str:
    """The lines as Markdown."""
    rows = [
        "| stream | compared | windows | in the world | newest | all landed | staged | superseded | quarantined |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for line in found:
        world = "not countable" if line.world is None else f"{line.world:,}"
        figures = (line.newest, line.landed, line.staged, line.superseded, line.quarantined)
        rows.append(
            f"| {line.relation} | {line.measure} | {line.windows} | {world} | "
            + " | ".join(f"{figure:,}" for figure in figures)
            + " |"
        )
    return "\n".join(rows) + "\n"


def main() -> None:
    """Prove the world named on the command line, and print the table."""

    def say(line: Any) -> None:
        sys.stderr.write(f"{line}\n")

    parser = argparse.ArgumentParser(description="Where every row of a world is.")
    parser.add_argument("world", nargs="?", default="demo")
    parser.add_argument("--write", action="store_true", help="into docs/extraction.md")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        found, _ = prove(options.world, Path(folder), say)
    sys.stdout.write(table(found))
    for line in found:
        for one in line.differing:
            say(f"{line.relation} {one}")
    if options.write:
        write(f"World `{options.world}`, seed {SEED}.\n\n{table(found)}")
    sys.exit(any(line.differing or line.landed != line.accounted for line in found))


def write(text: str) -> None:
    """Put the text between the marks of docs/extraction.md."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
