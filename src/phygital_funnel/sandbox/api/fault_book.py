"""Faults that are ordered and still due. The families ask it for faults of their own; the middleware plays the rest."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

MAX_SECONDS = 60.0
"""No fault delays an answer longer, so that none can stop the server."""


@dataclass
class Fault:
    """One ordered fault.

    Args:
        match: prefix of the paths it hits.
        kind: what goes wrong; ``sandbox.api.faults.KINDS``.
        times: how many more responses it spoils; None means that it lasts until it is cleared.
        rate: share of the matching responses it spoils, drawn from ``seed``.
        seed: of the draws; the same requests in the same order meet the same faults.
        seconds: how long a slow answer takes, or what Retry-After says.
    """

    match: str
    kind: str
    times: int | None = 1
    rate: float = 1.0
    seed: int = 0
    seconds: float = 1.0
    _draw: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)  # noqa: S311  a fault is not a secret

    def strikes(self) -> bool:
        """Whether the fault hits this response; draws only when its rate is below one."""
        return self.rate >= 1 or self._draw.random() < self.rate

    def as_dict(self) -> dict[str, object]:
        """What the control port tells of it."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


@dataclass
class FaultBook:
    """The faults that are still due, and how often each kind struck."""

    faults: list[Fault] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def take(self, path: str, kinds: frozenset[str], shows: Callable[[str], bool] | None = None) -> Fault | None:
        """The first due fault of the kinds for a path, counted as used; None when none strikes.

        Args:
            path: of the request.
            kinds: that the caller can play.
            shows: whether a fault of a kind could be seen in the answer at hand, so that it is not spent on another.
        """
        if not self.faults:
            return None
        with self._lock:
            for fault in self.faults:
                if self._fits(fault, path, kinds) and (shows is None or shows(fault.kind)) and fault.strikes():
                    self._use(fault)
                    return fault
        return None

    def is_due(self, path: str, kinds: frozenset[str]) -> bool:
        """Whether a fault of one of the kinds waits for a path; takes none."""
        return any(self._fits(fault, path, kinds) for fault in self.faults)

    def clear(self) -> None:
        """Forget all faults and their counts."""
        with self._lock:
            self.faults.clear()
            self.struck.clear()

    @staticmethod
    def _fits(fault: Fault, path: str, kinds: frozenset[str]) -> bool:
        return fault.kind in kinds and path.startswith(fault.match)

    def _use(self, fault: Fault) -> None:
        self.struck[fault.kind] += 1
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self.faults.remove(fault)
