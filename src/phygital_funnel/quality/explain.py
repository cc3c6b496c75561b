"""Puts a check's result into words: what was expected and why, what was seen, and what to do about it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phygital_funnel.quality.results import GateResult, longest, printable
from phygital_funnel.quality.runbook import PAGE, Entry, read

logger = logging.getLogger(__name__)

_LEADS_TO = {
    "block": "The run stops here and the last good release stays published.",
    "quarantine": "The rows concerned are set aside and counted; the rest goes on.",
    "warn": "Nothing stops; it is reported until it is mended.",
}
_RULES = {
    "few_rows": "Single ones may break it; it fails beyond {}.",
    "freshness_target": "New enough is {}.",
    "contract": "By the contract: {}.",
    "calendar": "By the calendar: {}.",
    "clock": "By the clock: {}.",
    "history": "By its own past: {}.",
    "re_read": "Of the days that platforms restate, {}.",
    "reconciliation": "Two reports of one thing may differ; it fails beyond {}.",
    "platform_definition": "As the platform defines it: {}.",
    "decision": "Of people's decisions, {}.",
    "invariant": "Always: {}.",
}
_AGE = "Its age may reach {}."
_SHARE_OF = ("rows", "money", "orders", "posts", "units", "returns", "micro")
"""What shares are of: a column that names it is the whole, and those after it that name it are parts of that."""
_NO_ROW = "invariant: no row"
_LONGEST_VALUE = 120


@dataclass(frozen=True)
class Explanation:
    """A result in words.

    Args:
        name: the check, ``spend is not negative``.
        where: gate and table.
        expected: what was expected.
        why: why it matters.
        seen: what was seen instead, or as well.
        rows: at most five of the rows, each with its columns as text.
        leads_to: what follows from a failure.
        owner: who acts.
        to_do: how to mend it, if the runbook says.
        let_pass: when it may be let pass, if the runbook says.
        address: where in the runbook it stands.
    """

    name: str
    where: str
    expected: str
    why: str
    seen: str
    rows: tuple[dict[str, str], ...]
    leads_to: str
    owner: str
    to_do: str
    let_pass: str
    address: str


def explain(check: Mapping[str, Any], runbook: Mapping[str, Entry]) -> Explanation:
    """Explain one result.

    Args:
        check: as ``state/quality`` holds it.
        runbook: entries by the checks' numbers.
    """
    number = str(check.get("id") or "")
    entry = runbook.get(number)
    stage, table = str(check["suite"]).split("/", 1)
    name = str(check["expectation"]).replace("_", " ")
    return Explanation(
        name=name,
        where=f"{stage}, {table}",
        expected=expected(check),
        why=str(check["reason"]),
        seen=seen(check),
        rows=tuple(
            {str(column): printable(value, longest(str(column), _LONGEST_VALUE)) for column, value in row.items()}
            for row in check.get("sample", ())
        ),
        leads_to=_LEADS_TO.get(str(check.get("action")), _LEADS_TO["block" if _is_critical(check) else "warn"]),
        owner=str(check["owner"]),
        to_do=entry.mend if entry else "",
        let_pass=entry.let_pass if entry else "",
        address=entry.address if entry else f"{PAGE}#{number.lower()}" if number else PAGE,
    )


def log_failures(result: GateResult, project_dir: Path) -> None:
    """Tell a task's log what does not hold, so that who is called need not look further."""
    entries = read(project_dir)
    for check in result.as_dict()["checks"]:
        if not check["success"]:
            logger.info("%s", "\n".join(lines(explain(check, entries), check)))


def expected(check: Mapping[str, Any]) -> str:
    """What the check asks of the data."""
    name = str(check["expectation"]).replace("_", " ")
    asked = f"{name[:1].upper()}{name[1:]}{_of_columns(check)}."
    bound = str(check.get("bound") or "")
    rule, _, limit = bound.partition(": ")
    if bound == _NO_ROW:
        return f"{asked} No row may break it."
    if not limit:
        return asked
    is_age = rule == "freshness_target" and limit[0].isdigit()
    words = _AGE if is_age else _RULES.get(rule, rule.replace("_", " ").capitalize() + ": {}.")
    return f"{asked} {words.format(limit)}"


def seen(check: Mapping[str, Any]) -> str:
    """What the data showed."""
    count, observed = check.get("unexpected_count"), check.get("observed")
    if count is None or (count == 0 and not check["success"]):
        return f"{printable(observed, 300)}." if observed is not None else "No value."
    if count == 0:
        return "No row breaks it."
    if shares := _shares(check):
        return shares if count == 1 else f"{count:,} groups break it; of the first: {shares}"
    return "1 row breaks it." if count == 1 else f"{count:,} rows break it."


def _shares(check: Mapping[str, Any]) -> str:
    """The shares that the first row of a check of shares tells: ``rows quarantined 300 of 4,000 (7.5 %)``."""
    if not str(check.get("bound")).startswith("few_rows: "):
        return ""
    wholes: dict[tuple[bool, str], float] = {}
    parts = []
    for name, value in next(iter(check.get("sample", ())), {}).items():
        words = str(name).split("_")
        unit = next((word for word in words if word in _SHARE_OF), None)
        number = _number(value)
        if unit is None or number is None:
            continue
        of = (words[0].startswith("new"), unit)
        if of not in wholes:
            wholes[of] = number
        elif 0 < number <= wholes[of]:
            parts.append(f"{' '.join(words)} {number:,.0f} of {wholes[of]:,.0f} ({100 * number / wholes[of]:.1f} %)")
    return "; ".join(parts) + "." if parts else ""


def _number(value: Any) -> float | None:
    """A figure of a sample, where decimals are text."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def lines(told: Explanation, check: Mapping[str, Any], since: str = "") -> list[str]:
    """The explanation for a terminal or a log, one fact a line."""
    number = f"{check['id']} " if check.get("id") else ""
    rows = [", ".join(f"{name}={value}" for name, value in row.items()) for row in told.rows]
    return [
        f"{number}{told.name} ({told.where}; {check['severity']})",
        f"  expected  {told.expected}",
        f"  why       {told.why}",
        f"  seen      {told.seen}{since}",
        *(f"  {'rows' if index == 0 else '':<8}  {row}" for index, row in enumerate(rows)),
        f"  follows   {told.leads_to}",
        f"  owner     {told.owner}",
        f"  to do     {told.to_do + ' ' if told.to_do else ''}See {told.address}",
    ]


def _of_columns(check: Mapping[str, Any]) -> str:
    return f" ({check['column']})" if check.get("column") else ""


def _is_critical(check: Mapping[str, Any]) -> bool:
    return check.get("severity") == "critical"
