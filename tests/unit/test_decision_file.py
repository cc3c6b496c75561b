"""A decision is on the disk whole or not at all, wherever a kill cuts it off, and two writers lose nothing."""

import json
import os
import signal
import subprocess
import sys

import pytest

from phygital_funnel import decision_file
from phygital_funnel.errors import ConfigError

ENTRY = {"decision": "release", "reason": "größer\nals 1"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "decisions" / "rows.jsonl"


def test_what_was_added_is_read_in_order(path):
    assert decision_file.entries(path) == []
    assert decision_file.entries(None) == []
    for number in range(3):
        decision_file.append(path, ENTRY | {"number": number})

    assert decision_file.entries(path) == [ENTRY | {"number": number} for number in range(3)]


def test_a_decision_cut_off_anywhere_was_never_taken_and_the_next_one_is(path):
    decision_file.append(path, ENTRY)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole + whole[:length])
        assert decision_file.entries(path) == [ENTRY]
        decision_file.append(path, {"number": length})
        assert decision_file.entries(path) == [ENTRY, {"number": length}]


def test_a_line_that_is_no_decision_is_refused_by_its_place(path):
    decision_file.append(path, ENTRY)
    with path.open("ab") as file:
        file.write(b"edited\n")

    with pytest.raises(ConfigError, match=r"rows.jsonl, line 2, is not a decision"):
        decision_file.entries(path)


def test_every_decision_that_was_reported_survives_a_kill(path):
    """A process that adds without end is killed; what it said to have added is there, and nothing is half there."""
    code = (
        "import sys; from pathlib import Path; from phygital_funnel import decision_file\n"
        "for number in range(10**6):\n"
        "    decision_file.append(Path(sys.argv[1]), {'number': number, 'reason': 'x' * 5000})\n"
        "    print(number, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        reported = [int(writer.stdout.readline()) for _ in range(20)]
        os.kill(writer.pid, signal.SIGKILL)
        reported += [int(line) for line in writer.stdout]
    found = [entry["number"] for entry in decision_file.entries(path)]

    assert found[: len(reported)] == reported
    assert len(found) - len(reported) in (0, 1)


def test_two_processes_add_at_once_and_no_line_is_lost_or_mixed(path):
    code = (
        "import sys; from pathlib import Path; from phygital_funnel import decision_file\n"
        "for number in range(50):\n"
        "    decision_file.append(Path(sys.argv[1]), {'by': sys.argv[2], 'number': number, 'reason': 'x' * 9000})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, path, name]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]

    found = [(entry["by"], entry["number"]) for entry in map(json.loads, path.read_text().splitlines())]
    assert sorted(found) == [(name, number) for name in "ab" for number in range(50)]
