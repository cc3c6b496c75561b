"""What the checks on daily volumes and restatements found, and the decisions of people that a series' days are right.

The checks themselves are dbt models (``dbt_project/models/volumes``); docs/anomalies.md says how they judge.
"""

import getpass
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from phygital_funnel import clock, decision_file
from phygital_funnel.errors import BuildError, ConfigError
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse.database import connect

_TABLE = "series_key varchar, first_date date, last_date date"
_FOUND = """
select series_key, event_date as first_date, event_date as last_date, 'volume' as kind, verdict, value,
    expected_value as compared_with, round(z, 1)::varchar as distance
from intermediate.int_volumes__verdicts
where is_newest and verdict in ('warn', 'block')
union all
select series_key, week_start, week_start + 6, 'restatement', verdict, value_now, value_then,
    round(100.0 * moved_value / value_then, 1)::varchar || ' %'
from intermediate.int_volumes__restated
where verdict in ('warn', 'block')
order by verdict, series_key, first_date
"""


@dataclass(frozen=True)
class Anomaly:
    """Days of a series that are not as expected.

    Args:
        series_key: source, stream, measure and account.
        first_date: first of the days.
        last_date: last of them.
        kind: ``volume``, or ``restatement``.
        verdict: warn or block.
        value: what is known now.
        compared_with: what the history leads one to expect; for a restatement, what the release before said.
        distance: in units of the series' scatter; for a restatement, the share that moved.
    """

    series_key: str
    first_date: date
    last_date: date
    kind: str
    verdict: str
    value: int
    compared_with: int | None
    distance: str | None


def path_in(settings: Settings) -> Path:
    """The home's file of decisions."""
    return settings.home / "state" / "decisions" / "volumes.jsonl"


def accept(settings: Settings, series_key: str, first: date, last: date, reason: str) -> None:
    """Decide that the days of a series are right; builds from now on do not judge them.

    Args:
        settings: where the home is.
        series_key: as ``found`` gives it.
        first: first of the days.
        last: last of them.
        reason: why; the next person will ask.

    Raises:
        ConfigError: no reason, or the days are in no order.
    """
    if not reason.strip():
        raise ConfigError("A decision needs a reason; the next person will ask.")
    if last < first:
        raise ConfigError(f"The days end ({last}) before they begin ({first}).")
    decision_file.append(
        path_in(settings),
        {
            "series_key": series_key,
            "first_date": first.isoformat(),
            "last_date": last.isoformat(),
            "reason": reason.strip(),
            "decided_at": clock.now().isoformat(),
            "decided_by": getpass.getuser(),
        },
    )


def found(database: Path) -> list[Anomaly]:
    """What stands out in a build database, blocks first.

    Raises:
        BuildError: there is no database, or it has not come as far as the checks.
    """
    if not database.is_file():
        raise BuildError(f"there is no build database at {database}. Build first.")
    try:
        with connect(database, read_only=True) as con:
            return [Anomaly(*row) for row in con.execute(_FOUND).fetchall()]
    except duckdb.Error as error:
        raise BuildError(f"{database} does not hold the checks on volumes ({error}). Build first.") from error


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the relation of decisions, empty."""
    con.execute(f"create or replace table raw.accepted_volumes ({_TABLE})")


def load(con: duckdb.DuckDBPyConnection, settings: Settings, at: datetime) -> None:
    """Bring the decisions taken by a moment into a build database."""
    prepare(con)
    taken = [entry for entry in decision_file.entries(path_in(settings)) if _moment(entry) <= at]
    for entry in taken:
        con.execute(
            "insert into raw.accepted_volumes values ($1, $2, $3)",
            [entry["series_key"], entry["first_date"], entry["last_date"]],
        )


def _moment(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["decided_at"])
