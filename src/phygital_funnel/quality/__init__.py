"""The gates: Great Expectations suites, one JSON file per table, evaluated by SQL inside DuckDB.

``evaluate`` runs the suites of one stage and writes what it found to ``<home>/state/quality``; ``enforce`` stops the
run when a critical check failed. Great Expectations itself is imported on first use only, because that takes seconds.
"""

from phygital_funnel.quality.gate import enforce, evaluate, results_path
from phygital_funnel.quality.results import CheckResult, GateResult
from phygital_funnel.quality.suites import STAGES

__all__ = ["STAGES", "CheckResult", "GateResult", "enforce", "evaluate", "results_path"]
