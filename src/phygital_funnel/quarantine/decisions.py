"""Decisions that single rows may stand although they break a row rule: append-only, replayed by every build.

A row is named by its extraction's manifest id and its number there: landing never changes either, so the name outlives
every rebuild. A decision overrules one rule for that row; a row that breaks another rule stays where it is.
"""

import getpass
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from phygital_funnel import clock, decision_file
from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import Settings

RELEASE, WITHDRAW = "release", "withdraw"


@dataclass(frozen=True, order=True)
class ReleasedRow:
    """A landed row, and the rule that it may break.

    Args:
        relation: the stream's raw relation, for example ``links__clicks``.
        manifest_id: the extraction that brought it.
        row_number: its place in the extraction; the first is 0.
        rule: the row rule that is overruled.
    """

    relation: str
    manifest_id: str
    row_number: int
    rule: str

    @property
    def row_id(self) -> str:
        """How people name the row."""
        return f"{self.manifest_id}:{self.row_number}"


@dataclass(frozen=True)
class RowDecisions:
    """What has been decided up to a moment.

    Args:
        taken: the entries of the file, oldest first.
    """

    taken: tuple[dict[str, Any], ...] = ()

    @property
    def count(self) -> int:
        """How many decisions these are; a release states it, so that its rebuild counts the same ones."""
        return len(self.taken)

    def standing(self) -> dict[ReleasedRow, dict[str, Any]]:
        """The rows that are released, in the order of the decisions, each with the decision that released it."""
        released: dict[ReleasedRow, dict[str, Any]] = {}
        for entry in self.taken:
            for row in _rows_of(entry):
                if entry["decision"] == RELEASE:
                    released.setdefault(row, entry)
                else:
                    released.pop(row, None)
        return released

    def first(self, count: int) -> "RowDecisions":
        """The first ``count`` of them.

        Raises:
            ConfigError: there are fewer.
        """
        if count > self.count:
            raise ConfigError(
                f"{count} decisions about rows were known then and {self.count} are left: "
                "restore state/decisions/rows.jsonl; it is added to, never edited."
            )
        return RowDecisions(self.taken[:count])


def path_in(settings: Settings) -> Path:
    """The file of a home."""
    return settings.home / "state" / "decisions" / "rows.jsonl"


def known(settings: Settings, at: datetime | None = None) -> RowDecisions:
    """The decisions taken by ``at``, or all: those before the first that is dated later, as with extractions."""
    taken = decision_file.entries(path_in(settings))
    later = (place for place, entry in enumerate(taken) if at and datetime.fromisoformat(entry["decided_at"]) > at)
    return RowDecisions(tuple(taken[: next(later, len(taken))]))


def record(settings: Settings, decision: str, rows: Iterable[ReleasedRow], reason: str) -> None:
    """Release rows, or take their release back: one entry, which is written whole or not at all.

    Raises:
        ConfigError: no reason is given.
    """
    if not reason.strip():
        raise ConfigError("A decision needs a reason; the next person will ask.")
    groups: dict[tuple[str, str, str], list[int]] = {}
    for row in sorted(set(rows)):
        groups.setdefault((row.relation, row.rule, row.manifest_id), []).append(row.row_number)
    if not groups:
        return
    entry = {
        "decision": decision,
        "rows": [
            {"relation": relation, "rule": rule, "manifest_id": manifest_id, "numbers": numbers}
            for (relation, rule, manifest_id), numbers in groups.items()
        ],
        "reason": reason.strip(),
        "decided_at": clock.now().isoformat(),
        "decided_by": getpass.getuser(),
    }
    decision_file.append(path_in(settings), entry)


def _rows_of(entry: dict[str, Any]) -> list[ReleasedRow]:
    return [
        ReleasedRow(group["relation"], group["manifest_id"], number, group["rule"])
        for group in entry["rows"]
        for number in group["numbers"]
    ]
