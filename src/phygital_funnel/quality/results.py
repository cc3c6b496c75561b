"""What a gate found, in values that JSON can hold whatever the tables contained."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from phygital_funnel import terminal

SAMPLE_ROWS = 5
"""Unexpected rows kept per check: enough to recognise the fault, too few to copy a table."""

SAMPLE_TEXT = 200
"""Characters kept of one text in a sample or an error."""

ROWS_TEXT = 400
"""Characters kept of the rows that a check of a share names: up to five, in one value."""

CRITICAL = "critical"

_SHOWN_TEXT = 60
_KEY = re.compile(
    r"(?:.+_)?(?:id|key|date|day|hour|month|week|at|start|end|from|utc|source|market|platform|model|level)"
    r"|_commit|newest_\w+|some_\w+|commonest_\w+|account|stream|part|asin|sku|currency|channel|fee|metric|period|evidence"
)
_PERSONAL = re.compile(r".*(?:order_id|visitor_id|journey_key|person|buyer|customer|e_?mail|phone|device|user).*")


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
        id: the catalogue's number, for example ``S7``; several checks may serve one number.
        action: what a failure leads to: block, quarantine or warn.
        bound: the rule that the bound comes from and the bound, for example ``freshness_target: 3 days``.
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
    id: str = ""
    action: str = ""
    bound: str = ""

    @property
    def sentence(self) -> str:
        """The failure in one line; of the table it shows the keys of at most five rows and nothing else."""
        if self.unexpected_count is None:
            found = f"observed {printable(self.observed, SAMPLE_TEXT)}"
        else:
            found = f"{self.unexpected_count} unexpected row{'' if self.unexpected_count == 1 else 's'}"
        number = f"{self.id} " if self.id else ""
        rows = keys_of(self.sample)
        named = f" Rows: {'; '.join(rows)}." if rows else ""
        return f"{number}{self.suite}: {self.expectation} ({found}). {self.reason}{named}"


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


def keys_of(sample: Iterable[Mapping[str, Any]]) -> list[str]:
    """What names each row of a sample, ``ad_id=17, stat_day=2026-11-01``: ids, dates and codes, no person, no figure.

    It goes into logs and onto terminals, so it is cut, and a control character is shown, not sent.
    """
    told = [
        ", ".join(
            f"{name}={printable(value, longest(name, _SHOWN_TEXT))}"
            for name, value in row.items()
            if value is not None and _is_key(name)
        )
        for row in sample
    ]
    return [row for row in dict.fromkeys(told) if row][:SAMPLE_ROWS]


def _is_key(name: str) -> bool:
    return bool(_KEY.fullmatch(name)) and not _PERSONAL.fullmatch(name)


def longest(column: str, otherwise: int) -> int:
    """How many characters of a sample's column are kept or shown; more where a check of a share names its rows."""
    return ROWS_TEXT if column.startswith(("newest_", "some_")) else otherwise


def printable(value: Any, most: int = _SHOWN_TEXT) -> str:
    """A value as one piece of a line: a control character is shown, not sent, and a long text is cut."""
    text = terminal.printable(str(value))
    return text if len(text) <= most else text[: most - 1] + "…"


def plain(value: Any, most: int = SAMPLE_TEXT) -> Any:
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
    return text if len(text) <= most else text[: most - 1] + "…"
