"""Why a figure changed between two releases, for docs/questions.md: each line's credit and money, then and now."""

from collections import Counter
from typing import Any, NamedTuple

import pandas as pd

from .question_landing import Landed, Rows
from .question_tags import ORDER, credited, share

MONEY = {
    "attributed_amount_minor": ("net_amount_minor", "currency"),
    "attributed_amount_reporting_minor": ("net_amount_reporting_minor", "reporting_currency"),
}
Parts = Counter[tuple[str, str | None, str]]
"""By metric, evidence and currency."""


class Said(NamedTuple):
    """What one release says.

    Args:
        lines: lines of October, by their id.
        ends: running credit of each evidence of a line: from and up to.
    """

    lines: pd.DataFrame
    ends: dict[str, dict[str, tuple[int, int]]]


def said(landed: Landed) -> Said:
    """Lines of October and who gets them; what no evidence takes is nobody's, and comes last."""
    found = credited(landed)
    sums = found.groupby(["conversion_id", "evidence"])["micro"].sum()
    october = landed.lines[pd.to_datetime(landed.lines["event_date_market"]).dt.month == 10].set_index("conversion_id")
    ends: dict[str, dict[str, tuple[int, int]]] = {line: {"unattributed": (0, ORDER)} for line in october.index}
    for (line, evidence), micro in sums.items():
        if line in ends:
            ends[line] = {evidence: (0, int(micro)), "unattributed": (int(micro), ORDER)}
    return Said(october, ends)


def changes(before: Said, landed: Landed) -> Rows:
    """18: the difference, and its parts: other lines and amounts at the old weights, and other weights."""
    now = said(landed)
    parts: dict[str, Parts] = {name: Counter() for name in ("change", "data")}
    for line in {*before.lines.index, *now.lines.index}:
        _compare(before, now, line, parts)
    for release, sign in ((before, -1), (now, 1)):
        for (currency, *_), _ in release.lines.groupby(["currency", "platform", "order_id"]):
            for part in parts.values():
                part["orders", None, currency] += sign
    return [
        (*key, total, parts["data"][key], total - parts["data"][key], 0)
        for key, total in sorted(parts["change"].items(), key=lambda row: (row[0][0], row[0][1] or "~", row[0][2]))
    ]


def _compare(before: Said, now: Said, line: str, parts: dict[str, Parts]) -> None:
    """A line that both releases have changes by its amounts first, and then by its weights."""
    then, after = _told(before, line), _told(now, line)
    is_same = bool(then and after)
    moved = _told(Said(now.lines, before.ends), line) if is_same else after
    for told, sign in ((then, -1), (after, 1)):
        for key, value in told.items():
            parts["change"][key] += sign * value
    for told, sign in ((then, -1), (moved, 1)):
        for key, value in told.items():
            parts["data"][key] += sign * value


def _told(release: Said, line: str) -> Parts:
    """Credit and money of a line by evidence."""
    found: Parts = Counter()
    if line not in release.lines.index:
        return found
    row: Any = release.lines.loc[line]
    for evidence, (start, end) in release.ends[line].items():
        # Nobody's row is there also when there is nothing left for it.
        found["credit_micro", evidence, row["currency"]] += end - start
        for metric, (amount, currency) in MONEY.items():
            found[metric, evidence, row[currency]] += share(row[amount], start, end) or 0
    return found
