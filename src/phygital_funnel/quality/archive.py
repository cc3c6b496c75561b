"""Reads the gate results that earlier evaluations left in ``<home>/state/quality``."""

import json
from collections.abc import Mapping
from typing import Any

from phygital_funnel.quality.gate import results_path
from phygital_funnel.quality.suites import STAGES
from phygital_funnel.settings import Settings


def read_results(settings: Settings, run_id: str) -> dict[str, Any]:
    """Results of the gates a run has come through, by stage, in the order of a build."""
    paths = {stage: results_path(settings, run_id, stage) for stage in STAGES}
    return {stage: json.loads(path.read_text(encoding="utf-8")) for stage, path in paths.items() if path.is_file()}


def warnings_of(results: Mapping[str, Any]) -> tuple[str, ...]:
    """The failed checks that do not block, one sentence each, of results as ``read_results`` gives them."""
    return tuple(
        f"{check.get('id', '')} {check['suite']} {check['expectation']} ({check['owner']}): {check['reason']}".strip()
        for result in results.values()
        for check in result["checks"]
        if not check["success"] and check["severity"] != "critical"
    )
