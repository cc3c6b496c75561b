"""What a gate found, in values that JSON can hold whatever the tables contained."""

import math
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

SAMPLE_ROWS = 5
"""Unexpected rows kept per check: enough to recognise the fault, too few to copy a table."""

SAMPLE_TEXT = 200
"""Characters kept of one text in a sample or an error."""

CRITICAL = "critical"


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one expectation.

    Args:
        suite: ``<stage>/<table>``, the suite's file below ``expectations/`` without its ending.
        expectation: the check's name, unique within its suite.
        column: the column or columns looked at; None for a check of the whole table.
        severity: ``critical`` blocks, ``warning`` and ``info`` report.
        success: whether the data met the expectation; False as well when it could not be evaluated.
        observed: the value found (rows found, for checks by query), or why the check could not be evaluated.
        reason: why the check exists.
        owner: who acts on it.
        unexpected_count: rows or values that break the expectation; None when it is not about single rows.
        sample: at most five of them.
    """

    suite: str
    expectation: str
    column: str | None
    severity: str
    success: bool
    observed: Any
    reason: str
    owner: str
    unexpected_count: int | None = None
    sample: tuple[dict[str, Any], ...] = ()

    @property
    def sentence(self) -> str:
        """The failure in one line, without any content of the table."""
        if self.unexpected_count is None:
            found = f"observed {self.observed}"
        else:
            found = f"{self.unexpected_count} unexpected row{'' if self.unexpected_count == 1 else 's'}"
        return f"{self.suite}: {self.expectation} ({found}). {self.reason}"


@dataclass(frozen=True)
class GateResult:
    """Outcome of one stage.

    Args:
        stage: one of landing, staging, marts, published.
        run_id: the build's run.
        evaluated_at: UTC, from the project's clock.
        checks: one result per expectation that applied.
    """

    stage: str
    run_id: str
    evaluated_at: datetime
    checks: tuple[CheckResult, ...]

    @property
    def critical_failures(self) -> tuple[CheckResult, ...]:
        """The checks that block the release."""
        return tuple(check for check in self.checks if not check.success and check.severity == CRITICAL)

    @property
    def passed(self) -> bool:
        """Whether no critical check failed; warnings do not block."""
        return not self.critical_failures

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "stage": self.stage,
            "run_id": self.run_id,
            "evaluated_at": self.evaluated_at.isoformat(),
            "passed": self.passed,
            "evaluated": len(self.checks),
            "failed": sum(not check.success for check in self.checks),
            "checks": [{**asdict(check), "sample": list(check.sample)} for check in self.checks],
        }


def plain(value: Any) -> Any:
    """A value of a table as JSON can hold it: text is cut, dates and decimals become text, NaN and infinity too."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    text = str(value)
    return text if len(text) <= SAMPLE_TEXT else text[: SAMPLE_TEXT - 1] + "…"
