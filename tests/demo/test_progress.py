"""Progress is visible on a terminal and in a log file."""

import io

import pytest
from rich.console import Console

from phygital_funnel.demo.progress import Progress
from phygital_funnel.demo.rest import TaskState


def shown(*, terminal, states):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    with Progress(console) as progress, progress.phase("initial load"):
        for state in states:
            progress.show({"extract_tiktok": [TaskState("tiktok_ads.extract", 1, state, 1, 2.5)]})
        if terminal:
            progress._live.refresh()
    return console.file.getvalue(), progress


def test_in_a_log_file_every_change_of_a_task_is_a_line_and_none_is_repeated():
    text, _ = shown(terminal=False, states=["running", "running", "success", "success"])
    assert text.count("tiktok_ads.extract[1]  running") == 1
    assert text.count("tiktok_ads.extract[1]  success  2.5 s") == 1


def test_on_a_terminal_running_tasks_are_drawn_below_and_only_trouble_becomes_a_line():
    text, _ = shown(terminal=True, states=["running"])
    assert "extract_tiktok" in text
    assert "running" in text
    assert "tiktok_ads.extract[1]  failed" in shown(terminal=True, states=["failed"])[0]


def test_a_phase_that_breaks_off_is_marked_and_its_time_is_kept():
    console = Console(file=io.StringIO(), force_terminal=False, width=100)
    progress = Progress(console)
    with pytest.raises(ValueError, match="broken"), progress, progress.phase("initial load"):
        raise ValueError("broken")
    assert "✗ initial load" in console.file.getvalue()
    assert list(progress.seconds) == ["initial load"]


def test_words_of_a_log_are_never_read_as_markup():
    console = Console(file=io.StringIO(), force_terminal=False, width=100)
    Progress(console).warn("a log with [bold]brackets[/nonsense]")
    assert "[bold]brackets[/nonsense]" in console.file.getvalue()
