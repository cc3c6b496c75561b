"""Keeps pandas out of processes that only extract and land."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType


class _NoPandas(MetaPathFinder):
    """Answers the question for pandas with no."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def keep_pandas_out() -> None:
    """Let Arrow believe that there is no pandas, unless the process has it already.

    Arrow imports pandas when it first converts a Python list, to see whether the list is a Series: 45 MB and a third of
    a second for nothing in a process that holds no frames. It looks once, so that pandas can still be imported later.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(finder)
