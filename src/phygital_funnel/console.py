"""What the command line shows. Text from outside is never taken for markup, nor for orders to the terminal.

Every text is made in ``shown``, which is the one place where this is seen to.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from phygital_funnel.terminal import printable

if TYPE_CHECKING:
    from phygital_funnel.errors import FunnelError
    from phygital_funnel.landing import Manifest
    from phygital_funnel.quality import GateResult
    from phygital_funnel.quality.history import Standing
    from phygital_funnel.quality.runbook import Entry
    from phygital_funnel.sources.stream import Extraction
    from phygital_funnel.status import Status
    from phygital_funnel.warehouse.release import Release

WIDEST = 100_000
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def shown(value: Any, style: str = "") -> Text:
    """A value as it may be shown: no markup, and what a terminal would act upon, or what hides, as its code."""
    return Text(printable(str(value)), style=style)


def say(message: str) -> None:
    """One plain line."""
    out.print(shown(message))


def refused(error: "FunnelError") -> None:
    """Why something was refused."""
    err.print(shown("refused: ", "bold red") + shown(error))


def landed(manifest: "Manifest") -> None:
    """One landed extraction."""
    window = f" {manifest.window_from}..{manifest.window_to}" if manifest.window_from else ""
    name = " ".join(part for part in (manifest.account, manifest.part) if part)
    say(f"  {manifest.source}.{manifest.stream} {name}{window}: {manifest.row_count:,} rows, commit {manifest.commit}")
    if manifest.new_fields:
        say(f"    new fields, kept in _extra: {', '.join(manifest.new_fields)}")
    if manifest.doubt:
        say(f"    held: {manifest.doubt} Look, then `phygital landing accept {manifest.manifest_id} --reason ...`")


def published(release: "Release") -> None:
    """Where a release is, and how many of its checks do not hold."""
    from phygital_funnel.quality.archive import warnings_of

    say(f"published {release.run_id}")
    say(f"  database  {release.database}")
    say(f"  page      {release.page}")
    warnings = warnings_of(release.manifest()["gates"])
    if warnings:
        say(f"  warnings  {len(warnings)} checks do not hold and do not block; `phygital status` names them")


@contextmanager
def phases() -> Iterator[Callable[[str], None]]:
    """A callback that shows which phase is running and how long each took."""
    started: dict[str, float] = {}
    with err.status("starting") as spinner:

        def finish() -> None:
            for name, start in started.items():
                err.print(shown(f"  {name:<24} {time.monotonic() - start:6.1f} s", "dim"))
            started.clear()

        def begin(name: str) -> None:
            finish()
            started[name] = time.monotonic()
            spinner.update(shown(name))

        yield begin
        finish()


@contextmanager
def pages() -> Iterator[Callable[["Extraction", int, int], None]]:
    """A callback that shows which extraction is being read and how far it came."""
    with err.status("asking") as spinner:

        def show(extraction: "Extraction", page: int, rows_read: int) -> None:
            window = f" {extraction.window.start}..{extraction.window.end}" if extraction.window else ""
            name = " ".join(part for part in (extraction.stream.relation, extraction.account, extraction.part) if part)
            spinner.update(shown(f"{name}{window}: page {page:,}, {rows_read:,} rows"))

        yield show


def rows(columns: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
    """A result set as a table."""
    table = Table()
    for column in columns:
        table.add_column(shown(column), overflow="fold")
    for row in values:
        table.add_row(*(shown("NULL", "dim") if value is None else shown(value) for value in row))
    _print_whole(table)


def _print_whole(table: Table) -> None:
    """A terminal folds long values; a pipe gets lines as long as they are. Neither cuts anything."""
    if out.is_terminal:
        out.print(table)
        return
    width = Measurement.get(out, out.options.update(max_width=WIDEST), table).maximum
    Console(width=max(width, 1), file=sys.stdout).print(table)


def gate(
    result: "GateResult", standings: Iterable["Standing"], runbook: Mapping[str, "Entry"], *, every: bool = False
) -> None:
    """What does not hold at a gate, in words.

    Args:
        result: what was found.
        standings: since when each check stands as it does.
        runbook: what to do, by the checks' numbers.
        every: list the checks that hold too.
    """
    from phygital_funnel.quality import explain

    known = {(one.check["suite"], one.check["expectation"]): one for one in standings}
    checks = result.as_dict()["checks"]
    if every:
        _checks(checks)
    failed = [check for check in checks if not check["success"]]
    for check in failed:
        standing = known.get((check["suite"], check["expectation"]))
        since = f" So since {standing.since.evaluated_at:%Y-%m-%d %H:%M} UTC." if standing else ""
        name, *facts = explain.lines(explain.explain(check, runbook), check, since)
        style = "bold red" if check["severity"] == "critical" else "bold yellow"
        out.print(shown(name, style))
        for fact in facts:
            say(fact)
        say("")
    verdict = "passed" if result.passed else "BLOCKED"
    do = "does" if len(failed) == 1 else "do"
    say(f"gate {result.stage}: {verdict}; {len(failed)} of {len(checks)} checks {do} not hold")


def _checks(checks: Sequence[Mapping[str, Any]]) -> None:
    """One line per check, failed ones first."""
    table = Table("", "number", "suite", "check", "severity", "observed", "bound")
    for check in sorted(checks, key=lambda check: (check["success"], check["suite"])):
        mark = shown("ok", "green") if check["success"] else shown("FAILED", "bold red")
        told = ("id", "suite", "expectation", "severity", "observed", "bound")
        table.add_row(mark, *(shown(check[name]) for name in told))
    _print_whole(table)


def extractions(manifests: Sequence["Manifest"]) -> None:
    """Newest extractions."""
    rows(
        ("manifest id", "stream", "account", "part", "from", "to", "rows", "committed at"),
        [
            (
                m.manifest_id,
                f"{m.source}.{m.stream}",
                m.account,
                m.part,
                m.window_from,
                m.window_to,
                m.row_count,
                m.committed_at,
            )
            for m in manifests
        ],
    )


def status(found: "Status") -> None:
    """What is published and how the last runs ended."""
    say(
        f"current release  {found.current or 'none'}"
        + (f", published {found.published_at}, known at {found.known_at}" if found.current else "")
    )
    say(f"sources          {', '.join(found.configured) or 'no API source is configured'}")
    for run in found.runs:
        style = {"published": "green", "blocked": "bold red", "failed": "bold red", "interrupted": "yellow"}.get(
            run.status, ""
        )
        line = shown(f"run              {run.run_id}  ") + shown(f"{run.status:<11}", style)
        out.print(line + shown(f"  phase '{run.phase}', started {run.started_at}"))
        if run.reason:
            say(f"                 {run.reason}")
    for warning in found.warnings:
        say(f"warning          {warning}")
    for name, rule, count in found.quarantine:
        say(f"quarantine       {name}: {count:,} rows, {rule}")
    if found.quarantine:
        say("                 `phygital quarantine list` says which can be released, `show TABLE` what to do")
    for held in found.held:
        say(f"held             {held}")
    if found.quality_page:
        say(f"quality page     {found.quality_page}")
