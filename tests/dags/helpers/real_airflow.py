"""A real Airflow over the production DAGs and a sandbox, for the slow tests: its processes are killed in there."""

import contextlib
import json
import os
import signal
import sqlite3
import time
from pathlib import Path

import duckdb
import psutil

from phygital_funnel.demo import orchestrator
from phygital_funnel.demo.home import environment
from phygital_funnel.demo.processes import Family
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import streams_of

PROJECT = Path(__file__).resolve().parents[3]
DAGS = PROJECT / "dags"
LINGER = Path(__file__).with_name("plugins") / "linger.py"


def variables(home, sandbox, accounts=1, **others):
    """The environment of a home that extracts a few accounts of each source from a sandbox."""
    found = {
        name: ",".join(value.split(",")[:accounts]) if name.endswith("_ACCOUNTS") else value
        for name, value in sandbox.environment.items()
    }
    return {**environment(home), "PHYGITAL_PROJECT_DIR": str(PROJECT), **found, **others}


class Airflow:
    """A running Airflow and what a test does to it."""

    def __init__(self, running, home):
        self._running = running
        self._database = home / "airflow" / "airflow.db"

    def trigger(self, dag_id, start, end, run_id="test"):
        self._running.api.trigger(dag_id, run_id=run_id, logical_date=start, start=start, end=end)

    def kill(self, name):
        """End a component and all it started, at once and without a word."""
        child = self._running.components[name]
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                if os.getsid(process.pid) == child.process.pid:
                    process.kill()
        child.process.wait()

    def start(self, name):
        self._running.start(name)

    def rows(self, query, *values):
        with contextlib.closing(sqlite3.connect(self._database, timeout=30)) as connection:
            return connection.execute(query, values).fetchall()

    def tasks(self, state, dag_id):
        """Task id, map index and process id of the tasks in a state."""
        query = "select task_id, map_index, pid from task_instance where state = ? and dag_id = ?"
        return self.rows(query, state, dag_id)

    def running_tasks(self):
        """DAG, task, map index and process id of the tasks that run."""
        return self.rows("select dag_id, task_id, map_index, pid from task_instance where state = 'running'")

    def builds(self):
        """The partition keys of the builds that were started, oldest first."""
        found = self.rows("select partition_key from dag_run where dag_id = 'build_funnel' order by id")
        return [key for (key,) in found]

    def pause(self, dag_id):
        with contextlib.closing(sqlite3.connect(self._database, timeout=30)) as connection, connection:
            connection.execute("update dag set is_paused = 1 where dag_id = ?", (dag_id,))

    def state(self, dag_id, run_id="test"):
        return self.rows("select state from dag_run where dag_id = ? and run_id = ?", dag_id, run_id)[0][0]

    def wait(self, condition, what, seconds=300.0, pause=0.5):
        """Wait for something; a component that ends meanwhile is an error."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come within {seconds:.0f} s"
            self._running.check()
            time.sleep(pause)

    def wait_for_run(self, dag_id, run_id="test", seconds=300.0):
        self.wait(lambda: self.state(dag_id, run_id) in ("success", "failed"), f"the end of {dag_id}", seconds)
        failed = self.rows(
            "select task_id, map_index, state from task_instance where dag_id = ? and state <> 'success'", dag_id
        )
        assert self.state(dag_id, run_id) == "success", failed


@contextlib.contextmanager
def airflow(home, plain, *, parallelism=4, has_triggerer=False, plugins=(), **slots):
    """Start the components, with more plugins and other numbers of slots for some pools; they end with the block."""
    home.mkdir(parents=True, exist_ok=True)
    folder = home / "plugins"
    folder.mkdir()
    for plugin in (*(DAGS / "plugins").glob("*.py"), *plugins):
        (folder / plugin.name).symlink_to(plugin)
    family = Family(home)
    plan = orchestrator.AirflowPlan(
        home=home / "airflow",
        dags_folder=DAGS,
        environment=plain,
        task_environment=lambda: plain,
        parallelism=parallelism,
        pools={name: pool["slots"] for name, pool in json.loads((DAGS / "pools.json").read_text()).items()} | slots,
        dag_ids=frozenset({"extract_tiktok", "extract_amazon", "extract_first_party", "build_funnel"}),
        has_triggerer=has_triggerer,
        plugins_folder=folder,
    )
    try:
        with orchestrator.running(plan, family) as running:
            yield Airflow(running, home)
    finally:
        assert family.stop() == []


def kill(pid):
    """End a process at once; whether it was still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def landed(plain, sources):
    """What was landed: by stream, account, part and window the rows of each extraction, in their order."""
    landing = Landing.of(Settings.from_env(plain))
    found = {}
    for stream in (stream for source in sources for stream in streams_of(source)):
        for manifest in landing.manifests(stream):
            what = (stream.relation, manifest.account, manifest.part, manifest.window)
            found.setdefault(what, []).append(_rows(landing, stream, manifest))
    return found


def _rows(landing, stream, manifest):
    files = landing.files(stream, upto=manifest.commit, after=manifest.commit - 1)
    if not files:
        return []
    columns = ", ".join(f'"{name}"' for name in (*stream.columns, "_extra", "_reject"))
    query = f"select {columns} from read_parquet($1) where _manifest_id = $2 order by _row"
    return duckdb.execute(query, [files, manifest.manifest_id]).fetchall()
