"""``phygital sources``: every stream that can be loaded, and how fresh it is."""

import csv
import json
import sys
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phygital_funnel import console
from phygital_funnel.settings import Settings

if TYPE_CHECKING:
    from phygital_funnel.freshness import Freshness

_CONFIGURED = {True: "yes", False: "no", None: "files"}


class Format(StrEnum):
    """How the list is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"


def sources(
    output: Annotated[Format, typer.Option("--format", help="How to print the list.")] = Format.TABLE,
) -> None:
    """List every stream with its cadence and how fresh it is."""
    from phygital_funnel.freshness import read_freshness

    found = read_freshness(Settings.from_env())
    if output is Format.JSON:
        typer.echo(json.dumps([_record(one) for one in found], indent=2))
    elif output is Format.CSV:
        records = [_record(one) for one in found]
        writer = csv.DictWriter(sys.stdout, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    elif output is Format.MARKDOWN:
        typer.echo(_markdown([_line(one) for one in found]))
    else:
        lines = [_line(one) for one in found]
        console.rows(tuple(lines[0]), [tuple(line.values()) for line in lines])


def _record(one: "Freshness") -> dict[str, Any]:
    """One stream for machines."""
    return {
        "source": one.stream.source,
        "stream": one.stream.name,
        "configured": one.configured,
        "cadence": one.stream.cadence.value,
        "state": one.state.value,
        "newest_extraction_at": one.newest_at.isoformat() if one.newest_at else None,
        "age_hours": round(one.age / timedelta(hours=1), 2) if one.age is not None else None,
        "due_days": one.target.days if one.target else None,
        "newest_day": one.newest_day.isoformat() if one.newest_day else None,
        "rows": one.rows,
        "accounts": one.accounts,
        "fresh_accounts": one.fresh_accounts,
        "held": one.held,
    }


def _line(one: "Freshness") -> dict[str, str]:
    """One stream for people."""
    return {
        "source": one.stream.source,
        "stream": one.stream.name,
        "configured": _CONFIGURED[one.configured],
        "cadence": one.stream.cadence.value,
        "state": one.state.value,
        "fresh accounts": f"{one.fresh_accounts} of {one.accounts}" if one.configured else "",
        "newest extraction": one.landed,
        "newest day": str(one.newest_day or ""),
        "may be behind": one.due,
        "rows": f"{one.rows:,}" if one.rows is not None else "",
        "held": str(one.held or ""),
    }


def _markdown(lines: list[dict[str, str]]) -> str:
    rows = [list(lines[0]), ["---"] * len(lines[0]), *(list(line.values()) for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
