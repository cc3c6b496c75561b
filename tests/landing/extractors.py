"""Extracting processes to kill: ``python -m tests.landing.extractors`` starts one for each line of its input.

Each line is a JSON list of extractions to run at the same time. A process is forked for each, so that twenty of them do
not import Arrow twenty times; this one only forks, so it has no threads that a fork would lose.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import fsspec

from phygital_funnel.landing import Landing, files

from .feed import PAGE_ROWS, Feed

RowGroups = Callable[[Any], Iterator[Any]]
ROOT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.001
LONGEST_SECONDS = 60.0


@dataclass(frozen=True)
class Run:
    """One extraction.

    Args:
        url: landing zone.
        spool: folder of its spool.
        pages: pages of the feed.
        value: what every row holds.
        rows: rows of a page.
        account: whose rows.
        kill_after: seconds until it is killed with signal 9; None lets it end.
        dies_uploading: whether it kills itself between the first and the last part of its upload.
    """

    url: str
    spool: str
    pages: int
    value: str
    rows: int = PAGE_ROWS
    account: str = "7"
    kill_after: float | None = None
    dies_uploading: bool = False


@dataclass(frozen=True)
class End:
    """How an extraction ended: its exit status, minus the signal that killed it, and after how many seconds."""

    status: int
    seconds: float


class Extractors:
    """A process that forks extracting processes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, *runs: Run) -> list[End]:
        """Start all at once and wait for their ends."""
        return self.start(*runs).ends()

    def start(self, *runs: Run) -> "Started":
        """Start all at once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([asdict(run) for run in runs]) + "\n")
        self._process.stdin.flush()
        return Started(self._process.stdout)


@dataclass(frozen=True)
class Started:
    """Extractions under way."""

    answer: IO[str]

    def is_over(self) -> bool:
        """Whether all have ended."""
        return bool(select.select([self.answer], [], [], 0)[0])

    def ends(self) -> list[End]:
        """Wait for the ends."""
        return [End(**end) for end in json.loads(self.answer.readline())]


@contextlib.contextmanager
def extractors() -> Iterator[Extractors]:
    """The forking process, stopped in the end."""
    command = [sys.executable, "-m", "tests.landing.extractors"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Extractors(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(10)


def _land(run: Run) -> None:
    if run.dies_uploading:
        files._row_groups = _die_after_one(files._row_groups)
    feed = Feed(run.pages, value=run.value, pause=0.01, rows=run.rows)
    Landing(run.url, Path(run.spool)).append(feed.extraction(run.account))


def _die_after_one(row_groups: RowGroups) -> RowGroups:
    def first_one(batches: Any) -> Iterator[Any]:
        yield next(iter(row_groups(batches)))
        os.kill(os.getpid(), signal.SIGKILL)

    return first_one


def _forked(run: Run) -> int:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            _land(run)
            status = 0
        finally:
            os._exit(status)
    return pid


def _ended(started: dict[int, Run]) -> dict[int, End]:
    begun = time.monotonic()
    ends: dict[int, End] = {}
    while len(ends) < len(started):
        time.sleep(POLL_SECONDS)
        passed = time.monotonic() - begun
        for pid, run in started.items():
            if pid in ends:
                continue
            if passed >= (LONGEST_SECONDS if run.kill_after is None else run.kill_after):
                os.kill(pid, signal.SIGKILL)
                ends[pid] = End(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), passed)
            elif (ended := os.waitpid(pid, os.WNOHANG))[0]:
                ends[pid] = End(os.waitstatus_to_exitcode(ended[1]), passed)
    return ends


def main() -> None:
    """Serve the lines of the standard input."""
    if "AWS_ENDPOINT_URL" in os.environ:  # once, and not in every process
        fsspec.get_filesystem_class("s3")
    for line in sys.stdin:
        runs = [Run(**fields) for fields in json.loads(line)]
        started = {_forked(run): run for run in runs}
        ends = _ended(started)
        sys.stdout.write(json.dumps([asdict(ends[pid]) for pid in started]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
