"""A running Airflow: one context manager that starts the components as processes of their own and stops them again.

``airflow standalone`` is not used: stopping it leaves its children on their ports. Airflow is driven from outside, by
its command and its REST API, because this package does not import it.
"""

import contextlib
import json
import secrets
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from phygital_funnel.demo.processes import Child, Family
from phygital_funnel.demo.rest import AirflowApi
from phygital_funnel.errors import FunnelError

USER = "phygital"
START_TIMEOUT = 120.0
"""Seconds until the components must be up; 10 to 15 on an idle machine with two cores."""


class OrchestratorError(FunnelError):
    """Airflow did not start, or a component of it ended."""


@dataclass(frozen=True)
class AirflowPlan:
    """How Airflow is to run.

    Args:
        home: ``AIRFLOW_HOME``: metadata database, configuration, logs.
        dags_folder: the production DAG files, with the plugins in a folder of their own below.
        environment: variables every component gets.
        task_environment: asked for when the scheduler starts, whose tasks inherit it; may wait for what they need.
        parallelism: tasks at once over all DAGs.
        pools: slots per pool.
        dag_ids: the DAGs that must be there before it counts as running.
        has_triggerer: start a triggerer too; without one, a task that defers waits for ever.
        plugins_folder: another one than that below the DAG files.
    """

    home: Path
    dags_folder: Path
    environment: Mapping[str, str]
    task_environment: Callable[[], Mapping[str, str]]
    parallelism: int
    pools: Mapping[str, int]
    dag_ids: frozenset[str]
    has_triggerer: bool = False
    plugins_folder: Path | None = None


@dataclass(frozen=True)
class RunningAirflow:
    """Handles to the started components; ``start`` starts one again, under the same name."""

    api: AirflowApi
    components: dict[str, Child]
    start: Callable[[str], Child]
    logs: Path
    url: str
    password: str

    def check(self) -> None:
        """Raise when a component has ended.

        Raises:
            OrchestratorError: with the component's last words and the path of its log.
        """
        for component in self.components.values():
            if not component.is_running():
                raise _ended(component)


@contextlib.contextmanager
def running(plan: AirflowPlan, family: Family) -> Iterator[RunningAirflow]:
    """Start Airflow with an empty SQLite metadata database.

    The components belong to ``family``, and end when the caller stops it.

    Raises:
        OrchestratorError: the database could not be made, or a component did not come up in time.
    """
    plan.home.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(24)
    _write_password(plan.home, password)
    port = free_port()
    configuration = airflow_environment(plan, port)
    environment = {**plan.environment, **configuration}
    logs = plan.home / "logs"

    command = {
        "api-server": ("api-server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        "db-migrate": ("db", "migrate"),
        "dag-processor": ("dag-processor",),
        # No log server: the API server reads the same disk.
        "scheduler": ("scheduler", "--skip-serve-logs"),
        "triggerer": ("triggerer", "--skip-serve-logs"),
    }
    components: dict[str, Child] = {}

    def start(name: str) -> Child:
        runs_tasks = name in ("scheduler", "triggerer")
        variables = {**plan.task_environment(), **configuration} if runs_tasks else environment
        components[name] = family.start(name, _airflow(*command[name]), variables, logs / f"{name}.log")
        return components[name]

    # The API server needs 15 s of one core to build its routes, but no tables, so it starts beside the migration.
    start("api-server")
    _run_to_end(start("db-migrate"))
    del components["db-migrate"]
    _let_readers_and_writers_meet(_metadata(plan.home))
    start("dag-processor")
    start("scheduler")
    if plan.has_triggerer:
        start("triggerer")
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, timeout=60.0, trust_env=False) as client:
        api = AirflowApi(client, USER, password)
        airflow = RunningAirflow(api, components, start, logs, url, password)
        _wait_until_up(airflow, plan.dag_ids)
        for name, slots in plan.pools.items():
            api.create_pool(name, slots)
        yield airflow


