"""``phygital``: everything a task does can be done by hand."""

import atexit
import csv
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from phygital_funnel import __version__, console, logs
from phygital_funnel.commands import anomalies, landing, quality, quarantine, sources
from phygital_funnel.errors import ConfigError, FunnelError
from phygital_funnel.settings import Settings
from phygital_funnel.terminal import printable, printable_json

app = typer.Typer(
    name="phygital",
    help="Measures the funnel from desire on TikTok to purchase on Amazon.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
sandbox_app = typer.Typer(help="A local server that speaks the platforms' wire formats.", no_args_is_help=True)
load_app = typer.Typer(help="Load files of your own.", no_args_is_help=True)
app.add_typer(sandbox_app, name="sandbox")
app.add_typer(load_app, name="load")
app.add_typer(landing.app, name="landing")
app.add_typer(anomalies.app, name="anomalies")
app.add_typer(quarantine.app, name="quarantine")
app.command()(sources.sources)
app.command()(quality.validate)
app.command()(quality.quality)

USAGE_ERROR, REFUSED = 2, 1


class OutputFormat(StrEnum):
    """How query results are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date like 2026-11-03.") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a time like 2026-11-03T13:00:00+00:00.") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _moment_or_run(text: str) -> datetime | str:
    """Run ids begin with a compact time and a dash, which is no time of its own."""
    try:
        return _moment(text)
    except typer.BadParameter:
        if not text[:1].isdigit() or "-" not in text or ":" in text:
            raise
        return text


From = Annotated[date, typer.Option("--from", parser=_day, metavar="DATE", help="First day, included.")]
To = Annotated[date, typer.Option("--to", parser=_day, metavar="DATE", help="Last day, included.")]


@app.callback()
def configure(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what is logged.")] = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log one JSON object per line.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    """Set up logging before any command."""
    if version:
        typer.echo(__version__)
        raise typer.Exit
    logs.configure(verbose=verbose, as_json=log_json)


@app.command()
def extract(
    source: Annotated[str, typer.Argument(help="For example tiktok_ads; `phygital sources` lists them.")],
    start: From,
    end: To,
    account: Annotated[str | None, typer.Option(help="Only this account.")] = None,
    stream: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Ask again for what an unfinished attempt of today landed.")
    ] = False,
) -> None:
    """Extract a window into the landing zone; each stream also re-reads what its platform restates.

    The same command given again after it was stopped or refused takes up where it ended.
    """
    from phygital_funnel import pipeline
    from phygital_funnel.attempts import attempt
    from phygital_funnel.sources.stream import Window

    settings = Settings.from_env()
    with attempt(settings, source, start, end, account, stream, restart=restart) as this, console.pages() as on_page:
        if this.is_resumed:
            console.say(f"{source}: taking up an unfinished extraction; --restart begins anew")
        landed = pipeline.extract(
            settings,
            source,
            Window(start, end),
            account=account,
            stream=stream,
            run=this.run,
            on_landed=console.landed,
            on_page=on_page,
        )
    console.say(f"{source}: {len(landed)} extractions, {sum(manifest.row_count for manifest in landed):,} rows landed")


@load_app.command("events")
def load_events(
    touchpoints: Annotated[str | None, typer.Option(help="CSV, JSON Lines or Parquet file of touchpoints.")] = None,
    conversions: Annotated[str | None, typer.Option(help="CSV, JSON Lines or Parquet file of conversions.")] = None,
) -> None:
    """Load event-level data of your own."""
    from phygital_funnel import pipeline
    from phygital_funnel.sources.events.streams import CONVERSIONS, TOUCHPOINTS

    files = {stream: path for stream, path in ((TOUCHPOINTS, touchpoints), (CONVERSIONS, conversions)) if path}
    if not files:
        raise ConfigError("Nothing to load: name a file with --touchpoints or --conversions.")
    landed = pipeline.load_files(Settings.from_env(), files)
    for manifest in landed:
        console.landed(manifest)
    console.say(
        f"{len(landed)} of {len(files)} files landed"
        + ("" if len(landed) == len(files) else "; the others are landed already")
    )


@app.command()
def build(
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="TIME|RUN",
            help="Rebuild what was known then, or what a kept release was made of, into a file of its own.",
        ),
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option(help="Forget the build database and read all of landing again.")
    ] = False,
) -> None:
    """Build the warehouse from what is landed, through three gates; nothing is published."""
    from phygital_funnel.warehouse.build import build as build_warehouse

    knowledge = None if as_of is None else _moment_or_run(as_of)
    with _progress() as on_phase:
        finished = build_warehouse(Settings.from_env(), as_of=knowledge, full_refresh=full_refresh, on_phase=on_phase)
    console.say(f"built {finished.run.run_id} in {finished.database}")


@app.command()
def publish() -> None:
    """Publish the last build, through the last gate."""
    from phygital_funnel.warehouse.release import last_build
    from phygital_funnel.warehouse.release import publish as publish_build

    settings = Settings.from_env()
    with _progress() as on_phase:
        release = publish_build(settings, last_build(settings), on_phase=on_phase)
    console.published(release)


@app.command()
def rollback(to: Annotated[str | None, typer.Option(help="Run id of the release to return to.")] = None) -> None:
    """Point readers at the release before the current one, or at the one named."""
    from phygital_funnel.warehouse.release import rollback as roll_back

    release = roll_back(Settings.from_env(), to)
    console.say(f"current is now {release.run_id}")


@app.command()
def run(start: From, end: To) -> None:
    """Extract every configured source, build and publish: the whole chain without Airflow."""
    from phygital_funnel import pipeline
    from phygital_funnel.settings import API_SOURCES
    from phygital_funnel.sources.registry import STREAMS
    from phygital_funnel.sources.stream import Window

    settings = Settings.from_env()
    configured = settings.configured_sources()
    with _progress() as on_phase:
        for source in STREAMS:
            if source in API_SOURCES and source not in configured:
                console.say(f"{source}: not configured, left out")
                continue
            on_phase(f"extract {source}")
            landed = pipeline.extract(settings, source, Window(start, end))
            console.say(
                f"{source}: {len(landed)} extractions, {sum(manifest.row_count for manifest in landed):,} rows landed"
            )
        if not pipeline.has_landed(settings):
            raise ConfigError(
                "Nothing is landed and no source is configured: set the PHYGITAL_ variables (.env.example names them; "
                "`set -a; . ./.env; set +a` reads a .env file), or load files with `phygital load events`."
            )
        release = pipeline.build_and_publish(settings, on_phase=on_phase)
    console.published(release)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="A query on the published release.")],
    output: Annotated[OutputFormat, typer.Option("--format", help="How to print the rows.")] = OutputFormat.TABLE,
) -> None:
    """Query the published release; it cannot be written."""
    from phygital_funnel.warehouse.query import query as query_release

    columns, rows = query_release(Settings.from_env(), sql)
    if output is OutputFormat.TABLE:
        console.rows(columns, rows)
    elif output is OutputFormat.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_told(columns))
        writer.writerows(map(_told, rows))
    else:
        typer.echo(printable_json(json.dumps(_objects(columns, rows), ensure_ascii=False, allow_nan=False, indent=2)))


@app.command()
def bridge(
    first: Annotated[str, typer.Argument(help="Run id of the earlier release.")],
    last: Annotated[str, typer.Argument(help="Run id of the later release.")],
) -> None:
    """Say what changed between two kept releases and why: other data, other weights."""
    from phygital_funnel.warehouse.bridge import bridge as bridge_between

    console.rows(*bridge_between(Settings.from_env(), first, last))


@app.command()
def status(
    extractions: Annotated[bool, typer.Option(help="List the newest extractions with their manifest ids.")] = False,
) -> None:
    """Say what is published, how the last runs ended and why, and what is in quarantine."""
    from phygital_funnel.status import newest_extractions, read_status

    settings = Settings.from_env()
    if extractions:
        console.extractions(newest_extractions(settings))
    else:
        console.status(read_status(settings))


@app.command()
def hold(
    manifest_id: Annotated[
        str, typer.Argument(help="Manifest id of the extraction, as `phygital status --extractions` shows it.")
    ],
    reason: Annotated[str, typer.Option(help="Why; the next person will ask.")],
    release: Annotated[bool, typer.Option("--release", help="Take the hold back.")] = False,
) -> None:
    """Set a bad extraction aside: builds treat it as incomplete until it is released."""
    from phygital_funnel import decisions

    decisions.decide(Settings.from_env(), decisions.RELEASE if release else decisions.HOLD, manifest_id, reason)
    console.say(f"{manifest_id} is {'released' if release else 'held'}; the next build takes it into account")


@sandbox_app.command("serve")
def sandbox_serve(
    world: Annotated[str, typer.Option(help="Size of the simulated world: tiny, demo or large.")] = "demo",
    seed: Annotated[int, typer.Option(help="Seed of the world.")] = 7,
    port: Annotated[
        int, typer.Option(help="Port of the platforms; the control port is the next one. 0 takes any that is free.")
    ] = 8090,
    now: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help="Time on the sandbox clock.")
    ] = None,
    scenario: Annotated[str, typer.Option(help="What differs from the base world, for example S5.")] = "S1",
    dirt: Annotated[str, typer.Option(help="Kinds of dirt in the feeds, separated by commas.")] = "",
    token_seconds: Annotated[float, typer.Option(help="How long an Amazon access token lives.")] = 3600.0,
    rate_scale: Annotated[
        float | None, typer.Option(help="How much faster than the platforms clients may go; 1 is their own pace.")
    ] = None,
) -> None:
    """Serve the platforms of a simulated world until stopped."""
    from phygital_funnel import sandbox

    knobs = [name.strip() for name in dirt.split(",") if name.strip()]
    home = Settings.from_env().home
    sandbox.serve(world, seed, port, home, now, scenario, knobs, token_seconds=token_seconds, rate_scale=rate_scale)


@app.command()
def demo(
    world: Annotated[str, typer.Option(help="Size of the simulated world.")] = "demo",
    seed: Annotated[int, typer.Option(help="Seed of the world.")] = 7,
    keep: Annotated[bool, typer.Option(help="Leave the sandbox and Airflow running at the end.")] = False,
) -> None:
    """Run the whole pipeline on a simulated world, under a real Airflow."""
    from phygital_funnel import demo as demonstration

    raise typer.Exit(demonstration.run(Settings.from_env().home, world=world, seed=seed, keep=keep))


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    with console.phases() as on_phase:
        yield on_phase


def _told(row: Sequence[Any]) -> Sequence[Any]:
    """A row of CSV: whole in a file or a pipe; on a terminal, what it would act upon is written as its code."""
    if not sys.stdout.isatty():
        return row
    return [printable(value) if isinstance(value, str) else value for value in row]


def _objects(columns: list[str], rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    if len(set(columns)) != len(columns):
        raise ConfigError(f"a JSON object cannot hold a name twice: {', '.join(columns)}. Rename columns with `as`.")
    return [{column: _plain(value) for column, value in zip(columns, row, strict=True)} for row in rows]


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: exact decimals and the like as text, bytes in hexadecimal, no number as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def main() -> None:
    """Run the command line; a refusal is one line on stderr and a non-zero exit."""
    status = _run()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    # The exit handlers have run. Leaving at once, because DuckDB's binding prints pages of harmless "leaked" notices
    # when the interpreter is taken down in the usual way after dbt or Great Expectations were loaded.
    os._exit(status)


def _run() -> int:
    try:
        app()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except ConfigError as error:
        console.refused(error)
        return USAGE_ERROR
    except FunnelError as error:
        console.refused(error)
        return REFUSED
    return 0


if __name__ == "__main__":
    main()
