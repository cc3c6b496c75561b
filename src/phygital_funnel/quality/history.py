"""What earlier evaluations found, from the JSON files that they left in ``<home>/state/quality``."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from phygital_funnel import state
from phygital_funnel.quality.suites import STAGES
from phygital_funnel.settings import Settings
from phygital_funnel.state import Run

Result = dict[str, Any]
CheckKey = tuple[str, str]
"""Suite and check."""

VALIDATION = "validate-"
"""How the run ids of evaluations by hand begin."""
_DEFAULTS: Result = {"id": "", "action": "", "bound": "", "unexpected_count": None, "sample": []}


@dataclass(frozen=True)
class Evaluation:
    """One gate of one run.

    Args:
        run_id: the run.
        sequence: place of the run among the builds of the home; None for an evaluation by hand.
        stage: the gate.
        evaluated_at: UTC.
        passed: whether no critical check failed.
        checks: the results as JSON holds them; what files of an earlier version lack is filled in.
    """

    run_id: str
    sequence: int | None
    stage: str
    evaluated_at: datetime
    passed: bool
    checks: tuple[Result, ...]


@dataclass(frozen=True)
class Standing:
    """One check over its evaluations, oldest first.

    Args:
        evaluation: the newest evaluation that holds the check.
        check: its newest result.
        since: the evaluation since which it stands as it does.
        is_since_first: whether it stands so in all evaluations that are known.
        past: (evaluation, result) of the known evaluations.
    """

    evaluation: Evaluation
    check: Result
    since: Evaluation
    is_since_first: bool
    past: tuple[tuple[Evaluation, Result], ...]


def folder_of(settings: Settings) -> Path:
    """Where the results are, one folder per run."""
    return settings.home / "state" / "quality"


def builds(settings: Settings) -> dict[str, Run]:
    """Runs that built what is known now, by id; rebuilds of past knowledge tell nothing of the data's own course."""
    return {run.run_id: run for run in state.runs(settings) if run.as_of is None}


def evaluations(settings: Settings, *, by_hand: bool = False, newest: int | None = None) -> list[Evaluation]:
    """Evaluations of current knowledge, oldest first.

    Args:
        settings: where the state is.
        by_hand: whether those of ``phygital validate`` count.
        newest: only those of so many runs; all when None.
    """
    known = builds(settings)
    folders = [path for path in _run_folders(settings) if path.name in known or (by_hand and _is_by_hand(path))]
    chosen = folders if newest is None else sorted(folders, key=_written)[-newest:]
    found = [evaluation for folder in chosen for evaluation in read_run(folder, known.get(folder.name))]
    return sorted(found, key=_order)


def read_run(folder: Path, run: Run | None) -> list[Evaluation]:
    """The gates that a run has come to, in the order of a build; a file that cannot be read is left out.

    Args:
        folder: the run's folder of results.
        run: the run's record; None for an evaluation by hand.
    """
    documents = ((stage, _document(folder / f"{stage}.json")) for stage in STAGES)
    return [
        Evaluation(
            run_id=folder.name,
            sequence=run.sequence if run else None,
            stage=stage,
            evaluated_at=datetime.fromisoformat(document["evaluated_at"]),
            passed=bool(document["passed"]),
            checks=tuple({**_DEFAULTS, **check} for check in document["checks"]),
        )
        for stage, document in documents
        if document is not None
    ]


def standings(found: Iterable[Evaluation]) -> list[Standing]:
    """Every check as it stands, by stage, table and name.

    Of a table, the newest evaluation that looked at it counts, so a check that was renamed or removed is gone.
    """
    past: dict[CheckKey, list[tuple[Evaluation, Result]]] = {}
    newest: dict[str, Evaluation] = {}
    for evaluation in found:
        for check in evaluation.checks:
            past.setdefault((check["suite"], check["expectation"]), []).append((evaluation, check))
            newest[check["suite"]] = evaluation
    kept = {key: seen for key, seen in past.items() if seen[-1][0] is newest[key[0]]}
    return [_standing(kept[key]) for key in sorted(kept, key=_by_stage)]


def forget(settings: Settings, before: float, keep: int) -> int:
    """Remove the results of runs that were last written before a moment, but for the newest ``keep`` of them.

    Args:
        settings: where the state is.
        before: seconds since 1970, in the file system's time.
        keep: runs whose results stay however old they are.

    Returns:
        How many runs' results were removed.
    """
    folders = sorted(_run_folders(settings), key=_written)
    old = [folder for folder in folders[: max(len(folders) - keep, 0)] if _written(folder) < before]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _standing(seen: Sequence[tuple[Evaluation, Result]]) -> Standing:
    evaluation, check = seen[-1]
    others = [index for index, (_, result) in enumerate(seen) if result["success"] != check["success"]]
    first = others[-1] + 1 if others else 0
    return Standing(evaluation, check, seen[first][0], not others, tuple(seen))


def _order(one: Evaluation) -> tuple[datetime, bool, int, int]:
    """At one moment, as a simulated clock may stand still, the later build comes later, and a look by hand last."""
    return one.evaluated_at, one.sequence is None, one.sequence or 0, STAGES.index(one.stage)


def _by_stage(key: CheckKey) -> tuple[int, str, str]:
    stage, table = key[0].split("/", 1)
    return STAGES.index(stage), table, key[1]


def _run_folders(settings: Settings) -> list[Path]:
    folder = folder_of(settings)
    return [path for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []


def _is_by_hand(folder: Path) -> bool:
    return folder.name.startswith(VALIDATION)


def _written(folder: Path) -> float:
    """When a run's last result was written; the pipeline's own clock may be a simulated one."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.glob("*.json")))
    except FileNotFoundError:  # swept meanwhile
        return 0.0


def _document(path: Path) -> Result | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_result = isinstance(document, dict) and {"evaluated_at", "passed", "checks"} <= document.keys()
    return document if is_result else None
