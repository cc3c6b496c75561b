"""Child processes that cannot outlive the demo: own sessions, an ordered stop, and a search for anything left.

A process of ours is told from all others by two signs, so nothing else is ever signalled: a mark in its environment,
which its own children inherit, and its session, whose id is that of the command we started. One sign is not enough: a
process that sets its title overwrites its environment, and a daemon leaves its session.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

MARK_VARIABLE = "PHYGITAL_PROCESS_MARK"
HOME_VARIABLE = "PHYGITAL_PROCESS_HOME"
SESSIONS_FILE = ".sessions"
_SWEEPS = 5
_STOPPABLE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """The user or the system asked us to stop; not an Exception, so that no handler of errors swallows it."""

    def __init__(self, signal_number: int) -> None:
        self.signal_number = signal_number
        super().__init__(signal.Signals(signal_number).name)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into ``Interrupted``; further ones do not disturb the clearing up.

    Only the main thread of a process may install signal handlers; this must be called there.
    """
    seen: list[int] = []

    def handle(signal_number: int, _frame: object) -> None:
        seen.append(signal_number)
        if len(seen) == 1:
            raise Interrupted(signal_number)

    before = {number: signal.signal(number, handle) for number in _STOPPABLE}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class Child:
    """One started command."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def is_running(self) -> bool:
        """Whether the command has not ended yet."""
        return self.process.poll() is None

    def last_lines(self, count: int = 15) -> list[str]:
        """The end of what it printed."""
        if not self.log.exists():
            return []
        return self.log.read_text(errors="replace").splitlines()[-count:]


@dataclass
class Family:
    """The commands started by one run, stopped in the reverse order of their start.

    Args:
        home: the folder the run lives in; leftovers of a killed run are recognised by it.
        grace: seconds between asking a command to end and ending it.
    """

    home: Path
    grace: float = 4.0
    mark: str = field(default_factory=lambda: secrets.token_hex(16))
    children: list[Child] = field(default_factory=list)

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """``base`` with this family's mark."""
        return {**base, MARK_VARIABLE: self.mark, HOME_VARIABLE: str(self.home)}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Child:
        """Start a command in its own session, its output going to ``log``."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as stream:
            process = subprocess.Popen(  # noqa: S603 - the callers build the command from fixed words and our own paths
                list(command),
                env=self.environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.children.append(child)
        with (self.home / SESSIONS_FILE).open("a") as file:
            file.write(json.dumps([process.pid, _started(process.pid)]) + "\n")
        return child

    def stop(self) -> list[int]:
        """End every command and whatever it started.

        Returns:
            Ids of processes that could not be ended; empty when nothing is left running.
        """
        for child in reversed(self.children):
            _end(child.process, self.grace)
        return [process.pid for process in _end_all(self.survivors)]

    def survivors(self) -> list[psutil.Process]:
        """Running processes of this family."""
        sessions = {child.process.pid for child in self.children}
        return _running(lambda process: _session(process) in sessions or _has(process, MARK_VARIABLE, self.mark))


def end_leftovers(home: Path) -> int:
    """End what an earlier run in the same home left behind, for example after kill -9.

    The caller must hold the home's lock, so that no living run is meant.

    Returns:
        How many processes were ended.
    """
    sessions = _recorded_sessions(home)

    def left() -> list[psutil.Process]:
        return _running(lambda process: _session(process) in sessions or _has(process, HOME_VARIABLE, str(home)))

    count = len(left())
    _end_all(left)
    return count


def _end_all(find: Callable[[], list[psutil.Process]]) -> list[psutil.Process]:
    """Kill what ``find`` finds until it finds nothing: a process may be started while the others are being ended.

    Returns:
        What could not be ended.
    """
    for _ in range(_SWEEPS):
        left = find()
        if not left:
            return []
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=1.0)
    return find()


def _recorded_sessions(home: Path) -> set[int]:
    """Sessions an earlier run started, without those whose id now belongs to another process."""
    file = home / SESSIONS_FILE
    if not file.is_file():
        return set()
    recorded = [json.loads(line) for line in file.read_text().splitlines()]
    return {pid for pid, started in recorded if not psutil.pid_exists(pid) or _started(pid) == started}


def _started(pid: int) -> float | None:
    with contextlib.suppress(psutil.Error):
        return float(psutil.Process(pid).create_time())
    return None


def _session(process: psutil.Process) -> int:
    return os.getsid(process.pid)


def _has(process: psutil.Process, variable: str, value: str) -> bool:
    return bool(process.environ().get(variable) == value)


def _running(is_ours: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        # Processes of other users may not be looked at, and any may end meanwhile.
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE and is_ours(process):
                found.append(process)
    return found


def _end(process: subprocess.Popen[bytes], grace: float) -> None:
    """Ask a command and its group to end, and end them when they do not."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
