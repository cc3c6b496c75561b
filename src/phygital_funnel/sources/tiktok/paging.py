"""Checks that pages which are read one after the other are the pages of one listing: none repeated, none cut."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from phygital_funnel.errors import TruncatedReport

READS = 3
"""How often a page that does not fit the others is read before the listing is given up."""
T = TypeVar("T")


class Keys:
    """The keys of a listing, kept as one number each, so that a repeated row is found in a report of any size.

    Args:
        repeats_a_group: whether one group may hold each of its keys twice, as the hour that a clock repeats does.
    """

    def __init__(self, *, repeats_a_group: bool = False) -> None:
        self._most_groups = int(repeats_a_group)
        self._by_group: dict[str, array[int]] = defaultdict(lambda: array("q"))

    def add(self, groups: Sequence[str], ids: Sequence[str]) -> None:
        """Take in the group and the id of every row of a page; nothing is done row by row where no group may repeat."""
        if not self._most_groups:
            self._by_group[""].extend(map(hash, zip(groups, ids, strict=True)))
            return
        for group, name in zip(groups, ids, strict=True):
            self._by_group[group].append(hash(name))

    def repeated(self) -> list[str]:
        """Groups that hold a key more often than they may; "" stands for all of them."""
        often = {group: _copies(keys) for group, keys in self._by_group.items()}
        found = sorted(group for group, copies in often.items() if copies > 1)
        is_expected = len(found) <= self._most_groups and all(often[group] == 2 for group in found)
        return [] if is_expected else found


def _copies(keys: "array[int]") -> int:
    """How often the commonest key occurs."""
    numbers = np.frombuffer(keys, dtype=np.int64)
    numbers.sort()  # in place, because a copy would be the largest thing in memory
    if not (numbers[1:] == numbers[:-1]).any():
        return 1
    return max(Counter(numbers.tolist()).values())


def consistent(source: str, where: str, read: Callable[[], T], fault: Callable[[T], str]) -> T:
    """A page that fits the others; one that does not is read again, as it may come from a cache or a lagging server.

    Args:
        source: name of the source.
        where: stream, account and page, for the message.
        read: asks for the page.
        fault: what is wrong with it, "" when nothing is.

    Raises:
        TruncatedReport: it never fitted.
    """
    found = ""
    for _ in range(READS):
        page = read()
        found = fault(page)
        if not found:
            return page
    raise TruncatedReport(
        source,
        f"{where} {found}, {READS} times over: rows would be lost or counted twice. Nothing of this window was landed: "
        "extract again, and if it stays so, ask TikTok's support.",
    )


def confirmed(read: Callable[[], T], is_empty: Callable[[T], bool]) -> T:
    """An answer that holds something, or the last of a few empty ones: in an outage an answer may be empty, too."""
    answer = read()
    for _ in range(READS - 1):
        if not is_empty(answer):
            break
        answer = read()
    return answer
