"""What runs leave behind for people: one JSON file per run, replaced atomically."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from phygital_funnel import clock
from phygital_funnel.settings import Settings

RUNNING, BUILT, PUBLISHED, BLOCKED, FAILED = "running", "built", "published", "blocked", "failed"
INTERRUPTED = "interrupted"
"""Told by readers of a run that still says it is running when nothing runs."""


@dataclass(frozen=True)
class Run:
    """A build: what it used and how far it came.

    Args:
        run_id: sortable by start.
        status: running, built, published, blocked (by a gate) or failed.
        phase: the step it is in, or ended in.
        reason: why it was blocked or failed.
        known_at: knowledge time of the build, ISO 8601.
        commits: newest commit used, by stream; all before it were used too.
        held: manifest ids that were set aside.
        row_decisions: how many decisions about single rows were known.
        as_of: the moment that was asked for, if any.
        compared_with: run id of the release before, whose figures the bridge explains.
        started_at: ISO 8601.
        sequence: place among the runs of the home; a clock that stands still does not order them.
        phases: seconds each phase took.
        warnings: failed expectations that do not block.
    """

    run_id: str
    status: str
    phase: str
    started_at: str
    sequence: int = 0
    known_at: str = ""
    reason: str = ""
    as_of: str | None = None
    compared_with: str | None = None
    commits: dict[str, int] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    row_decisions: int = 0
    phases: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def new_run_id(moment: datetime) -> str:
    """A name that sorts by time and never repeats."""
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


class RunLog:
    """Keeps one run's file in step with what happens."""

    def __init__(self, settings: Settings, run: Run) -> None:
        self._folder = settings.home / "state" / "runs"
        self.run = run
        self.update()

    @classmethod
    def start(cls, settings: Settings, run_id: str | None, as_of: datetime | None) -> "RunLog":
        """Begin a run; the caller holds the build lock."""
        moment = clock.now()
        earlier = runs(settings)
        return cls(
            settings,
            Run(
                run_id or new_run_id(moment),
                RUNNING,
                "start",
                moment.isoformat(),
                sequence=earlier[-1].sequence + 1 if earlier else 1,
                as_of=as_of.isoformat() if as_of else None,
            ),
        )

    @classmethod
    def resume(cls, settings: Settings, run_id: str) -> "RunLog":
        """Continue a run that was begun in another process."""
        return cls(settings, read_run(settings, run_id))

    def update(self, **changes: Any) -> None:
        """Record changes of the run."""
        self.run = replace(self.run, **changes)
        write_json(self._folder / f"{self.run.run_id}.json", asdict(self.run))


def read_run(settings: Settings, run_id: str) -> Run:
    """One run by its id."""
    content = json.loads((settings.home / "state" / "runs" / f"{run_id}.json").read_text())
    return Run(**{**content, **{name: tuple(content.get(name, ())) for name in ("held", "warnings")}})


def runs(settings: Settings) -> list[Run]:
    """All runs, oldest first."""
    folder = settings.home / "state" / "runs"
    found = [read_run(settings, path.stem) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []
    return sorted(found, key=lambda run: run.sequence)


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file so that a reader, or a kill, sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False, default=str)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
