"""Evaluates one gate by hand, on what is there now."""

from phygital_funnel import clock, quality
from phygital_funnel.decisions import held_manifests
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.state import new_run_id
from phygital_funnel.warehouse import raw
from phygital_funnel.warehouse.build import database_path, only_build
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.release import current


def validate(settings: Settings, stage: str) -> quality.GateResult:
    """Evaluate the gate of a stage; its results are kept under an id of their own.

    Raises:
        ConfigError: there is nothing to evaluate yet.
    """
    run_id = f"validate-{new_run_id(clock.now())}"
    if stage == "published":
        return quality.evaluate(settings, stage, current(settings).database, run_id=run_id)
    database = database_path(settings)
    with only_build(settings):
        if stage == "landing":
            _stage_landed(settings)
        elif not database.is_file():
            raise ConfigError(
                f"there is no build to validate; run `phygital build` before `phygital validate {stage}`."
            )
        return quality.evaluate(settings, stage, database, run_id=run_id)


def _stage_landed(settings: Settings) -> None:
    """Put the commits that no build has accepted into the waiting room, as the next build would."""
    landing = Landing.of(settings)
    newest = {stream.relation: landing.newest(stream) for stream in all_streams()}
    path = database_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with connect(path) as con:
        raw.stage_incoming(con, landing, newest, held_manifests(settings, landing=landing))
