"""Trying again when a platform throttles, as a client's own caller would: most of these clients do not."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TRIES, FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30, 0.1, 2.0


def patiently(call: Callable[[], T], is_throttled: Callable[[Exception], bool]) -> T:
    """The call's answer; throttled calls are repeated after a growing wait, every other error is raised.

    Args:
        call: the request.
        is_throttled: whether an error of the client means that the platform wants to be asked later.
    """
    wait = FIRST_WAIT_SECONDS
    for _ in range(TRIES - 1):
        try:
            return call()
        except Exception as error:
            if not is_throttled(error):
                raise
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)
    return call()
