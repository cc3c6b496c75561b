"""Finds and reads the suites of a stage; a suite that is not exactly right is refused with its file's name."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any

from phygital_funnel.errors import ConfigError
from phygital_funnel.quality import declared

LANDING = "landing"
STAGES = (LANDING, "staging", "marts", "published")
SEVERITIES = ("critical", "warning", "info")
ACTIONS = {"block": ("critical",), "quarantine": ("warning",), "warn": ("warning", "info")}
"""What a failed check leads to, and the severities that say so: only what blocks is critical."""
QUERY_TYPE = "unexpected_rows_expectation"
VIEWS_FILE = "views.sql"
MACROS_FILE = "macros.sql"

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"[LSIMP][1-9][0-9]?")
_BOUND = re.compile(r"([a-z_]+): \S.*")


@dataclass(frozen=True)
class Check:
    """One expectation of a suite.

    Args:
        id: the catalogue's number, for example ``S7``; several checks may serve one number.
        name: unique within the suite, for example ``spend_is_not_negative``.
        type: Great Expectations' name of the expectation.
        kwargs: its arguments.
        severity: critical, warning or info; agrees with the action.
        action: block, quarantine or warn.
        bound: the rule that the bound comes from and the bound, for example ``freshness_target: 3 days``.
        reason: why it exists.
        owner: who acts on it.
        source: applies only while this source is configured; None for always.
        shortcut: a cheaper query; when it returns no row the check holds, and its own query is not run.
    """

    id: str
    name: str
    type: str
    kwargs: dict[str, Any]
    severity: str
    action: str
    bound: str
    reason: str
    owner: str
    source: str | None = None
    shortcut: str | None = None

    @property
    def column(self) -> str | None:
        """The column or columns the expectation names."""
        named = [self.kwargs[key] for key in ("column", "column_A", "column_B") if key in self.kwargs]
        return ", ".join([*named, *self.kwargs.get("column_list", [])]) or None


@dataclass(frozen=True)
class Suite:
    """The checks of one table at one stage.

    Args:
        stage: the folder it was found in.
        table: the file's name without its ending.
        schema: where the table is in the stage's database.
        checks: at least one.
    """

    stage: str
    table: str
    schema: str
    checks: tuple[Check, ...] = field(default=())

    @property
    def name(self) -> str:
        """``<stage>/<table>``: the path below ``expectations/``."""
        return f"{self.stage}/{self.table}"


def find_suites(project_dir: Path, stage: str) -> list[Suite]:
    """The suites of a stage, in the order of their names.

    Raises:
        ConfigError: no such stage, no suites, or a suite that cannot be used.
    """
    if stage not in STAGES:
        raise ConfigError(f"{stage!r} is not a stage; use one of {', '.join(STAGES)}.")
    folder = project_dir / "expectations" / stage
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise ConfigError(f"{folder} holds no suites, so the gate {stage!r} would check nothing. Restore the folder.")
    return [read_suite(path) for path in paths]


def read_views(project_dir: Path, stage: str) -> list[str]:
    """The statements of ``macros.sql`` and of the stage's ``views.sql``: what its queries share, for one connection.

    At the gate ``landing`` also what the streams declare.
    """
    folder = project_dir / "expectations"
    written = [
        statement.strip()
        for path in (folder / MACROS_FILE, folder / stage / VIEWS_FILE)
        if path.is_file()
        for statement in path.read_text(encoding="utf-8").split(";\n")
        if statement.strip()
    ]
    return [*written, *declared.views()] if stage == LANDING else written


def read_suite(path: Path) -> Suite:
    """Read one suite file.

    Raises:
        ConfigError: names the file and what is wrong with it.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ConfigError(f"suite {path} is not readable JSON: {error}. Mend the file.") from error
    try:
        return _suite(document, stage=path.parent.name, table=path.stem)
    except _DefectError as defect:
        raise ConfigError(f"suite {path}: {defect}. Mend the file.") from defect


class _DefectError(Exception):
    """What is wrong with a suite, before the file's name is added."""


