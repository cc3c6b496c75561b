"""The documented payloads that the servers' answers are held against."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "samples"


def sample(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def assert_same_shape(answer: Any, documented: Any, where: str = "") -> None:
    """Same keys, and the same JSON type at every place; a null may stand for a text."""
    if isinstance(documented, dict):
        assert isinstance(answer, dict), where
        assert set(answer) == set(documented), where
        for key, value in documented.items():
            assert_same_shape(answer[key], value, f"{where}.{key}")
    elif isinstance(documented, list):
        assert isinstance(answer, list), where
        for value in answer if documented else ():
            assert_same_shape(value, documented[0], f"{where}[]")
    elif answer is not None and documented is not None:
        assert type(answer) is type(documented), f"{where}: {answer!r} for {documented!r}"
