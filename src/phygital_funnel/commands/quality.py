"""``phygital validate`` and ``phygital quality``: what the gates say, in words and on the page."""

from enum import StrEnum
from typing import Annotated

import typer

from phygital_funnel import console
from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import Settings

REFUSED = 1


class Stage(StrEnum):
    """The gates, in the order of a build."""

    LANDING = "landing"
    STAGING = "staging"
    MARTS = "marts"
    PUBLISHED = "published"


def validate(
    stage: Stage,
    table: Annotated[
        str | None, typer.Option(help="Only the checks of this table, for example fct_order_lines.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List the checks that hold too.")] = False,
) -> None:
    """Evaluate the gate of a stage on what is there now, and explain what does not hold.

    Exits with 1 when a critical check fails.
    """
    from phygital_funnel.quality import history, page, runbook
    from phygital_funnel.warehouse.validate import validate as validate_stage

    settings = _of_a_home()
    with console.phases() as on_phase:
        on_phase(f"gate {stage}")
        result = validate_stage(settings, stage.value, table)
    found = history.evaluations(settings, by_hand=True, newest=page.SHOWN_RUNS)
    console.gate(result, history.standings(found), runbook.read(settings.project_dir), every=every)
    console.say(f"page  {page.page_path(settings)}")
    if not result.passed:
        raise typer.Exit(REFUSED)


def quality() -> None:
    """Write the quality page anew, from the results of the last runs, and say where it is."""
    from phygital_funnel.quality import page

    console.say(str(page.write(_of_a_home())))


def _of_a_home() -> Settings:
    """The settings of a home that is there: a name that was mistyped must not become a home of its own.

    Raises:
        ConfigError: nothing was ever landed or built in it.
    """
    settings = Settings.from_env()
    if not settings.home.is_dir():
        raise ConfigError(f"there is no home {settings.home}: mend PHYGITAL_HOME, or run `phygital build` in it first.")
    return settings
