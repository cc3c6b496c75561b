"""Log lines for machines are one JSON object each."""

import json
import logging

import pytest

from phygital_funnel.logs import JsonFormatter, configure


def test_a_line_holds_the_message_and_the_fields_given_with_it():
    record = logging.makeLogRecord(
        {"name": "x", "levelname": "INFO", "msg": "got %s", "args": ("it",), "request_id": "r1"}
    )

    line = JsonFormatter().format(record)
    entry = json.loads(line)
    assert "\n" not in line
    assert (entry["message"], entry["request_id"], entry["logger"], entry["level"]) == ("got it", "r1", "x", "INFO")


def test_an_exception_stays_on_the_line():
    error = ValueError("broken\nin two")
    record = logging.makeLogRecord({"msg": "failed", "exc_info": (ValueError, error, None)})

    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "ValueError: broken" in json.loads(line)["exception"]


@pytest.mark.parametrize("verbose", [True, False])
def test_a_library_that_is_talkative_by_itself_is_heard_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, verbose: bool
):
    """Great Expectations sets the level of its own loggers."""
    monkeypatch.setattr(logging, "root", root := logging.RootLogger(logging.WARNING))
    configure(verbose=verbose, as_json=False)
    (handler,) = root.handlers
    record = logging.makeLogRecord({"name": "great_expectations", "levelno": logging.INFO})
    assert (record.levelno >= handler.level) is verbose
