"""``phygital anomalies``: days that are not as expected, and the decision that they are right."""

from datetime import datetime
from typing import Annotated

import typer

from phygital_funnel import console
from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import Settings

app = typer.Typer(help="See which daily figures stand out, accept those that are right.", no_args_is_help=True)


@app.command("list")
def list_anomalies() -> None:
    """List what the checks on volumes and restatements found in the last build, blocks first."""
    from phygital_funnel.quality import anomalies
    from phygital_funnel.warehouse.build import database_path

    standing = anomalies.found(database_path(Settings.from_env()))
    if not standing:
        console.say("nothing stands out")
        return
    columns = ("series", "from", "to", "kind", "verdict", "value", "compared with", "distance")
    console.rows(columns, [tuple(vars(one).values()) for one in standing])


@app.command()
def accept(
    series: Annotated[str, typer.Argument(help="The series, as `phygital anomalies list` shows it.")],
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day that is right.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day that is right.")],
    reason: Annotated[str, typer.Option(help="Why it is right; the next person will ask.")],
) -> None:
    """Accept days of a series as they are: the next build does not judge them."""
    from phygital_funnel.quality import anomalies
    from phygital_funnel.warehouse.build import database_path

    settings = Settings.from_env()
    known = {one.series_key for one in anomalies.found(database_path(settings))}
    if series not in known:
        raise ConfigError(f"{series!r} does not stand out; `phygital anomalies list` shows what does.")
    anomalies.accept(settings, series, start.date(), end.date(), reason)
    console.say(f"{series} is accepted from {start.date()} to {end.date()}; build again")
