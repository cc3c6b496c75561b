"""What the demo prints at its end, read from the releases it published; the page shows the same figures."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from phygital_funnel.demo import changes
from phygital_funnel.report import figures, wording
from phygital_funnel.report.figures import Figures
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.release import Release

_TABLES = (changes.ORDER_LINES, changes.FUNNEL_CELLS, changes.CLAIM_CELLS)


def show(console: Console, releases: list[Release], headline_model: str, seconds: Mapping[str, float]) -> None:
    """Print the tables of the newest release, what changed on the way to it, and where to look further."""
    newest = releases[-1]
    with connect(newest.database, read_only=True) as con:
        found = figures.read(con, headline_model)
    for table in (
        _funnel(found),
        _channels(found),
        _restated([release.database for release in releases]),
        _phases(seconds),
    ):
        console.print()
        # Rich folds a title to the width of its table, so it is printed as a line of its own.
        title, table.title = table.title, None
        console.print(Text(str(title), style="bold"), soft_wrap=True)
        console.print(table)
    console.print()
    for label, path in (("Release", newest.path), ("Page", newest.page)):
        console.print(Text(f"{label:8}").append(str(path), style="bold"), soft_wrap=True)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _funnel(found: Figures) -> Table:
    days = f"{wording.day(found.first_day)} to {wording.day(found.last_day)}"
    table = _table(f"Funnel, {days}, orders by {_model(found)}", "stage", "count", "step rate")
    for stage in found.stages:
        table.add_row(stage.name, wording.count(stage.value), wording.share(stage.value, stage.previous))
    return table


def _channels(found: Figures) -> Table:
    evidence = sorted(
        {row["evidence"] for row in found.evidence}, key=lambda name: (name == figures.UNATTRIBUTED, name)
    )
    table = _table(
        f"Channels: attributed net revenue in {found.currency} and its evidence, by {_model(found)}",
        "channel", "spend", "revenue", "ROAS",
        *(wording.name(name).lower() for name in evidence),
    )  # fmt: skip
    net = {(row["channel"], row["evidence"]): row["net"] for row in found.evidence}
    for row in found.channels:
        is_rest = row["channel"] == figures.UNATTRIBUTED
        table.add_row(
            wording.name(row["channel"]),
            wording.round_money(row["spend"], found.currency),
            "" if is_rest else wording.round_money(row["net"], found.currency),
            "" if is_rest else wording.ratio(row["net"], row["spend"]),
            *(wording.round_money(net.get((row["channel"], name)), found.currency) for name in evidence),
        )
    table.add_section()
    totals = found.totals
    table.add_row(
        "All",
        wording.round_money(totals["spend"], found.currency),
        wording.round_money(totals["attributed_net"], found.currency),
        wording.ratio(totals["attributed_net"], totals["spend"]),
        *(
            wording.round_money(
                sum(row["net"] or 0 for row in found.evidence if row["evidence"] == name), found.currency
            )
            for name in evidence
        ),
    )
    return table


def _net_of(found: Figures, evidence: str) -> int:
    return sum(row["net"] or 0 for row in found.evidence if row["evidence"] == evidence)


def _model(found: Figures) -> str:
    return wording.name(found.headline_model).lower()


def _restated(databases: list[Path]) -> Table:
    steps = changes.between(databases)
    columns = [f"{number} to {number + 1}" for number in range(1, len(databases))]
    table = _table("Restated between the releases: changed / new / withdrawn", "rows", *columns)
    for label in _TABLES:
        moved = [step[label] for step in steps]
        table.add_row(label, *(f"{change.restated:,} / {change.added:,} / {change.withdrawn:,}" for change in moved))
    return table


def _phases(seconds: Mapping[str, float]) -> Table:
    table = _table("Time of each phase", "phase", "seconds")
    for name, value in seconds.items():
        table.add_row(name, f"{value:.1f}")
    table.add_section()
    table.add_row("together", f"{sum(seconds.values()):.1f}")
    return table
