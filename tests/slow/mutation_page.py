"""The two tables of docs/quality.md on what notices which mutation; made of what is expected, which the tests hold."""

from collections.abc import Iterable
from pathlib import Path

from tests.e2e.matrix import ENDPOINTS, Cell

from phygital_funnel import quality
from phygital_funnel.errors import SourceError
from phygital_funnel.quality.suites import find_suites
from phygital_funnel.sandbox.api.faults import KINDS

from .mutations import MUTATIONS, Mutation

PROJECT = Path(__file__).parents[2]
DOCUMENT = PROJECT / "docs" / "quality.md"
BEGIN, END = "<!-- mutations: begin -->", "<!-- mutations: end -->"
NOTHING = "nothing: every row is the same"


def page() -> str:
    """What stands between the two marks."""
    return f"{_mutations()}\n{_protocol()}"


def _mutations() -> str:
    ids = check_ids()
    head = ["| what goes wrong | what happens | noticed by, and by nothing else |", "| --- | --- | --- |"]
    return "\n".join([*head, *(_row(mutation, ids) for mutation in MUTATIONS)]) + "\n"


def _row(mutation: Mutation, ids: dict[str, str]) -> str:
    kind = "dirt" if mutation.strikes is None else "fault"
    parts = _said(mutation.caught, ids) or [NOTHING]
    whys: dict[str, list[str]] = {}
    for notice, why in mutation.also.items():
        whys.setdefault(why, []).append(notice)
    parts += [f"and {', '.join(_said(notices, ids))}: {why}" for why, notices in whys.items()]
    named = f"`{mutation.kind}`{' ' if mutation.of else ''}{mutation.of}"
    return f"| {kind} {named} | {mutation.does} | {'<br>'.join(parts)} |"


def _said(notices: Iterable[str], ids: dict[str, str]) -> list[str]:
    """Notices as a reader of the page wants them: each check with its number, and once for all its tables."""
    tables: dict[tuple[str, str], list[str]] = {}
    for notice in notices:
        place, _, what = notice.partition(": ")
        table, name = what.split() if place == "reader" else what.split(".")
        said = f"{ids[notice]} {name.replace('_', ' ')}" if notice in ids else f"`{name}`"
        tables.setdefault((said, place), []).append(f"`{table}`")
    return [f"{said} ({place}, {', '.join(names)})" for (said, place), names in tables.items()]


def check_ids() -> dict[str, str]:
    """The number of each check, by how a notice names it."""
    return {
        f"{stage}: {suite.table}.{check.name}": check.id
        for stage in quality.STAGES
        for suite in find_suites(PROJECT, stage)
        for check in suite.checks
    }


def _protocol() -> str:
    """What the faults of the protocol end in, from the matrix of tests/e2e."""
    rows = ["| fault | that passes | that stays |", "| --- | --- | --- |"]
    tried = {mutation.kind for mutation in MUTATIONS}
    for kind in KINDS:
        cells = [(endpoint.source, endpoint.cells[kind]) for endpoint in ENDPOINTS if kind in endpoint.cells]
        if cells:
            rows.append(f"| `{kind}` | {_ends(cells, 0)} | {_ends(cells, 1)} |")
        elif kind not in tried:
            rows.append(f"| `{kind}` | cannot happen: {ENDPOINTS[0].cannot[kind]} | |")
    return "\n".join(rows) + "\n"


def _ends(cells: list[tuple[str, Cell]], position: int) -> str:
    """Each end with the sources that it is true of, where they differ."""
    sources: dict[type[SourceError] | None, dict[str, None]] = {}
    for source, cell in cells:
        sources.setdefault(cell[position], {})[f"`{source}`"] = None
    named = {end: f"`{end.__name__}`" if end else "the same rows" for end in sources}
    if len(named) == 1:
        return next(iter(named.values()))
    return "<br>".join(f"{text}: {', '.join(sources[end])}" for end, text in named.items())
