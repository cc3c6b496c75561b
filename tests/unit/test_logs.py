"""Log lines for machines are one JSON object each."""

import json
import logging

from phygital_funnel.logs import JsonFormatter


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