def _suite(document: Any, *, stage: str, table: str) -> Suite:
    meta = _mapping(_mapping(document, "the suite").get("meta"), "meta")
    name = f"{stage}/{table}"
    if document.get("name") != name:
        raise _DefectError(f"its name is {document.get('name')!r}, but its path says {name!r}")
    schema = _identifier(meta.get("schema"), "meta.schema")
    _identifier(table, "the file's name")
    source = _source(meta, "meta")
    listed = document.get("expectations")
    if not isinstance(listed, list) or not listed:
        raise _DefectError("it has no expectations")
    checks = tuple(_check(entry, index, source) for index, entry in enumerate(listed))
    repeated = {check.name for check in checks if [other.name for other in checks].count(check.name) > 1}
    if repeated:
        raise _DefectError(f"the check names {', '.join(sorted(repeated))} are used twice")
    return Suite(stage, table, schema, checks)


def _check(entry: Any, index: int, suite_source: str | None) -> Check:
    where = f"expectation {index + 1}"
    meta = _mapping(_mapping(entry, where).get("meta"), f"{where}: meta")
    name = _identifier(meta.get("name"), f"{where}: meta.name")
    where = f"expectation {name!r}"
    severity = _severity(entry, where)
    kind = _identifier(entry.get("type"), f"{where}: type")
    return Check(
        id=_matching(_ID, meta, "id", where, "the catalogue's number, such as S7"),
        name=name,
        type=kind,
        kwargs=_kwargs(kind, _mapping(entry.get("kwargs"), f"{where}: kwargs"), where),
        severity=severity,
        action=_action(meta, severity, where),
        bound=_matching(_BOUND, meta, "bound", where, "'<rule>: <bound>', such as 'invariant: no row'"),
        reason=_sentence(meta, "reason", where),
        owner=_sentence(meta, "owner", where),
        source=_source(meta, where) or suite_source,
        shortcut=_shortcut(meta, where),
    )


def _severity(entry: dict[str, Any], where: str) -> str:
    severity = entry.get("severity")
    if severity not in SEVERITIES:
        raise _DefectError(f"{where} has severity {severity!r}; use one of {', '.join(SEVERITIES)}")
    return str(severity)


def _action(meta: dict[str, Any], severity: str, where: str) -> str:
    action = meta.get("action")
    if action not in ACTIONS:
        raise _DefectError(f"{where} has meta.action {action!r}; use one of {', '.join(ACTIONS)}")
    if severity not in ACTIONS[action]:
        allowed = " or ".join(ACTIONS[action])
        raise _DefectError(f"{where} has action {action!r} and severity {severity!r}; use severity {allowed}")
    return str(action)


def _matching(pattern: re.Pattern[str], meta: dict[str, Any], key: str, where: str, form: str) -> str:
    value = meta.get(key)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _DefectError(f"{where} has meta.{key} {value!r}, not {form}")
    return value


def _kwargs(kind: str, kwargs: dict[str, Any], where: str) -> dict[str, Any]:
    if kind != QUERY_TYPE:
        return kwargs
    query = _text(kwargs.get("unexpected_rows_query"))
    if query is None:
        raise _DefectError(f"{where} has no unexpected_rows_query (a text, or a list of lines)")
    try:
        placeholders = {name for _, name, _, _ in Formatter().parse(query) if name is not None}
    except ValueError as error:
        raise _DefectError(f"{where}: braces do not pair ({error}); write {{{{ for a brace of the SQL") from error
    if placeholders != {"batch"}:
        raise _DefectError(f"{where} must name its own table as {{batch}} and use no other placeholder")
    return {**kwargs, "unexpected_rows_query": query}


def _shortcut(meta: dict[str, Any], where: str) -> str | None:
    if "shortcut" not in meta:
        return None
    query = _text(meta["shortcut"])
    if query is None:
        raise _DefectError(f"{where} has a meta.shortcut that is no query (a text, or a list of lines)")
    return query


def _text(lines: Any) -> str | None:
    """A query, which is written as a list of lines so that the file and its diffs can be read."""
    text = "\n".join(lines) if isinstance(lines, list) and all(isinstance(line, str) for line in lines) else lines
    return text if isinstance(text, str) and text.strip() else None


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _DefectError(f"{where} is not an object")
    return value


def _identifier(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise _DefectError(f"{where} is {value!r}, not a lower-case name")
    return value


def _sentence(meta: dict[str, Any], key: str, where: str) -> str:
    value = meta.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _DefectError(f"{where} has no meta.{key}")
    return value


def _source(meta: dict[str, Any], where: str) -> str | None:
    value = meta.get("source")
    return None if value is None else _identifier(value, f"{where}: source")
