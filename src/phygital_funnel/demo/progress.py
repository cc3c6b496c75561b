"""What the demo shows while it runs: one line per finished phase, and below them what goes on right now.

On a terminal the lower part is redrawn in place; elsewhere (a log file, a CI job) every change is a line of its own.
"""

import contextlib
import time
from collections.abc import Iterator
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from phygital_funnel.demo.rest import TaskState

Activity = dict[str, list[TaskState]]
"""Task instances by DAG id."""

_STYLES = {"success": "green", "failed": "red", "up_for_retry": "yellow", "skipped": "dim", "running": "cyan"}


class Progress:
    """Shows phases and tasks, and keeps the time of each phase.

    Args:
        console: where to.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}
        self._start = time.monotonic()
        self._phase = ""
        self._phase_start = self._start
        self._note = ""
        self._activity: Activity = {}
        self._shown: dict[tuple[str, str, int], str | None] = {}
        self._warned: set[str] = set()
        self._live = Live(get_renderable=self._render, console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> "Progress":
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    @property
    def total_seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase; a failed one is shown as such and its time is kept too."""
        self._phase, self._phase_start, self._note, self._activity = name, time.monotonic(), "", {}
        self._shown.clear()
        if not self.console.is_terminal:
            self._line(Text(f"{name} ..."))
        sign = "[red]✗[/red]"
        try:
            yield
            sign = "[green]✓[/green]"
        finally:
            self.seconds[name] = time.monotonic() - self._phase_start
            self._phase = ""
            self._line(Text.from_markup(f"{sign} ").append(f"{name}  {self.seconds[name]:.1f} s"))

    def note(self, text: str) -> None:
        """Say in a few words what the phase is doing."""
        if text != self._note and text and not self.console.is_terminal:
            self._line(Text(f"  {text}"))
        self._note = text

    def warn(self, text: str) -> None:
        """Show a longer text, once."""
        if text not in self._warned:
            self._warned.add(text)
            self._line(Text(text, "yellow"))

    def show(self, activity: Activity) -> None:
        """Show the state of the tasks."""
        self._activity = activity
        for dag_id, tasks in activity.items():
            for task in tasks:
                self._announce(dag_id, task)

    def _announce(self, dag_id: str, task: TaskState) -> None:
        key = (dag_id, task.task_id, task.map_index)
        if self._shown.get(key) == task.state:
            return
        self._shown[key] = task.state
        wanted = (
            {"failed", "up_for_retry", "upstream_failed"} if self.console.is_terminal else {*_STYLES, "upstream_failed"}
        )
        if task.state in wanted:
            took = f"  {task.seconds:.1f} s" if task.seconds is not None and task.state != "running" else ""
            self._line(
                Text(f"  {dag_id}  {task.label}  ").append(f"{task.state}{took}", _STYLES.get(task.state or "", ""))
            )

    def _line(self, text: Text) -> None:
        self.console.print(Text(f"{_clock(self.total_seconds)}  ", style="dim").append_text(text), soft_wrap=True)

    def _render(self) -> RenderableType:
        if not self._phase:
            return Text("")
        elapsed = _clock(time.monotonic() - self._phase_start)
        head = Spinner("dots", Text(f"{self._phase}  {elapsed}  {self._note}"))
        return Group(head, *([_tasks(self._activity)] if self._activity else []))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _tasks(activity: Activity) -> Table:
    """One line per DAG and task, its mapped instances counted by state."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for dag_id, tasks in activity.items():
        for task_id in dict.fromkeys(task.task_id for task in tasks):
            states = [task.state or "waiting" for task in tasks if task.task_id == task_id]
            counted = Text(", ").join(
                Text(f"{states.count(state)} {state}" if len(states) > 1 else state, _STYLES.get(state, "dim"))
                for state in dict.fromkeys(states)
            )
            table.add_row(Text(f"  {dag_id}", "dim"), Text(task_id), counted)
    return table
