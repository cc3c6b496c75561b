"""Nothing that a stranger wrote acts on a terminal or in a log: escapes, controls, text that runs backwards."""

import io
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from phygital_funnel import cli, console, logs
from phygital_funnel.errors import ConfigError
from phygital_funnel.quality.results import CheckResult, GateResult
from phygital_funnel.state import Run
from phygital_funnel.status import Status
from phygital_funnel.terminal import printable_json

EVIL = "Q\x1b[31mW\x9b2JE\x07\x00\u202eR\u2066T\rY\nU[bold]I"
TOLD = r"Q\x1b[31mW\x9b2JE\x07\x00\u202eR\u2066T\rY\nU[bold]I"
CHECK = CheckResult(
    suite="marts/orders", expectation="a_check", column=EVIL, severity="critical", success=False, observed=EVIL,
    reason=EVIL, owner=EVIL, sample=({"market": EVIL, "ad_id": EVIL},), id="M2", action="block",
    bound=f"history: {EVIL}",
)  # fmt: skip
GATE = GateResult("marts", "run", datetime(2026, 11, 3, tzinfo=UTC), (CHECK, replace(CHECK, unexpected_count=1)))
RUN = Run(run_id=EVIL, status="blocked", started_at="2026-11-03T06:00:00+00:00", phase=EVIL, reason=EVIL)
STATUS = Status(EVIL, EVIL, EVIL, (EVIL,), (RUN,), (EVIL,), ((EVIL, EVIL, 7),), (EVIL,), None)
MANIFEST: Any = SimpleNamespace(
    source="links", stream="clicks", account=EVIL, part=EVIL, window_from=None, window_to=None, row_count=1, commit=0,
    new_fields=(EVIL,), doubt=EVIL, manifest_id=EVIL, committed_at=EVIL,
)  # fmt: skip
SHOWS: dict[str, Callable[[], None]] = {
    "a line": lambda: console.say(EVIL),
    "a refusal": lambda: console.refused(ConfigError(EVIL)),
    "rows": lambda: console.rows((EVIL,), [(EVIL,), (None,)]),
    "a gate": lambda: console.gate(GATE, [], {}, every=True),
    "status": lambda: console.status(STATUS),
    "an extraction": lambda: console.landed(MANIFEST),
    "extractions": lambda: console.extractions([MANIFEST]),
}


@pytest.fixture(params=[True, False], ids=["terminal", "pipe"])
def output(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is shown, where a terminal is and where none is; without colours, so that any escape is a stranger's."""
    text = io.StringIO()
    monkeypatch.setattr(console, "sys", SimpleNamespace(stdout=text))
    for name in ("out", "err"):
        plain = Console(file=text, force_terminal=request.param, color_system=None, soft_wrap=True, width=4000)
        monkeypatch.setattr(console, name, plain)
    return text


@pytest.mark.parametrize("what", SHOWS)
def test_what_is_shown_never_acts(what: str, output: io.StringIO) -> None:
    """Characters that are no text come as their codes, markup as it stands."""
    SHOWS[what]()
    text = output.getvalue()
    assert TOLD in text
    assert {char for char in text if not char.isprintable()} <= {"\n"}


@pytest.mark.parametrize("as_json", [True, False])
def test_what_is_logged_never_acts(as_json: bool, caplog: pytest.LogCaptureFixture) -> None:
    """A log is read on a terminal too; lines stay lines."""
    record = logging.LogRecord("x", logging.INFO, "here", 1, "%s", (EVIL,), None)
    line = (logs.JsonFormatter() if as_json else logs.TextFormatter("%(message)s")).format(record)
    assert {char for char in line if not char.isprintable()} <= {"\n"}
    assert "[31mW" in line
    if as_json:
        assert json.loads(line)["message"] == EVIL


def test_a_refused_run_says_what_was_observed_and_nothing_acts() -> None:
    """It becomes the reason in Airflow and in `phygital status`."""
    assert {char for char in replace(CHECK, reason="because").sentence if not char.isprintable()} == set()


def test_json_means_the_same_and_never_acts() -> None:
    """Scripts read it, and people look at it."""
    text = json.dumps({"a": EVIL, "b": "é😀\U000e0001"}, ensure_ascii=False, indent=2)
    told = printable_json(text)
    assert json.loads(told) == json.loads(text)
    assert {char for char in told if not char.isprintable()} <= {"\n"}
    assert "é😀" in told


@pytest.mark.parametrize("is_terminal", [True, False])
def test_csv_is_whole_in_a_file_and_safe_on_a_terminal(is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file holds what the table holds."""
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: is_terminal))
    assert list(cli._told([EVIL, 7, None])) == [TOLD if is_terminal else EVIL, 7, None]