def airflow_environment(plan: AirflowPlan, port: int) -> dict[str, str]:
    """The configuration: on this machine only, no examples, and short intervals so that nothing waits for a timer."""
    sections = {
        "CORE": {
            "DAGS_FOLDER": str(plan.dags_folder),
            "PLUGINS_FOLDER": str(plan.plugins_folder or plan.dags_folder / "plugins"),
            "LOAD_EXAMPLES": "False",
            "EXECUTOR": "LocalExecutor",
            "PARALLELISM": str(plan.parallelism),
            "MAX_ACTIVE_TASKS_PER_DAG": str(plan.parallelism),
            "DAGS_ARE_PAUSED_AT_CREATION": "False",
            "EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            "SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "FERNET_KEY": "",
            "HOSTNAME_CALLABLE": "phygital_funnel.demo.orchestrator.hostname",
        },
        "DATABASE": {"SQL_ALCHEMY_CONN": f"sqlite:///{_metadata(plan.home)}?timeout=60", "CHECK_MIGRATIONS": "False"},
        "API": {"HOST": "127.0.0.1", "PORT": str(port), "WORKERS": "1", "BASE_URL": f"http://127.0.0.1:{port}"},
        "API_AUTH": {"JWT_SECRET": secrets.token_urlsafe(48)},
        "SCHEDULER": {
            "SCHEDULER_IDLE_SLEEP_TIME": "0.5",
            "JOB_HEARTBEAT_SEC": "5",
            "ENABLE_HEALTH_CHECK": "False",
        },
        # The DAG files do not change while the demo runs: parse them once.
        "DAG_PROCESSOR": {"PARSING_PROCESSES": "2", "MIN_FILE_PROCESS_INTERVAL": "3600", "REFRESH_INTERVAL": "3600"},
        # A finished task's slot is given back only when its supervisor wakes up, at the latest after this interval.
        # The first call of the execution API takes seconds, so 5 s of patience are too few on a busy machine.
        "WORKERS": {"MIN_HEARTBEAT_INTERVAL": "1", "EXECUTION_API_TIMEOUT": "30"},
        "LOGGING": {"BASE_LOG_FOLDER": str(plan.home / "logs" / "tasks"), "COLORED_CONSOLE_LOG": "False"},
    }
    return {
        "AIRFLOW_HOME": str(plan.home),
        **{f"AIRFLOW__{section}__{key}": value for section, keys in sections.items() for key, value in keys.items()},
    }


def hostname() -> str:
    """Airflow's name for this machine: asking a name server can take seconds where there is none."""
    return "localhost"


def free_port() -> int:
    """A TCP port that nothing listens on at 127.0.0.1 right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def free_port_pair() -> int:
    """A free TCP port whose successor is free too.

    Raises:
        OrchestratorError: none was found.
    """
    for _ in range(50):
        port = free_port()
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port + 1))
            return port
    raise OrchestratorError("no two free neighbouring TCP ports were found on 127.0.0.1.")


def pause() -> None:
    """Wait a moment between two looks at the components."""
    time.sleep(1.0)


def _airflow(*words: str) -> list[str]:
    executable = Path(sys.executable).parent / "airflow"
    if not executable.exists():
        raise OrchestratorError(f"{executable} does not exist; install requirements/runtime.txt into this environment.")
    return [sys.executable, str(executable), *words]


def _metadata(home: Path) -> Path:
    return home / "airflow.db"


def _let_readers_and_writers_meet(database: Path) -> None:
    """Without write-ahead logging a busy SQLite answers "database is locked" to the API server now and then."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("pragma journal_mode = wal")


def _write_password(home: Path, password: str) -> None:
    file = home / "simple_auth_manager_passwords.json.generated"
    file.touch(mode=0o600)
    file.write_text(json.dumps({USER: password}) + "\n")


def _run_to_end(child: Child) -> None:
    while child.is_running():
        time.sleep(0.05)
    if child.process.returncode != 0:
        raise _ended(child)


def _wait_until_up(airflow: RunningAirflow, dag_ids: frozenset[str]) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        airflow.check()
        if airflow.api.is_up() and _dags_are_read(airflow.api, dag_ids):
            return
        time.sleep(0.2)
    raise OrchestratorError(f"Airflow did not come up within {START_TIMEOUT:.0f} s; its logs are in {airflow.logs}.")


def _dags_are_read(api: AirflowApi, dag_ids: frozenset[str]) -> bool:
    errors = api.import_errors()
    if errors:
        told = "\n".join(f"{file}:\n{trace}" for file, trace in errors.items())
        raise OrchestratorError(f"Airflow cannot read these DAG files:\n{told}")
    return dag_ids <= api.dag_ids()


def _ended(component: Child) -> OrchestratorError:
    words = "\n".join(component.last_lines())
    return OrchestratorError(
        f"Airflow's {component.name} ended with status {component.process.returncode}; "
        f"its log is {component.log}:\n{words}"
    )
