"""``phygital quarantine``: which rows are rejected and why, and the decision that one may stand all the same."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phygital_funnel import console
from phygital_funnel.errors import ConfigError
from phygital_funnel.quarantine.rules import RULES, is_releasable, rule_of
from phygital_funnel.settings import Settings
from phygital_funnel.terminal import printable

if TYPE_CHECKING:
    from phygital_funnel.quarantine.reading import RejectedRow, RuleCount
    from phygital_funnel.quarantine.releasing import Outcome

app = typer.Typer(help="See rejected rows, let some of them stand by a recorded decision.", no_args_is_help=True)

SHOWN_ROWS, SHOWN_TEXT = 5, 500

Rows = Annotated[list[str] | None, typer.Argument(metavar="ROW...", help="Ids of rows, as `show` gives them.")]
Table = Annotated[str | None, typer.Option(help="All rows of this table, for example links.clicks ...")]
Rule = Annotated[str | None, typer.Option(help="... that break this rule.")]
Why = Annotated[str, typer.Option("--reason", "--why", help="Why; the next person will ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, with every value whole.")]


@app.command("list")
def list_rules(
    table: Annotated[str | None, typer.Option(help="Only this table, for example links.clicks.")] = None,
    as_json: AsJson = False,
) -> None:
    """Count the rejected rows of the last build by table and rule."""
    from phygital_funnel.quarantine.reading import opened, relation_named

    relation = relation_named(table) if table else None
    with opened(Settings.from_env()) as quarantine:
        counts, run_id = quarantine.counts(relation), quarantine.run_id()
    if as_json:
        _print_json([_count_as_json(count) for count in counts])
        return
    if not counts:
        console.say(f"nothing is in quarantine after build {run_id}")
        return
    console.rows(
        ("table", "rule", "rows", "share", "first landed", "last landed", "one of them", "can be released"),
        [
            (
                _told(count.relation),
                count.rule,
                f"{count.rows:,}",
                f"{count.share:.2%}",
                count.first_seen,
                count.last_seen,
                count.sample,
                _releasable(count),
            )
            for count in counts
        ],
    )
    console.say(f"as build {run_id} left it; `phygital quarantine show TABLE --rule RULE` shows rows and what to do")


@app.command()
def show(
    what: Annotated[str, typer.Argument(metavar="TABLE|ROW", help="A table, or the id of a row.")],
    rule: Annotated[str | None, typer.Option(help="Only rows that break this rule.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows, newest extraction first.")] = SHOWN_ROWS,
    as_json: AsJson = False,
) -> None:
    """Show rejected rows as they were landed, where they came from, why they are out and what to do.

    Rows may hold what identifies a person: do not pass the output on.
    """
    from phygital_funnel.quarantine.reading import opened, relation_named

    if rule is not None and rule not in RULES:
        raise ConfigError(f"{rule!r} is not a row rule; `phygital quarantine list` shows those that rows break.")
    with opened(Settings.from_env()) as quarantine:
        if ":" in what:
            row = quarantine.find(what)
            if row is None:
                raise ConfigError(quarantine.why_not_here(what))
            rows, total = [row], 1
        else:
            relation = relation_named(what)
            counts = [count for count in quarantine.counts(relation) if rule in (None, count.rule)]
            total = sum(count.rows for count in counts)
            rows = quarantine.rows(relation, rule, limit) if counts else []
    if as_json:
        _print_json([_row_as_json(row) for row in rows])
        return
    for row in rows:
        _show(row)
    console.say(f"{len(rows):,} of {total:,} rows" if total else "no such row is in quarantine")


@app.command()
def release(why: Why, rows: Rows = None, table: Table = None, rule: Rule = None) -> None:
    """Let rows stand although they break a rule: recorded, and replayed by every build from the next one on."""
    from phygital_funnel.quarantine import releasing

    outcome = releasing.release(Settings.from_env(), releasing.Chosen(rows or (), table, rule), why)
    for row_id, decision in outcome.unchanged[:SHOWN_ROWS]:
        console.say(
            f"{row_id} was released already, by {decision['decided_by']} at {decision['decided_at']}: "
            f"{decision['reason']}"
        )
    _tell(outcome, "released", "nothing new is recorded")


@app.command()
def withdraw(why: Why, rows: Rows = None, table: Table = None, rule: Rule = None) -> None:
    """Take releases back: the next build judges the rows by the rules again."""
    from phygital_funnel.quarantine import releasing

    outcome = releasing.withdraw(Settings.from_env(), releasing.Chosen(rows or (), table, rule), why)
    for row_id, _ in outcome.unchanged[:SHOWN_ROWS]:
        console.say(f"{row_id} is not released")
    _tell(outcome, "no longer released", "nothing is taken back")


def _tell(outcome: "Outcome", done: str, nothing: str) -> None:
    if len(outcome.unchanged) > SHOWN_ROWS:
        console.say(f"... and {len(outcome.unchanged) - SHOWN_ROWS:,} more")
    if not outcome.rows:
        console.say(nothing)
        return
    groups = sorted({(row.relation, row.rule) for row in outcome.rows})
    for relation, rule in groups:
        count = sum((row.relation, row.rule) == (relation, rule) for row in outcome.rows)
        rows = "1 row" if count == 1 else f"{count:,} rows"
        console.say(f"{rows} of {_told(relation)} {done} ({rule}); the next build takes it into account")


def _show(row: "RejectedRow") -> None:
    rule = rule_of(row.row.rule)
    window = f", days {row.window[0]} to {row.window[1]}" if row.window else ""
    origin = " ".join(part for part in (row.account, row.part) if part)
    console.say(f"row    {row.row.row_id}")
    console.say(f"  why    {rule.name}: {rule.meaning}")
    console.say(
        f"  from   {_told(row.row.relation)} {origin}{window}, landed {row.committed_at} UTC, "
        f"row {row.row.row_number} of it (the first is 0){_place(row)}"
    )
    console.say(f"  to do  {rule.remedy}")
    if row.standing:
        console.say(f"  note   {row.standing}")
    for name, value in row.payload.items():
        console.say(f"    {name} = {_shortened(printable(str(value)))}")


def _place(row: "RejectedRow") -> str:
    return f", line {row.line} of the file unless a line before it is blank or goes on in the next" if row.line else ""


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}... ({len(text):,} characters; --json has all)"


def _releasable(count: "RuleCount") -> str:
    if count.waiting:
        return f"{count.waiting:,} released, the next build takes them in"
    return "yes" if is_releasable(count.relation, count.rule) else "no"


def _count_as_json(count: "RuleCount") -> dict[str, Any]:
    return {
        "table": _told(count.relation),
        "rule": count.rule,
        "meaning": rule_of(count.rule).meaning,
        "rows": count.rows,
        "known_rows": count.known_rows,
        "first_landed_at": count.first_seen and count.first_seen.isoformat(),
        "last_landed_at": count.last_seen and count.last_seen.isoformat(),
        "sample": count.sample,
        "is_releasable": is_releasable(count.relation, count.rule),
        "waiting_for_build": count.waiting,
    }


def _row_as_json(row: "RejectedRow") -> dict[str, Any]:
    return {
        "row": row.row.row_id,
        "table": _told(row.row.relation),
        "rule": row.row.rule,
        "account": row.account,
        "part": row.part,
        "line": row.line,
        "window": [day.isoformat() for day in row.window] if row.window else None,
        "landed_at": row.committed_at and row.committed_at.isoformat(),
        "decision": str(row.standing) or None,
        "payload": dict(row.payload),
    }


def _print_json(content: Any) -> None:
    """JSON in ASCII: no character of a row reaches the terminal as itself."""
    typer.echo(json.dumps(content, indent=2))


def _told(relation: str) -> str:
    return relation.replace("__", ".", 1)
