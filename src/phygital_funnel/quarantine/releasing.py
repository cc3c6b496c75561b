"""Lets rejected rows stand, and takes that back: all the rows that were named, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phygital_funnel.errors import ConfigError
from phygital_funnel.quarantine import decisions
from phygital_funnel.quarantine.decisions import ReleasedRow
from phygital_funnel.quarantine.reading import Quarantine, RejectedRow, opened, parsed, relation_named
from phygital_funnel.quarantine.rules import is_releasable, needed_column, rule_of
from phygital_funnel.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """What a command has done.

    Args:
        rows: the rows whose release was recorded, or taken back.
        unchanged: those named for which it stood so already, with the decision, if there is one.
    """

    rows: tuple[ReleasedRow, ...]
    unchanged: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True)
class Chosen:
    """The rows a command is about: by their ids, or all of a table that break a rule.

    Args:
        row_ids: ids of rows.
        table: name of a table.
        rule: name of a rule.
    """

    row_ids: Sequence[str] = ()
    table: str | None = None
    rule: str | None = None

    def check(self) -> None:
        """Refuse what names both, or neither.

        Raises:
            ConfigError: it does.
        """
        by_rule = self.table is not None and self.rule is not None
        if bool(self.row_ids) == by_rule or (self.table is None) != (self.rule is None):
            raise ConfigError("Name the rows, or a table and a rule: ROW..., or --table T --rule R.")


def release(settings: Settings, chosen: Chosen, reason: str) -> Outcome:
    """Let rows stand although they break a rule; the next build takes them in.

    Raises:
        ConfigError: no reason is given, a row is not in quarantine, or no decision can supply what it lacks.
    """
    _check(chosen, reason)
    with opened(settings) as quarantine:
        if chosen.table is not None and chosen.rule is not None:
            outcome = _all_of(quarantine, relation_named(chosen.table), chosen.rule)
        else:
            outcome = _named(quarantine, chosen.row_ids)
    decisions.record(settings, decisions.RELEASE, outcome.rows, reason)
    return outcome


def withdraw(settings: Settings, chosen: Chosen, reason: str) -> Outcome:
    """Take releases back; the next build judges the rows by the rules again.

    Raises:
        ConfigError: no reason is given, or what is named is no row.
    """
    _check(chosen, reason)
    standing = decisions.known(settings).standing()
    if chosen.table is not None:
        relation = relation_named(chosen.table)
        outcome = Outcome(tuple(row for row in standing if (row.relation, row.rule) == (relation, chosen.rule)))
    else:
        outcome = _released_of(standing, chosen.row_ids)
    decisions.record(settings, decisions.WITHDRAW, outcome.rows, reason)
    return outcome


def _check(chosen: Chosen, reason: str) -> None:
    chosen.check()
    if not reason.strip():
        raise ConfigError("A decision needs a reason; the next person will ask.")


def _all_of(quarantine: Quarantine, relation: str, rule: str) -> Outcome:
    rows = quarantine.ids(relation, rule) if relation in quarantine.relations else []
    if not rows:
        there = ", ".join(count.rule for count in quarantine.counts(relation)) or "none"
        raise ConfigError(f"no row of {_told(relation)} breaks {rule!r}; rules that rows of it break: {there}.")
    _refuse_unreleasable(relation, rule, f"{len(rows):,} rows")
    if needed_column(relation, rule) is not None:
        for found in quarantine.rows(relation, rule):
            _refuse_empty(found)
    return _split(rows, quarantine.released)


def _named(quarantine: Quarantine, row_ids: Sequence[str]) -> Outcome:
    rows: list[ReleasedRow] = []
    unchanged: list[tuple[str, Mapping[str, Any]]] = []
    for row_id in dict.fromkeys(row_ids):
        found = quarantine.find(row_id)
        if found is not None:
            _refuse_unreleasable(found.row.relation, found.row.rule, f"row {row_id}")
            _refuse_empty(found)
            rows.append(found.row)
            continue
        earlier = _decisions_on(quarantine.released, row_id)
        if not earlier:
            raise ConfigError(quarantine.why_not_here(row_id))
        unchanged += [(row.row_id, entry) for row, entry in earlier.items()]
    split = _split(rows, quarantine.released)
    return Outcome(split.rows, (*unchanged, *split.unchanged))


def _split(rows: Sequence[ReleasedRow], released: Mapping[ReleasedRow, Mapping[str, Any]]) -> Outcome:
    return Outcome(
        tuple(row for row in rows if row not in released),
        tuple((row.row_id, released[row]) for row in rows if row in released),
    )


def _released_of(standing: Mapping[ReleasedRow, Mapping[str, Any]], row_ids: Sequence[str]) -> Outcome:
    by_id = {row_id: tuple(_decisions_on(standing, row_id)) for row_id in dict.fromkeys(row_ids)}
    return Outcome(
        tuple(row for rows in by_id.values() for row in rows),
        tuple((row_id, {}) for row_id, rows in by_id.items() if not rows),
    )


def _decisions_on(
    released: Mapping[ReleasedRow, Mapping[str, Any]], row_id: str
) -> dict[ReleasedRow, Mapping[str, Any]]:
    name = parsed(row_id)
    return {row: entry for row, entry in released.items() if (row.manifest_id, row.row_number) == name}


def _refuse_unreleasable(relation: str, rule: str, what: str) -> None:
    if not is_releasable(relation, rule):
        known = rule_of(rule)
        raise ConfigError(
            f"{what} of {_told(relation)} cannot be released: {known.meaning}, and a decision cannot supply that. "
            f"What brings it back: {known.remedy}."
        )


def _refuse_empty(found: RejectedRow) -> None:
    """Refuse a release that no build could follow: the row lacks what it would stand for."""
    column = needed_column(found.row.relation, found.row.rule)
    if column is not None and not str(found.payload.get(column) or "").strip():
        raise ConfigError(
            f"row {found.row.row_id} of {_told(found.row.relation)} cannot be released: its {column} is empty, and a "
            "decision cannot supply that. Fill it in and bring the file in again; release the other rows by their ids."
        )


def _told(relation: str) -> str:
    return relation.replace("__", ".", 1)
