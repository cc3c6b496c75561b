"""The tables of docs/quality.md, made from the suites and from ``expectations/catalogue.json``.

``python -m phygital_funnel.quality.catalogue`` prints them; with the name of a document it replaces what stands between
the document's two markers.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phygital_funnel.errors import ConfigError
from phygital_funnel.quality.suites import STAGES, Check, Suite, find_suites

BEGIN = "<!-- made by `python -m phygital_funnel.quality.catalogue docs/quality.md`; change the suites, not this -->"
END = "<!-- end of what is made -->"
CATALOGUE = "catalogue.json"
NAMED_TABLES = 3
"""Tables that a line names; of more, their number is told."""


@dataclass(frozen=True)
class Question:
    """What the checks of one number ask.

    Args:
        asks: in one sentence.
        elsewhere: what answers it beside the suites, each as ``<kind>: <what>``: ``dbt``, ``row rule`` and ``python``
            name a test or a rule, ``not`` and ``later`` say why nothing does.
    """

    asks: str
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One check, with every table that has it."""

    stage: str
    check: Check
    tables: tuple[str, ...]


def questions(project_dir: Path) -> dict[str, Question]:
    """What is asked, by number, in the order of the catalogue.

    Raises:
        ConfigError: the catalogue cannot be read.
    """
    path = project_dir / "expectations" / CATALOGUE
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        return {
            number: Question(str(entry["asks"]), tuple(entry.get("elsewhere", ()))) for number, entry in listed.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path} is no catalogue: {error}. Mend the file.") from error


def block(project_dir: Path) -> str:
    """The tables with their markers, as Markdown."""
    suites = {stage: find_suites(project_dir, stage) for stage in STAGES}
    parts = [BEGIN, "### What is asked, and where", _map(questions(project_dir), suites)]
    for stage in STAGES:
        parts += [f"### `{stage}`", _checks(lines(suites[stage]))]
    return "\n\n".join([*parts, END])


def lines(suites: Iterable[Suite]) -> list[Line]:
    """The checks of a stage; one that several tables have in the same words is one line."""
    found: dict[tuple[str, ...], list[tuple[str, Check]]] = {}
    for suite in suites:
        for check in suite.checks:
            found.setdefault((suite.stage, *_told(check)), []).append((suite.table, check))
    return [Line(key[0], had[0][1], tuple(table for table, _ in had)) for key, had in found.items()]


def refreshed(text: str, project_dir: Path) -> str:
    """A document with the tables as they should be now.

    Raises:
        ConfigError: the markers are not there, each once and in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ConfigError(f"the document lacks the markers between which the tables stand: {BEGIN!r} and {END!r}.")
    return before + block(project_dir) + after


def _map(asked: dict[str, Question], suites: dict[str, list[Suite]]) -> str:
    names: dict[str, dict[str, None]] = {}
    for stage, of_stage in suites.items():
        for line in lines(of_stage):
            names.setdefault(line.check.id, {})[f"{stage}: {_words(line.check.name)}"] = None
    rows = [
        (number, question.asks, "<br>".join([*names.get(number, {}), *question.elsewhere]))
        for number, question in asked.items()
    ]
    return _table(("id", "asks", "where"), rows)


def _checks(found: Iterable[Line]) -> str:
    rows = [(line.check.id, _words(line.check.name), _tables(line.tables), *_told(line.check)[2:]) for line in found]
    return _table(("id", "check", "table", "action", "bound", "reason", "owner"), rows)


def _tables(tables: Sequence[str]) -> str:
    if len(tables) > NAMED_TABLES:
        return f"{len(tables)} tables"
    return ", ".join(f"`{table}`" for table in tables)


def _told(check: Check) -> tuple[str, ...]:
    return check.id, check.name, check.action, check.bound, check.reason, check.owner


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    listed = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in listed)


def main(arguments: Sequence[str]) -> None:
    """Print the tables, or renew them in a document."""
    project_dir = Path.cwd()
    if not arguments:
        sys.stdout.write(block(project_dir) + "\n")
        return
    document = Path(arguments[0])
    document.write_text(refreshed(document.read_text(encoding="utf-8"), project_dir), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
