"""One build: load raw -> staging -> gate -> ledgers, marts -> gate, in one private database and one process.

The gates share the process because Great Expectations takes seconds to import (docs/adr/0003).
"""

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from phygital_funnel import __version__, state
from phygital_funnel.errors import FunnelError, HomeBusy, QualityGateFailed
from phygital_funnel.freshness import freshness_known
from phygital_funnel.landing import Landing
from phygital_funnel.quality import anomalies, explain, page
from phygital_funnel.settings import Settings
from phygital_funnel.state import Run, RunLog
from phygital_funnel.warehouse import credit_basis, dbt, previous, quality_relation, raw
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.knowledge import Knowledge, Past, known, past, settings_of

logger = logging.getLogger(__name__)
Listener = Callable[[str], None]


@dataclass(frozen=True)
class Build:
    """A finished build.

    Args:
        run: its record in ``state/runs``.
        database: the private database it left.
    """

    run: Run
    database: Path


def database_path(settings: Settings, as_of: datetime | None = None) -> Path:
    """The build database; a past state of knowledge has a file of its own."""
    folder = settings.home / "build"
    return folder / "build.duckdb" if as_of is None else folder / f"as_of_{as_of:%Y%m%dT%H%M%S_%fZ}.duckdb"


def build(
    settings: Settings,
    *,
    as_of: datetime | str | None = None,
    full_refresh: bool = False,
    run_id: str | None = None,
    on_phase: Listener | None = None,
) -> Build:
    """Build the warehouse from everything that is landed, or was known at ``as_of``.

    Args:
        settings: where things are and how credit is given.
        as_of: past moment of knowledge, with a time zone, or the run id of a release: exactly what it was made of.
        full_refresh: forget the build database and read landing from its first commit.
        run_id: name of the run; a new one when None.
        on_phase: told the name of each phase as it begins.

    Raises:
        QualityGateFailed: a gate blocked the build.
        BuildError: the loader or dbt failed.
        HomeBusy: another build is running.
    """
    asked = None if as_of is None else past(settings, as_of)
    moment = asked.moment if asked else None
    database = database_path(settings, moment)
    with only_build(settings), page.kept_up(settings):
        log = RunLog.start(settings, run_id, moment)
        with recorded(log):
            if full_refresh or asked is not None:  # what a file holds is added to, and never taken back
                _forget(database)
            _Builder(settings_of(settings, asked), database, log, on_phase).run(asked)
            log.update(status=state.BUILT, phase="built")
    return Build(log.run, database)


class _Builder:
    def __init__(self, settings: Settings, database: Path, log: RunLog, on_phase: Listener | None) -> None:
        self._settings = settings
        self._database = database
        self._log = log
        self._on_phase = on_phase

    def run(self, asked: Past | None) -> None:
        self._database.parent.mkdir(parents=True, exist_ok=True)
        with self._phase("load"):
            knowledge = known(self._settings, asked)
            self._load(knowledge)
        self._gate("landing")
        with self._phase("accept"), connect(self._database) as con:
            raw.accept(con, knowledge.held, knowledge.rows.standing())
        project = dbt.Project(self._settings, self._database)
        with self._phase("staging"):
            project.build_layer("staging")
        self._gate("staging")
        with self._phase("ledgers"):
            self._credit(project)
        try:
            self._gate("marts")
        except QualityGateFailed:
            # Credit that a gate refused must not be what the next build adds to.
            with connect(self._database) as con:
                credit_basis.forget(con)
            raise
        with connect(self._database) as con:
            quality_relation.load_results(con, self._settings, self._log.run.run_id)

    def _load(self, knowledge: Knowledge) -> None:
        """Bring what is landed, and what the release before said."""
        landing = Landing.of(self._settings)
        known_at = knowledge.known_at.isoformat()
        with connect(self._database) as con:
            incoming = raw.stage_incoming(con, landing, knowledge.commits, knowledge.held)
            raw.record_build(con, self._log.run.run_id, known_at, __version__)
            previous.load(con, knowledge.before)
            anomalies.load(con, self._settings, knowledge.known_at)
            fresh = freshness_known(self._settings, landing, knowledge.commits, knowledge.held, knowledge.known_at)
            quality_relation.load_freshness(con, fresh)
        logger.info("loaded %s new commits with %s rows", incoming.commits, incoming.rows)
        self._log.update(
            known_at=known_at,
            commits={relation: commit for relation, commit in knowledge.commits.items() if commit >= 0},
            held=tuple(sorted(knowledge.held)),
            row_decisions=knowledge.rows.count,
            compared_with=knowledge.before.run_id if knowledge.before else None,
        )

    def _credit(self, project: dbt.Project) -> None:
        """Build ledgers and marts; earlier credit is kept where nothing that it was made of has changed."""
        basis = credit_basis.basis_of(self._settings)
        with connect(self._database) as con:
            is_kept = credit_basis.is_kept(con, basis)
            if not is_kept:
                credit_basis.forget(con)
        logger.info(
            "credit is %s", "kept where nothing reaches it" if is_kept else "made anew: code or settings differ"
        )
        project.build_layer("ledgers", full_refresh=not is_kept)
        with connect(self._database) as con:
            credit_basis.record(con, basis)

    def _gate(self, stage: str) -> None:
        from phygital_funnel import quality

        with self._phase(f"gate {stage}"):
            result = quality.evaluate(self._settings, stage, self._database, run_id=self._log.run.run_id)
            explain.log_failures(result, self._settings.project_dir)
            quality.enforce(result)

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        with phase(self._log, name, self._on_phase):
            yield


@contextmanager
def phase(log: RunLog, name: str, on_phase: Listener | None) -> Iterator[None]:
    """Record that a run is in a phase, and how long it took."""
    log.update(phase=name)
    logger.info("phase %s", name)
    if on_phase is not None:
        on_phase(name)
    start = time.monotonic()
    yield
    log.update(phases={**log.run.phases, name: round(time.monotonic() - start, 2)})


@contextmanager
def recorded(log: RunLog) -> Iterator[None]:
    """Record why a run ended, if it did not end well."""
    try:
        yield
    except QualityGateFailed as error:
        log.update(status=state.BLOCKED, reason=str(error))
        raise
    except FunnelError as error:
        log.update(status=state.FAILED, reason=str(error))
        raise
    except BaseException as error:
        log.update(status=state.FAILED, reason=f"{type(error).__name__}: {error}")
        raise


@contextmanager
def only_build(settings: Settings) -> Iterator[None]:
    """Hold the home's build lock; the system frees it when the process dies, however it dies.

    Raises:
        HomeBusy: another process holds it.
    """
    path = settings.home / "build" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise HomeBusy(f"another build of {settings.home} is running; wait for it to end and run again.") from error
        yield


def is_building(settings: Settings) -> bool:
    """Whether a process is building in this home right now."""
    try:
        with only_build(settings):
            return False
    except HomeBusy:
        return True


def _forget(database: Path) -> None:
    for path in (database, database.with_name(f"{database.name}.wal")):
        path.unlink(missing_ok=True)
