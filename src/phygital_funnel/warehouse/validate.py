"""Evaluates one gate by hand, on what is there now."""

from phygital_funnel import clock, quality
from phygital_funnel.decisions import held_manifests
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.quality import page
from phygital_funnel.quality.history import VALIDATION
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.state import new_run_id
from phygital_funnel.warehouse import raw
from phygital_funnel.warehouse.build import database_path, only_build
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.release import current


def validate(settings: Settings, stage: str, table: str | None = None) -> quality.GateResult:
    """Evaluate the gate of a stage; its results are kept under an id of their own, and the quality page shows them.

    Args:
        settings: where things are.
        stage: the gate.
        table: only the suite of this table.

    Raises:
        ConfigError: there is nothing to evaluate yet, or the gate has no suite for the table.
    """
    with page.kept_up(settings):
        return _validated(settings, stage, table)


def _validated(settings: Settings, stage: str, table: str | None) -> quality.GateResult:
    run_id = f"{VALIDATION}{new_run_id(clock.now())}"
    if stage == "published":
        return quality.evaluate(settings, stage, current(settings).database, run_id=run_id, table=table)
    database = database_path(settings)
    with only_build(settings):
        if stage == "landing":
            _stage_landed(settings)
            # What waits is known now; the time in the database is that of the last build, which may be weeks ago.
            return quality.evaluate(settings, stage, database, run_id=run_id, table=table, known_at=clock.now())
        if not database.is_file():
            raise ConfigError(
                f"there is no build to validate; run `phygital build` before `phygital validate {stage}`."
            )
        return quality.evaluate(settings, stage, database, run_id=run_id, table=table)


def _stage_landed(settings: Settings) -> None:
    """Put the commits that no build has accepted into the waiting room, as the next build would."""
    landing = Landing.of(settings)
    newest = {stream.relation: landing.newest(stream) for stream in all_streams()}
    path = database_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with connect(path) as con:
        raw.stage_incoming(con, landing, newest, held_manifests(settings, landing=landing))
