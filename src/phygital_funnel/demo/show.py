"""Runs the demo from an empty home to the printed tables, and stops everything it started, however it ends."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from rich.console import Console
from rich.text import Text

from phygital_funnel import state
from phygital_funnel.demo import orchestrator, summary
from phygital_funnel.demo.home import environment, finish, locked, prepare
from phygital_funnel.demo.processes import Family, Interrupted, end_leftovers, interruptible
from phygital_funnel.demo.progress import Progress
from phygital_funnel.demo.rounds import BUILD, EXTRACTIONS, INTRADAY, WEEKLY, RoundRunner, plan_rounds
from phygital_funnel.demo.sandbox import Sandbox
from phygital_funnel.errors import FunnelError
from phygital_funnel.sandbox.world.sizes import size_named
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse.newness import published_already
from phygital_funnel.warehouse.release import Release

DEFAULT_SEED = 7
PARALLELISM = 4
"""Tasks at once. Two cores can work on two, and a finished task gives its slot back up to a second late."""

RATE_SCALE = 500.0
"""How much faster than the platforms the sandbox lets clients go. Amazon takes one request for a report per minute, and
the initial load asks for one per day and marketplace: at the sandbox's own pace that alone would take six minutes."""


def run(home: Path, world: str = "demo", seed: int = DEFAULT_SEED, keep: bool = False) -> int:
    """Run the demo.

    Args:
        home: folder the demo lives in, which is emptied first.
        world: size of the sandbox's world.
        seed: the world's seed; the same seed gives the same world.
        keep: leave Airflow and the sandbox running afterwards until interrupted, to look around.

    Returns:
        0, or 1 when something failed, or 128 plus the number of the signal that ended it.
    """
    console = Console()
    demo_home = home.resolve()
    try:
        with interruptible(), locked(demo_home):
            end_leftovers(demo_home)
            prepare(demo_home)
            with _family(demo_home, console) as family:
                _Demo(demo_home, console, family, world, seed).run(keep=keep)
    except Interrupted as signal:
        console.print(f"\nStopped by {signal}; nothing was left running.", style="yellow")
        return 128 + signal.signal_number
    except (FunnelError, httpx.HTTPError) as error:
        console.print(Text(f"\nThe demo failed: {error}", style="red"), soft_wrap=True)
        return 1
    return 0


@contextlib.contextmanager
def _family(home: Path, console: Console) -> Iterator[Family]:
    family = Family(home)
    try:
        yield family
    finally:
        left = family.stop()
        if left:
            console.print(f"These processes could not be ended: {', '.join(map(str, left))}", style="red")


class _Demo:
    def __init__(self, home: Path, console: Console, family: Family, world: str, seed: int) -> None:
        self._home = home
        self._console = console
        self._family = family
        self._world = world
        self._seed = seed
        self._size = size_named(world)
        self._rounds = plan_rounds(self._size.start, self._size.days)
        self._environment = environment(home)

    def run(self, *, keep: bool) -> None:
        with Progress(self._console) as progress, contextlib.ExitStack() as stack:
            with progress.phase("start the sandbox and Airflow"):
                sandbox, airflow = self._start(stack)
            settings = Settings.from_env({**self._environment, **sandbox.environment()})
            runner = RoundRunner(airflow, progress, self._build_phase, lambda: published_already(settings) is not None)
            for turn in self._rounds:
                with progress.phase(turn.name):
                    sandbox.set_clock(turn.now)
                    runner.run(turn)
            seconds = dict(progress.seconds)
        finish(self._home)
        summary.show(self._console, _releases(settings), settings.attribution.headline_model, seconds)
        if keep:
            self._wait(airflow)

    def _start(self, stack: contextlib.ExitStack) -> tuple[Sandbox, orchestrator.RunningAirflow]:
        sandbox = self._start_sandbox()

        def with_sandbox() -> dict[str, str]:
            sandbox.wait_until_up()
            return {**self._environment, **sandbox.environment()}

        project = Settings.from_env(self._environment).project_dir
        plan = orchestrator.AirflowPlan(
            home=self._home / "airflow",
            dags_folder=project / "dags",
            environment=self._environment,
            task_environment=with_sandbox,
            parallelism=PARALLELISM,
            pools=_pools(project / "dags" / "pools.json"),
            dag_ids=frozenset({*EXTRACTIONS, INTRADAY, WEEKLY, BUILD}),
        )
        return sandbox, stack.enter_context(orchestrator.running(plan, self._family))

    def _start_sandbox(self) -> Sandbox:
        port = orchestrator.free_port_pair()
        command = [
            sys.executable, "-m", "phygital_funnel.sandbox", "--with-parent", "--home", str(self._home),
            "--world", self._world, "--seed", str(self._seed), "--port", str(port),
            "--now", self._rounds[0].now.isoformat(), "--rate-scale", f"{RATE_SCALE:g}",
        ]  # fmt: skip
        log = self._home / "logs" / "sandbox.log"
        return Sandbox(self._family.start("sandbox", command, self._environment, log), self._home, port + 1)

    def _build_phase(self) -> str:
        runs = state.runs(Settings.from_env(self._environment))
        return runs[-1].phase if runs and runs[-1].status in (state.RUNNING, state.BUILT) else ""

    def _wait(self, airflow: orchestrator.RunningAirflow) -> None:
        self._console.print(
            f"\nAirflow stays up at {airflow.url} (user {orchestrator.USER}, password {airflow.password})."
        )
        self._console.print("Ctrl-C stops it and the sandbox.")
        while True:
            airflow.check()
            orchestrator.pause()


def _pools(file: Path) -> dict[str, int]:
    return {name: int(pool["slots"]) for name, pool in json.loads(file.read_text()).items()}


def _releases(settings: Settings) -> list[Release]:
    published = [run.run_id for run in state.runs(settings) if run.status == state.PUBLISHED]
    return [Release(run_id, Path(settings.releases_url) / run_id) for run_id in published]
