"""Whatever a run started is ended, and nothing else is touched."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from phygital_funnel.demo.processes import SESSIONS_FILE, Family, Interrupted, end_leftovers, interruptible

ESCAPING = textwrap.dedent("""
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(2):
        if os.fork() == 0:
            os.setsid()
            break
    open(sys.argv[1] + str(os.getpid()), "w").close()
    time.sleep(60)
""")


@pytest.fixture
def family(tmp_path):
    family = Family(tmp_path, grace=0.3)
    yield family
    family.stop()


def start(family, tmp_path, program, *arguments):
    return family.start("test", [sys.executable, "-c", program, *arguments], os.environ, tmp_path / "logs" / "test.log")


def wait_for(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def is_running(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_children_in_sessions_of_their_own_that_ignore_sigterm_are_ended_too(family, tmp_path):
    start(family, tmp_path, ESCAPING, str(tmp_path / "pid-"))
    wait_for(lambda: len(list(tmp_path.glob("pid-*"))) == 3)
    pids = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    assert family.stop() == []
    assert [
        pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    ] == []


RETITLED = "import setproctitle, time; setproctitle.setproctitle('x' * 4000); print('up', flush=True); time.sleep(60)"


def test_a_child_that_overwrote_its_environment_is_found_even_by_a_later_run(family, tmp_path):
    """Airflow's API server and workers set their titles."""
    child = start(family, tmp_path, f"import os\nif os.fork() == 0:\n    {RETITLED}")
    child.process.wait()
    wait_for(lambda: child.last_lines() == ["up"])
    assert len(family.survivors()) == 1
    assert end_leftovers(tmp_path) == 1
    assert family.survivors() == []


def test_a_recorded_session_that_now_belongs_to_another_process_is_left_alone(tmp_path):
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        (tmp_path / SESSIONS_FILE).write_text(json.dumps([other.pid, 12345.0]) + "\n")
        assert end_leftovers(tmp_path) == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_process_of_someone_else_is_left_alone(family, tmp_path):
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        start(family, tmp_path, "import time; time.sleep(60)")
        assert family.stop() == []
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_command_that_ends_when_asked_is_not_killed(family, tmp_path):
    program = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7)); print('up', flush=True); time.sleep(60)"
    )
    child = start(family, tmp_path, program)
    wait_for(lambda: child.last_lines() == ["up"])
    family.grace = 5.0
    family.stop()
    assert child.process.returncode == 7


def test_what_a_killed_run_left_behind_is_ended_at_the_next_start_of_the_same_home_only(tmp_path):
    homes = [tmp_path / "one", tmp_path / "two"]
    families = [Family(home, grace=0.3) for home in homes]
    for home, family in zip(homes, families, strict=True):
        home.mkdir()
        start(family, home, "import time; time.sleep(60)")
    try:
        wait_for(lambda: all(family.survivors() for family in families))
        assert end_leftovers(homes[0]) == 1
        assert families[0].survivors() == []
        assert len(families[1].survivors()) == 1
    finally:
        for family in families:
            family.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_interrupts_and_later_ones_do_not_disturb_the_clearing_up(number):
    cleared = []

    def work():
        with interruptible():
            try:
                signal.raise_signal(number)
            finally:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGTERM)
                cleared.append("all")

    with pytest.raises(Interrupted) as raised:
        work()
    assert raised.value.signal_number == number
    assert cleared == ["all"]


def test_the_handlers_of_before_are_back_afterwards():
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
