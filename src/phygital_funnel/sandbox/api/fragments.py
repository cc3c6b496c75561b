"""JSON that was written before: the same order is on many pages, and changes only a few times in its life."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from threading import Lock
from typing import Generic, TypeVar

import orjson

Key = TypeVar("Key", bound=Hashable)
MOST_KEPT = 20_000
"""About 30 MB of orders of either platform, however large the world is."""


def fragment(body: object) -> orjson.Fragment:
    """A piece of JSON to keep; what orjson returns is copied, because it holds 4 KB however short it is."""
    return orjson.Fragment(bytes(memoryview(orjson.dumps(body))))


class Fragments(Generic[Key]):
    """Keeps pieces of JSON ready to be joined into answers; those not asked for longest are forgotten.

    A key must name everything that the piece shows: not the time, but the state that it leads to.

    Args:
        most: pieces that are kept.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[Key, orjson.Fragment] = OrderedDict()
        # Some families answer in threads.
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, keys: Sequence[Key], write: Callable[[list[int]], Iterable[object]]) -> list[orjson.Fragment]:
        """The pieces of some keys, in their order.

        Args:
            keys: of the pieces.
            write: gives the bodies of those that are not kept, by their positions in ``keys``.
        """
        found = self._found(keys)
        missing = [number for number, piece in enumerate(found) if piece is None]
        if missing:
            for number, body in zip(missing, write(missing), strict=True):
                found[number] = fragment(body)
            self._keep({keys[number]: found[number] for number in missing})
        return [piece for piece in found if piece is not None]

    def _found(self, keys: Sequence[Key]) -> list[orjson.Fragment | None]:
        with self._lock:
            found = [self._kept.get(key) for key in keys]
            for key, piece in zip(keys, found, strict=True):
                if piece is not None:
                    self._kept.move_to_end(key)
        return found

    def _keep(self, pieces: dict[Key, orjson.Fragment | None]) -> None:
        with self._lock:
            for key, piece in pieces.items():
                if piece is not None:
                    self._kept[key] = piece
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
